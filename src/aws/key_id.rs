//! Whose credentials are, as far as they say it themselves: then nobody must be asked before the first read.

use aws_credential_types::Credentials;
use data_encoding::BASE32;

use crate::core::ids::AccountId;

/// The account that credentials name: what gave them says it (a role, SSO, `AWS_ACCOUNT_ID`), or the id of their key holds it.
pub(super) fn account_of(credentials: &Credentials) -> Option<AccountId> {
    let said = credentials.account_id().and_then(|account| account.as_str().parse().ok());
    said.or_else(|| account_in(credentials.access_key_id()))
}

/// Key ids of users (`AKIA`) and of sessions (`ASIA`) hold the account: 40 bits behind the first, in base32. AWS documents that a key id
/// leads to its account (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>), and not how: it is *assumed*, and
/// `GetCallerIdentity` says whether it is so. Ids that go on with `I` or `J` are older than that. To emulators the account is the id.
fn account_in(key: &str) -> Option<AccountId> {
    if key.len() == 12 {
        return key.parse().ok();
    }
    let rest = key.strip_prefix("AKIA").or_else(|| key.strip_prefix("ASIA")).filter(|rest| rest.len() == 16)?;
    if rest.starts_with(['I', 'J']) {
        return None;
    }
    let bytes = BASE32.decode(rest.as_bytes()).ok()?;
    let number = bytes.get(..6)?.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:012}", (number & 0x7fff_ffff_ff80) >> 7).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_holds_its_account() {
        let account = |key: &str| account_in(key).map(|account| account.to_string());
        assert_eq!(account("ASIAQNZGKIQY56JQ7WML").as_deref(), Some("029608264753"));
        assert_eq!(account("ASIAY34FZKBOKMUTVV7A").as_deref(), Some("609629065308"));
        assert_eq!(account("111122223333").as_deref(), Some("111122223333"));
        for none in ["AKIAIOSFODNN7EXAMPLE", "AKIAJ4XXXXXXXXXXXXXX", "test", "AKIAQ", "", "AKIAQNZGKIQY56JQ7WM1", "AROAQNZGKIQY56JQ7WML"] {
            assert_eq!(account(none), None, "{none}");
        }
    }

    #[test]
    fn what_gave_the_credentials_knows_better() {
        let key = Credentials::builder().access_key_id("ASIAQNZGKIQY56JQ7WML").secret_access_key("-").provider_name("test");
        let of = |credentials: &Credentials| account_of(credentials).map(|account| account.to_string());
        assert_eq!(of(&key.clone().build()).as_deref(), Some("029608264753"));
        assert_eq!(of(&key.account_id("111122223333").build()).as_deref(), Some("111122223333"));
    }
}
