//! What no report shows: the members of address lists and the contents of trust stores. Both stand for themselves as how many and a digest,
//! so that a reader sees that they differ. Passwords are in no change to begin with.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::kinds::mail_manager::normal::digest;

/// A spec as reports show it.
#[must_use]
pub fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(members.iter().map(|(name, member)| (name.clone(), member_of(name, member))).collect()),
        Value::Array(items) => Value::Array(items.iter().map(masked).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn member_of(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("Members", Value::Array(members)) => {
            let text: Vec<String> = members.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
            let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text.join("\n").as_bytes()));
            json!({"Count": members.len(), "Digest": format!("sha256:{digest}")})
        }
        ("CAContent" | "CrlContent", Value::String(text)) => json!(digest(text)),
        _ => masked(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_certificates_stand_for_themselves_as_digests() {
        let spec = json!({"AddressListName": "l", "Members": ["a@b.example", "*@c.example"],
            "Store": [{"CAContent": "-----BEGIN CERTIFICATE-----\nsecret\n", "CrlContent": "revoked"}]});
        let shown = masked(&spec).to_string();
        assert!(!shown.contains("@") && !shown.contains("BEGIN") && !shown.contains("revoked"), "{shown}");
        assert_eq!(masked(&spec)["Members"]["Count"], 2);
        assert_ne!(masked(&spec), masked(&json!({"AddressListName": "l", "Members": ["a@b.example", "*@d.example"]})));
        assert_eq!(masked(&masked(&spec)), masked(&spec), "what is masked stays as it is");
    }
}
