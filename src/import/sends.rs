//! As whom a role sends: the API is not told, so that the permissions on the role say it.

use std::collections::BTreeSet;

use super::Draft;
use super::mail_rules::values;
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::permissions::Permissions;
use crate::plan::write::{Item, Map, Yaml};
use crate::policy::{Statement, matches_wildcard};

/// `send:` of a role.
pub(super) fn send(draft: &Draft<'_>, role_arn: &str) -> Map {
    let names = &draft.names;
    let mut map = Map::default().with("role", names.role(role_arn));
    let at = names.role_address(role_arn);
    let permissions = at.and_then(|at| Permissions::at(draft.live(), &at.with_kind(AddressKind::RolePolicy)).ok()).unwrap_or_default();
    let resources: BTreeSet<String> = permissions.statements().filter(|have| sends(have)).flat_map(resources).collect();
    let of = |kind: &str| -> Vec<String> {
        let named = |text: &String| {
            let arn: Arn = text.parse().ok().filter(|arn: &Arn| arn.service() == "ses")?;
            let home = names.home();
            let here = arn.account() == home.account.as_str() && arn.region() == home.region.as_str();
            let name = arn.resource().strip_prefix(kind)?.to_owned();
            Some(if here || kind != "identity/" { name } else { text.clone() }).filter(|name| !name.contains(['*', '?', '$']))
        };
        resources.iter().filter_map(named).collect()
    };
    let identities = of("identity/");
    let (identities, sets) =
        if identities.is_empty() { (Yaml::word("all"), Vec::new()) } else { (values(&identities), of("configuration-set/")) };
    let unsaid = resources.is_empty();
    let identities = Item::from(identities);
    map.put("identities", if unsaid { identities.note("nothing on the role lets it send: say as whom") } else { identities });
    if !sets.is_empty() {
        map.put("configuration_sets", values(&sets));
    }
    map
}

fn sends(statement: &Statement) -> bool {
    let value = statement.value();
    let allows = value.get("Effect").is_some_and(|effect| effect == "Allow");
    let texts = texts(value.get("Action"));
    allows
        && texts
            .iter()
            .any(|pattern| ["ses:sendemail", "ses:sendrawemail"].iter().any(|name| matches_wildcard(&pattern.to_lowercase(), name)))
}

fn resources(statement: &Statement) -> Vec<String> {
    texts(statement.value().get("Resource"))
}

fn texts(value: Option<&serde_json::Value>) -> Vec<String> {
    match value {
        Some(serde_json::Value::Array(list)) => list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect(),
        Some(serde_json::Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
