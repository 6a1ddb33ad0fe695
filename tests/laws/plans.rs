//! Plans over the small account, as their text: every one of them loads.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::account::FAR;

/// A plan before it is text.
#[derive(Debug, Clone)]
pub struct Sketch {
    defaults: String,
    sets: Vec<(&'static str, Vec<Rule>)>,
    other_rules: &'static str,
    active: &'static str,
    filters: Vec<String>,
    /// Roles that shall be absent where nothing uses them.
    gone: Vec<&'static str>,
}

#[derive(Debug, Clone)]
struct Rule {
    name: &'static str,
    was: Option<&'static str>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Actions { recipients: Vec<&'static str>, tls: bool, actions: Vec<String> },
    Existing,
    Absent,
}

const ROLES: [&str; 2] = ["courier", "writer"];

fn s3() -> impl Strategy<Value = String> {
    let bucket = prop_oneof![4 => Just("acme-mail"), 1 => Just("acme-keyed"), 1 => Just("acme-far")];
    let prefix = select(vec!["", "prefix: in/", "prefix: in/sub/", "prefix: out/"]);
    let key = prop_oneof![
        4 => Just(""),
        2 => Just("message_kms_key: alias/mail"),
        1 => Just("message_kms_key: alias/strict"),
        1 => Just("message_kms_key: alias/bucket"),
        1 => Just("message_kms_key: aws/ses"),
    ];
    let role = prop_oneof![3 => Just(""), 1 => Just("role: writer"), 1 => Just("role: courier"), 1 => Just("role: shared")];
    (bucket, prefix, key, notified(), role).prop_map(|(bucket, prefix, key, topic, role)| {
        let parts = [format!("bucket: {bucket}"), prefix.to_owned(), key.to_owned(), topic, role.to_owned()];
        format!("s3: {{ {} }}", parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", "))
    })
}

fn topics() -> Vec<String> {
    vec!["news".to_owned(), "coded".to_owned(), "tidy".to_owned(), format!("\"arn:aws:sns:eu-west-1:{FAR}:far\"")]
}

fn notified() -> impl Strategy<Value = String> {
    proptest::option::weighted(0.3, select(topics())).prop_map(|topic| topic.map(|topic| format!("topic: {topic}")).unwrap_or_default())
}

fn actions() -> impl Strategy<Value = Vec<String>> {
    let lambda = (select(vec!["sort", "\"sort:live\""]), notified()).prop_map(|(function, topic)| {
        let topic = if topic.is_empty() { topic } else { format!(", {topic}") };
        format!("lambda: {{ function: {function}{topic} }}")
    });
    let sns = select(topics()).prop_map(|topic| format!("sns: {topic}"));
    let connect = select(vec!["writer", "shared"])
        .prop_map(|role| format!("connect: {{ instance: 0a1b2c3d-1111-4222-8333-444455556666, role: {role} }}"));
    proptest::collection::vec(prop_oneof![5 => s3(), 2 => sns, 2 => lambda, 1 => connect], 1..=2)
}

fn body() -> impl Strategy<Value = Body> {
    let recipients = subsequence(vec!["b.example", "Info@a.example", ".c.example"], 0..=2).prop_shuffle();
    (recipients, any::<bool>(), actions()).prop_map(|(recipients, tls, actions)| Body::Actions { recipients, tls, actions })
}

/// The rules of a set: some ours, some absent, some renamed, perhaps one of somebody else's pinned among them.
fn rules(names: &[&'static str]) -> impl Strategy<Value = Vec<Rule>> + use<> {
    let count = names.len();
    let listed = Just(names.to_vec()).prop_shuffle();
    let bodies = proptest::collection::vec(body(), count);
    let fates = proptest::collection::vec(0_u8..8, count);
    let pinned = proptest::option::weighted(0.2, 0..=count);
    (listed, bodies, fates, pinned).prop_map(|(names, bodies, fates, pinned)| {
        let mut free = Vec::new();
        let mut rules = Vec::new();
        for ((name, body), fate) in names.into_iter().zip(bodies).zip(fates) {
            match fate {
                0..=2 => free.push(name),
                3 => rules.push(Rule { name, was: None, body: Body::Absent }),
                4 => rules.push(Rule { name, was: free.pop(), body }),
                _ => rules.push(Rule { name, was: None, body }),
            }
        }
        if let Some(at) = pinned {
            rules.insert(at.min(rules.len()), Rule { name: "hand", was: None, body: Body::Existing });
        }
        rules
    })
}

pub fn plans() -> impl Strategy<Value = Sketch> {
    let deputy = prop_oneof![4 => Just("source_arn"), 2 => Just("source_account"), 1 => Just("source_owner"), 1 => Just("referer")];
    let scope = prop_oneof![3 => Just("prefix"), 1 => Just("bucket")];
    let role_keys = select(vec!["key", "alias"]);
    let foreign = prop_oneof![4 => Just("beside"), 1 => Just("accept")];
    let defaults = (deputy, scope, role_keys, foreign).prop_map(|(deputy, scope, role_keys, foreign)| {
        format!("defaults: {{ confused_deputy: {deputy}, scope: {scope}, role_keys: {role_keys}, foreign_grants: {foreign} }}")
    });
    let sets = (rules(&["r1", "r2", "r3", "r4"]), proptest::option::weighted(0.3, rules(&["r1", "s2"])));
    let other_rules = prop_oneof![4 => Just("keep"), 1 => Just("remove")];
    let filters = proptest::collection::vec(select(vec!["block: 203.0.113.0/24", "allow: 198.51.100.7", "absent: true"]), 0..=2);
    let active = prop_oneof![4 => Just(""), 1 => Just("main"), 1 => Just("side"), 1 => Just("none")];
    (defaults, sets, other_rules, active, filters, subsequence(ROLES.to_vec(), 0..=1)).prop_map(
        |(defaults, (main, side), other_rules, active, filters, gone)| {
            let mut sets = vec![("main", main)];
            if let Some(mut side) = side {
                side.retain(|rule| !matches!(rule.body, Body::Existing));
                sets.push(("side", side));
            }
            let filters = ["f1", "f2"].iter().zip(filters).map(|(name, body)| format!("{name}: {{ {body} }}")).collect();
            Sketch { defaults, sets, other_rules, active, filters, gone }
        },
    )
}

impl Sketch {
    /// The text of the plan.
    pub fn text(&self) -> String {
        let mut text = format!("postroom: 1\nname: alpha\n{}\naccounts: {{ \"{FAR}\": {{ owns: [acme-far] }} }}\n", self.defaults);
        let used = format!("{:?}", self.sets);
        let stance = |role: &&str| if self.gone.contains(role) && !used.contains(*role) { "absent: true" } else { "" };
        let roles: Vec<String> = ROLES.iter().map(|role| format!("{role}: {{ {} }}", stance(role))).collect();
        let _ = writeln!(text, "roles: {{ {}, shared: {{ existing: true }} }}", roles.join(", ").replace("{  }", "{}"));
        text.push_str("receipt:\n");
        let known = self.sets.iter().any(|(name, _)| *name == self.active);
        if self.active == "none" {
            text.push_str("  active: none\n");
        }
        if !self.filters.is_empty() {
            let _ = writeln!(text, "  filters: {{ {} }}", self.filters.join(", "));
        }
        text.push_str("  rule_sets:\n");
        for (name, rules) in &self.sets {
            let active = if known && *name == self.active { "\n      active: true" } else { "" };
            let _ = writeln!(text, "    {name}:{active}\n      other_rules: {}\n      rules:", self.other_rules);
            if rules.is_empty() {
                text.truncate(text.trim_end().len());
                text.push_str(" []\n");
            }
            for rule in rules {
                let was = rule.was.map(|was| format!(", was: [{was}]")).unwrap_or_default();
                let _ = match &rule.body {
                    Body::Existing => writeln!(text, "        - {{ name: {}, existing: true }}", rule.name),
                    Body::Absent => writeln!(text, "        - {{ name: {}, absent: true }}", rule.name),
                    Body::Actions { recipients, tls, actions } => {
                        let tls = if *tls { "require" } else { "optional" };
                        let recipients = recipients.join("\", \"");
                        let recipients = if recipients.is_empty() { String::new() } else { format!("\"{recipients}\"") };
                        let actions = actions.iter().map(|action| format!("{{ {action} }}")).collect::<Vec<_>>().join(", ");
                        writeln!(
                            text,
                            "        - {{ name: {}{was}, tls: {tls}, recipients: [{recipients}], actions: [ {actions} ] }}",
                            rule.name
                        )
                    }
                };
            }
        }
        text
    }

    /// The names of a set's rules that shall stand in this order.
    pub fn order(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let standing = |rules: &Vec<Rule>| rules.iter().filter(|rule| !matches!(rule.body, Body::Absent)).map(|rule| rule.name).collect();
        self.sets.iter().map(|(set, rules)| (*set, standing(rules))).collect()
    }
}
