//! Receipt rules, rule sets and filters as lines of a plan.

use super::Draft;
use super::names::Names;
use crate::core::address::AddressKind;
use crate::core::live::Seen;
use crate::kinds::bucket::Bucket;
use crate::kinds::inventory::Names as Listed;
use crate::kinds::receipt_filter::IpFilter;
use crate::kinds::receipt_rule_set::rule::{ReceiptAction, ReceiptRule, address};
use crate::kinds::receipt_rule_set::{LiveSet, Pointer, SetNames, all_sets_address, pointer_address};
use crate::plan::write::{Item, Map, Yaml};

/// `receipt:`
pub(super) fn receipt(draft: &Draft<'_>) -> Map {
    let mut receipt = Map::of_lines();
    let filters = filters(draft);
    if !filters.is_empty() {
        receipt.put("filters", filters);
    }
    let sets = rule_sets(draft);
    if !sets.is_empty() {
        receipt.put("rule_sets", sets);
    }
    receipt
}

fn filters(draft: &Draft<'_>) -> Map {
    let live = draft.live();
    let names: Listed = live.get(&live.home.at(AddressKind::ReceiptFilters, "all")).present().unwrap_or_default();
    let mut filters = Map::of_lines();
    for name in names {
        let at = live.home.at(AddressKind::ReceiptFilter, name.as_str());
        // Of some not even the name can be said.
        if !draft.is_wanted(&at) || draft.is_left_out(&at) {
            continue;
        }
        let item = match (draft.aside(&at), live.get::<IpFilter>(&at)) {
            (None, Seen::Present(filter)) => Item::from(Map::default().with(&filter.policy.to_ascii_lowercase(), filter.cidr)),
            (why, _) => existing(why),
        };
        filters.put(&name, item.about(at));
    }
    filters
}

/// Somebody else's, and why it stays that.
pub(super) fn existing(why: Option<&str>) -> Item {
    let item = Item::from(Map::default().with("existing", true));
    match why {
        Some(why) => item.note(why),
        None => item,
    }
}

/// The active one first: it is what receives.
fn rule_sets(draft: &Draft<'_>) -> Map {
    let live = draft.live();
    let mut names = live.get::<SetNames>(&all_sets_address(&live.home)).present().map(|sets| sets.names).unwrap_or_default();
    let active = live.get::<Pointer>(&pointer_address(&live.home)).present().and_then(|pointer| pointer.active);
    names.sort_by_key(|name| (Some(name) != active.as_ref(), name.clone()));
    let mut sets = Map::of_lines();
    for name in names {
        let at = live.home.at(AddressKind::ReceiptRuleSet, name.as_str());
        let Some(LiveSet { rules }) = live.get(&at).present() else { continue };
        let chosen = draft.is_wanted(&at);
        let wanted = rules.iter().filter(|rule| chosen || draft.is_wanted(&address(&live.home, &name, &rule.name)));
        let items: Vec<Item> = wanted.map(|rule| one_rule(draft, &name, rule)).collect();
        if (items.is_empty() && !chosen) || draft.is_left_out(&at) {
            continue;
        }
        let mut set = Map::of_lines();
        let pointer = pointer_address(&live.home);
        if active.as_ref() == Some(&name) && chosen && !draft.is_left_out(&pointer) {
            set.put("active", Item::from(true).about(pointer));
        }
        set.put("rules", Yaml::Lines(items));
        sets.put(&name, Item::from(set).about(at));
    }
    sets
}

fn one_rule(draft: &Draft<'_>, set: &str, rule: &ReceiptRule) -> Item {
    let at = address(&draft.live().home, set, &rule.name);
    if let Some(why) = draft.aside(&at) {
        let pinned = Map::default().with("name", rule.name.as_str()).with("existing", true);
        return Item::from(pinned).note(why).about(at);
    }
    let mut map = Map::of_lines().with("name", rule.name.as_str());
    if !rule.recipients.is_empty() {
        map.put("recipients", rule.recipients.clone());
    }
    if !rule.enabled {
        map.put("enabled", Item::from(false).note("it receives nothing: SES has it disabled"));
    }
    if rule.tls_policy.eq_ignore_ascii_case("Require") {
        map.put("tls", "require");
    }
    if rule.scan_enabled {
        map.put("scan", true);
    }
    let actions: Vec<Item> = rule.actions.iter().map(|action| one_action(draft, action)).collect();
    map.put("actions", Yaml::Lines(actions));
    Item::from(map).about(at)
}

fn one_action(draft: &Draft<'_>, action: &ReceiptAction) -> Item {
    let names = &draft.names;
    let topic = |topic: &Option<String>| topic.as_ref().map(|topic| names.topic(topic));
    let (key, body): (&str, Yaml) = match action {
        ReceiptAction::S3Action { .. } => return s3(draft, action),
        ReceiptAction::SnsAction { topic_arn, encoding } => {
            let topic = names.topic(topic_arn);
            let base64 = encoding.eq_ignore_ascii_case("Base64");
            ("sns", if base64 { Map::default().with("topic", topic).with("encoding", "base64").into() } else { topic.into() })
        }
        ReceiptAction::LambdaAction { function_arn, invocation_type, topic_arn } => {
            let function = names.function(function_arn);
            let waits = invocation_type.eq_ignore_ascii_case("RequestResponse");
            let mut map = Map::default().with("function", function.as_str());
            map.maybe("invocation", waits.then_some("request_response"));
            map.maybe("topic", topic(topic_arn));
            ("lambda", if waits || topic_arn.is_some() { map.into() } else { function.into() })
        }
        ReceiptAction::BounceAction { smtp_reply_code, status_code, message, sender, topic_arn } => {
            let mut map = Map::default().with("smtp_reply_code", code(smtp_reply_code));
            map.maybe("status_code", status_code.clone());
            map.put("message", message.as_str());
            map.put("sender", sender.as_str());
            map.maybe("topic", topic(topic_arn));
            ("bounce", map.into())
        }
        ReceiptAction::AddHeaderAction { header_name, header_value } => {
            ("add_header", Map::default().with("name", header_name.as_str()).with("value", header_value.as_str()).into())
        }
        ReceiptAction::WorkmailAction { organization_arn, topic_arn } => {
            let organization = names.organization(organization_arn);
            let mut map = Map::default().with("organization", organization.as_str());
            map.maybe("topic", topic(topic_arn));
            ("workmail", if topic_arn.is_some() { map.into() } else { organization.into() })
        }
        ReceiptAction::ConnectAction { instance_arn, iam_role_arn } => {
            let map = Map::default().with("instance", names.instance(instance_arn)).with("role", names.role(iam_role_arn));
            ("connect", map.into())
        }
        ReceiptAction::StopAction { topic_arn: None, .. } => return Yaml::word("stop").into(),
        ReceiptAction::StopAction { topic_arn, .. } => {
            let mut map = Map::default();
            map.maybe("topic", topic(topic_arn));
            ("stop", map.into())
        }
    };
    Yaml::one(key, body).into()
}

/// `550` reads better than `"550"`; anything else is a text.
pub(super) fn code(text: &str) -> Yaml {
    let is_code = text.len() == 3 && text.starts_with(['4', '5']) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { Yaml::word(text) } else { text.into() }
}

fn s3(draft: &Draft<'_>, action: &ReceiptAction) -> Item {
    let ReceiptAction::S3Action { bucket_name, object_key_prefix, kms_key_arn, iam_role_arn, topic_arn } = action else {
        return Yaml::word("stop").into();
    };
    let names: &Names<'_> = &draft.names;
    let prefix = object_key_prefix.as_deref().unwrap_or_default();
    let body: Yaml = if kms_key_arn.is_none() && iam_role_arn.is_none() && topic_arn.is_none() {
        if prefix.is_empty() { bucket_name.as_str().into() } else { format!("{bucket_name}/{prefix}").into() }
    } else {
        let mut map = Map::default().with("bucket", bucket_name.as_str());
        map.maybe("prefix", Some(prefix).filter(|prefix| !prefix.is_empty()));
        map.maybe("message_kms_key", kms_key_arn.as_ref().map(|key| names.key(key)));
        map.maybe("topic", topic_arn.as_ref().map(|topic| names.topic(topic)));
        map.maybe("role", iam_role_arn.as_ref().map(|role| names.role(role)));
        map.into()
    };
    let item = Item::from(Yaml::one("s3", body));
    let found = names.live.get::<Bucket>(&names.home().at(AddressKind::Bucket, bucket_name.as_str()));
    match (names.owns_bucket(bucket_name), found) {
        (Some(false), Seen::Absent) => item.note(format!("bucket `{bucket_name}` does not exist (any more)")),
        (Some(false), _) => item.note(format!("bucket `{bucket_name}` is not this account's: say whose it is with `accounts.<id>.owns`")),
        _ => item,
    }
}
