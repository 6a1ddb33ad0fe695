//! The law of the mail section: a route is listed when the traces of its message differ, and only then.

use std::collections::BTreeSet;

use postroom::route::message::Message;
use postroom::route::routing::Routing;
use postroom::route::{Door, trace};
use proptest::prelude::*;

use crate::account::{after, planned};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const RECIPIENTS: [&str; 6] =
    ["x@acme.example", "y@acme.example", "acme.example", ".acme.example", "x@sub.acme.example", "z@other.example"];
/// One of each kind that those tell apart, each with how it is called.
const CLASSES: [(&str, &str); 8] = [
    ("x@acme.example", "x@acme.example"),
    ("y@acme.example", "y@acme.example"),
    ("someone@acme.example", "*@acme.example"),
    ("someone@deep.acme.example", "*@*.acme.example"),
    ("x@sub.acme.example", "x@sub.acme.example"),
    ("z@other.example", "z@other.example"),
    ("someone@other.example", "*"),
    ("someone@third.example", "*"),
];

#[derive(Debug, Clone)]
struct Rule {
    recipients: Vec<&'static str>,
    enabled: bool,
    tls: bool,
    actions: Vec<&'static str>,
}

fn rule() -> impl Strategy<Value = Rule> {
    let recipients = proptest::sample::subsequence(RECIPIENTS.to_vec(), 0..=2);
    let done = proptest::sample::subsequence(
        vec!["{ s3: mail/one/ }", "{ s3: mail/two/ }", "{ lambda: f }", "{ add_header: { name: X-A, value: b } }"],
        1..=2,
    );
    let end =
        prop_oneof![Just(None), Just(Some("stop")), Just(Some("{ bounce: { smtp_reply_code: 550, message: m, sender: s@acme.example } }"))];
    (recipients, proptest::bool::weighted(0.85), proptest::bool::weighted(0.2), done, end).prop_map(
        |(recipients, enabled, tls, mut actions, end)| {
            actions.extend(end);
            Rule { recipients, enabled, tls, actions }
        },
    )
}

type Rules = Vec<(&'static str, Rule)>;

fn rules() -> impl Strategy<Value = Rules> {
    let names = Just(NAMES.to_vec()).prop_shuffle();
    (names, proptest::collection::vec(rule(), 1..=5)).prop_map(|(names, rules)| names.into_iter().zip(rules).collect())
}

/// Two sets of rules: another order of the same, one rule edited, or any two.
fn two() -> impl Strategy<Value = (Rules, Rules)> {
    let reordered = rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle()));
    let edited = (rules(), rule(), any::<prop::sample::Index>()).prop_map(|(rules, rule, at)| {
        let mut edited = rules.clone();
        let at = at.index(edited.len());
        edited[at].1 = rule;
        (rules, edited)
    });
    prop_oneof![reordered, edited, (rules(), rules())]
}

fn plan(rules: &[(&'static str, Rule)]) -> String {
    let lines = rules.iter().map(|(name, rule)| {
        let Rule { recipients, enabled, tls, actions } = rule;
        let tls = if *tls { "require" } else { "optional" };
        format!(
            "    - {{ name: {name}, recipients: [{}], enabled: {enabled}, tls: {tls}, actions: [{}] }}\n",
            recipients.join(", "),
            actions.join(", ")
        )
    });
    format!("postroom: 1\nname: acme\ndefaults: {{ other_rules: remove }}\nreceipt:\n  rules:\n{}", lines.collect::<String>())
}

/// The routes of a message with all that can be known of it, said by another way than that of the section: each possible message by itself.
fn routes(routing: &Routing, to: &str) -> Vec<Vec<String>> {
    let door = Door::Receipt { set: Some("acme".to_owned()), sure: true };
    let of = |tls: &str| {
        let message = Message { tls: Message::versions(tls), ip: Some("192.0.2.1".parse().unwrap()), ..Message::to(to) };
        let traces = trace(routing, &door, &message);
        assert_eq!((traces.len(), traces[0].ways.len()), (1, 1), "nothing is unknown");
        traces[0].ways[0].route.told()
    };
    vec![of("yes"), of("no")]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_route_is_listed_exactly_when_the_traces_differ((before, wanted) in two()) {
        let account = after(&plan(&before));
        let (set, live) = planned(&plan(&wanted), &account);
        let have = Routing::of_live(&live);
        let want = Routing::of_live(&after(&plan(&wanted)));
        let listed: BTreeSet<&str> = set.mail.iter().map(|moved| moved.to.as_str()).collect();
        // What nobody names on either side goes with its domain, or with everybody.
        let named: BTreeSet<&str> = before.iter().chain(&wanted).flat_map(|(_, rule)| rule.recipients.iter().copied()).collect();
        for (address, called) in CLASSES {
            let is_named = match called {
                "*" => address != "someone@other.example" || !named.contains("other.example"),
                "*@acme.example" => named.contains("acme.example"),
                "*@*.acme.example" => named.contains(".acme.example"),
                address => named.contains(address),
            };
            if is_named {
                prop_assert_eq!(routes(&have, address) != routes(&want, address), listed.contains(called), "{}", address);
            }
        }
        prop_assert!(listed.iter().all(|to| CLASSES.iter().any(|(_, called)| called == to)));
    }

    #[test]
    fn what_the_changes_lead_to_is_what_the_plan_says((before, wanted) in two()) {
        let account = after(&plan(&before));
        let (set, live) = planned(&plan(&wanted), &account);
        let led = Routing::of_live(&live).after(&set.changes, &live);
        let said = Routing::of_live(&after(&plan(&wanted)));
        prop_assert_eq!(led.sets, said.sets);
        prop_assert_eq!(led.active, said.active);
    }
}
