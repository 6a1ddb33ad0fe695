//! Everything of an account that a plan may touch, as the SDK reads it, with the test's own names taken out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::account::{Account, REGION, wait};
use super::container::decoded;
use super::json::{canonical, statements};
use super::run::purpose;

impl Account {
    /// Rule sets, the active one, filters, roles, and the documents of the containers at `addresses`.
    pub fn estate(&self, plan: &str, addresses: &[String]) -> Value {
        let ses = self.ses();
        let sets = wait(ses.list_receipt_rule_sets().send()).expect("rule sets");
        let sets = sets.rule_sets().iter().filter_map(|set| set.name()).map(|name| (name.to_owned(), self.rules(name)));
        let documents = addresses.iter().map(|address| (address.clone(), self.statements_shown(plan, &self.document(address))));
        let estate = json!({
            "active": self.active_set(),
            "rule_sets": sets.collect::<Map<_, _>>(),
            "filters": self.filters(),
            "roles": self.roles(plan),
            "statements": documents.collect::<Map<_, _>>(),
        });
        self.masked(&estate)
    }

    fn roles(&self, plan: &str) -> Value {
        let iam = aws_sdk_iam::Client::new(&self.sdk(REGION));
        let roles = wait(iam.list_roles().send()).expect("roles");
        let shown = roles.roles().iter().map(|role| {
            let name = role.role_name();
            let role = wait(iam.get_role().role_name(name).send()).expect("a role").role.expect("a role");
            let tags = role.tags().iter().map(|tag| (tag.key().to_owned(), json!(tag.value()))).collect::<Map<_, _>>();
            let inline = wait(iam.list_role_policies().role_name(name).send()).expect("policies").policy_names;
            let inline = inline.into_iter().map(|policy| {
                let document = wait(iam.get_role_policy().role_name(name).policy_name(&policy).send()).expect("a policy").policy_document;
                (policy, self.statements_shown(plan, &serde_json::from_str(&decoded(&document)).expect("JSON")))
            });
            let trust: Value = serde_json::from_str(&decoded(role.assume_role_policy_document().unwrap_or("{}"))).expect("JSON");
            let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
            let shown = json!({
                "path": role.path(),
                "boundary": boundary,
                "tags": tags,
                "trust": self.statements_shown(plan, &trust),
                "inline": inline.collect::<Map<_, _>>(),
            });
            (name.to_owned(), shown)
        });
        Value::Object(shown.collect())
    }

    /// An address as it is once what it names is made: a key's policy goes by its id.
    pub fn settled(&self, address: &str) -> String {
        match address.strip_prefix("key-policy/alias/") {
            Some(alias) => format!("key-policy/{}", self.alias_targets()[&format!("alias/{alias}")]),
            None => address.to_owned(),
        }
    }

    /// The aliases of the customer's keys.
    fn alias_targets(&self) -> BTreeMap<String, String> {
        let kms = aws_sdk_kms::Client::new(&self.sdk(REGION));
        let aliases = wait(kms.list_aliases().send()).expect("aliases").aliases.unwrap_or_default();
        aliases.into_iter().filter_map(|alias| Some((alias.alias_name?, alias.target_key_id?))).collect()
    }

    /// Statements in canonical form; ours with their purpose in place of the Sid, whose hashes depend on the account.
    fn statements_shown(&self, plan: &str, document: &Value) -> Value {
        let mut shown: Vec<Value> = statements(document)
            .iter()
            .map(|statement| {
                let mut statement = canonical(statement);
                let ours = statement["Sid"].as_str().and_then(|sid| purpose(sid, plan)).map(str::to_owned);
                if let Some(purpose) = ours {
                    statement["Sid"] = json!(format!("(ours) {purpose}"));
                }
                statement
            })
            .collect();
        shown.sort_by_key(Value::to_string);
        Value::Array(shown)
    }

    /// Accounts, keys and marks by what they are called in the files beside the tests.
    fn masked(&self, estate: &Value) -> Value {
        let mut text = estate.to_string();
        for (name, arn) in self.arns.as_object().into_iter().flatten() {
            if let Some(id) = arn.as_str().and_then(|arn| arn.rsplit_once(":key/")).map(|(_, id)| id) {
                text = text.replace(id, &format!("({})", name.split(['@', ':']).next().unwrap_or(name)));
            }
        }
        for (alias, id) in self.alias_targets() {
            text = text.replace(&id, &format!("({alias})"));
        }
        // Ids that Mail Manager made.
        for resource in ["archive", "ingress-point", "rule-set", "smtp-relay"] {
            let head = format!("mailmanager-{resource}/");
            while let Some((at, end)) = made_id(&text, &head) {
                text.replace_range(at..end, "ID");
            }
        }
        text = text.replace(&format!("-{}", self.id), "").replace(&self.id, "111122223333").replace(&self.other, "444455556666");
        let mut masked: Value = serde_json::from_str(&text).expect("JSON");
        for role in masked["roles"].as_object_mut().into_iter().flatten().map(|(_, role)| role) {
            if let Some(tag) = role["tags"]["postroom:plan"].as_str() {
                let (plan, mark) = tag.split_once('/').expect("plan/OWNER");
                assert_eq!(mark.len(), 8, "{tag}");
                role["tags"]["postroom:plan"] = json!(format!("{plan}/OWNER"));
            }
        }
        masked
    }
}

/// Where the next id behind `head` stands that is not masked yet.
fn made_id(text: &str, head: &str) -> Option<(usize, usize)> {
    text.match_indices(head).find_map(|(at, _)| {
        let start = at + head.len();
        let end = start + text[start..].find('"')?;
        (!["ID", "*"].contains(&&text[start..end])).then_some((start, end))
    })
}
