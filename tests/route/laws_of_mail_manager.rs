//! The same law for Mail Manager: every message that there can be, one by one, against what the mail section lists.

use std::collections::{BTreeMap, BTreeSet};

use postroom::core::live::Live;
use postroom::route::message::{Headers, Message};
use postroom::route::moved::moved;
use postroom::route::routing::Routing;
use postroom::route::{Door, trace};
use proptest::prelude::*;

use crate::account::home;
use crate::run::plan;

const CONDITIONS: [&str; 14] = [
    "{ recipient: { equals: [x@acme.example] } }",
    "{ recipient: { ends_with: [\"@acme.example\"] } }",
    "{ recipient: { starts_with: [x] } }",
    "{ recipient: { not_equals: [x@acme.example] } }",
    "{ spf: { equals: [pass] } }",
    "{ spf: { not_equals: [pass, gray] } }",
    "{ message_size: { less_than: 1000 } }",
    "{ message_size: { greater_than: 500 } }",
    "{ source_ip: { in: [198.51.100.0/24] } }",
    "{ source_ip: { not_in: [198.51.0.0/16] } }",
    "{ subject: { contains: [ab] } }",
    "{ subject: { equals: [abc] } }",
    "{ header: { name: X-R, equals: [one] } }",
    "tls",
];
const ACTIONS: [&str; 7] = [
    "{ relay: office }",
    "{ write_to_s3: { bucket: mail, prefix: in/, role: mm } }",
    "{ publish_to_sns: { topic: t, role: mm } }",
    "{ add_header: { name: X-R, value: one } }",
    "{ replace_recipient: x@acme.example }",
    "{ replace_recipient: y@other.example }",
    "drop",
];
/// How those are called whom the conditions tell apart, with one of each, and what must be named for it.
const CLASSES: [(&str, &str, &[&str]); 5] = [
    ("x@acme.example", "x@acme.example", &["equals: [x@"]),
    ("*@acme.example", "someone@acme.example", &["ends_with"]),
    ("x*", "xavier@other.example", &["starts_with"]),
    ("x*@acme.example", "xavier@acme.example", &["starts_with", "ends_with"]),
    ("*", "someone@other.example", &[]),
];

fn rule() -> impl Strategy<Value = String> {
    let when = proptest::sample::subsequence(CONDITIONS.to_vec(), 0..=2);
    let unless = proptest::sample::subsequence(CONDITIONS.to_vec(), 0..=1);
    let actions = proptest::sample::subsequence(ACTIONS.to_vec(), 1..=2);
    (when, unless, actions).prop_map(|(when, unless, actions)| {
        format!("when: [{}], unless: [{}], actions: [{}]", when.join(", "), unless.join(", "), actions.join(", "))
    })
}

type Rules = Vec<(char, String)>;

fn rules() -> impl Strategy<Value = Rules> {
    proptest::collection::vec(rule(), 1..=3).prop_map(|rules| ('a'..='c').zip(rules).collect())
}

fn two() -> impl Strategy<Value = (Rules, Rules)> {
    let reordered = rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle()));
    let edited = (rules(), rule(), any::<prop::sample::Index>()).prop_map(|(rules, rule, at)| {
        let mut edited = rules.clone();
        let at = at.index(edited.len());
        edited[at].1 = rule;
        (rules, edited)
    });
    prop_oneof![reordered, edited]
}

fn routing(rules: &Rules) -> Routing {
    let rules: String = rules.iter().map(|(name, rule)| format!("        - {{ name: {name}, {rule} }}\n")).collect();
    let text = format!(
        "postroom: 1\nname: acme\nroles: {{ mm: {{}} }}\nmail_manager:\n  relays: {{ office: {{ server: a.example, port: 25, auth: none }} }}\n  \
         traffic_policies: {{ edge: {{ default: allow }} }}\n  rule_sets:\n    triage:\n      rules:\n{rules}  \
         ingress_endpoints: {{ mx-in: {{ type: open, traffic_policy: edge, rule_set: triage, tls: optional }} }}\n"
    );
    Routing::of_plan(&plan(&text, &Live::new(home())), &home())
}

/// Every message to somebody that the conditions can tell from another.
fn messages(to: &str) -> Vec<Message> {
    let mut all = Vec::new();
    for spf in ["pass", "fail", "gray"] {
        for size in [100, 700, 5000] {
            for ip in ["198.51.100.1", "198.51.7.1", "192.0.2.1"] {
                for subject in ["", "xabx", "abc"] {
                    for (tls, marked) in [("yes", true), ("yes", false), ("no", true), ("no", false)] {
                        let known = BTreeMap::from([("subject".to_owned(), vec![subject.to_owned()])]);
                        let mut headers = Headers { whole: true, known, ..Headers::default() };
                        if marked {
                            headers.suppose_known("x-r", "one");
                        }
                        all.push(Message {
                            spf: Some(spf.to_owned()),
                            size: Some(size),
                            ip: Some(ip.parse().unwrap()),
                            tls: Message::versions(tls),
                            headers,
                            ..Message::to(to)
                        });
                    }
                }
            }
        }
    }
    all
}

fn route(routing: &Routing, message: &Message) -> Vec<String> {
    let traces = trace(routing, &Door::Endpoint("mx-in".to_owned()), message);
    let [way] = traces[0].ways.as_slice() else { panic!("something is unknown: {traces:#?}") };
    way.route.told()
}

trait Known {
    fn suppose_known(&mut self, name: &str, value: &str);
}

impl Known for Headers {
    fn suppose_known(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), vec![value.to_owned()]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_route_is_listed_exactly_when_some_message_goes_another_way((before, wanted) in two()) {
        let (have, want) = (routing(&before), routing(&wanted));
        let moved = moved(&have, &want, &BTreeMap::new());
        let listed: BTreeSet<&str> = moved.iter().map(|moved| moved.to.as_str()).collect();
        let text = format!("{before:?}{wanted:?}");
        for (called, address, needs) in CLASSES {
            if needs.iter().all(|need| text.contains(need)) {
                let differ = messages(address).iter().any(|message| route(&have, message) != route(&want, message));
                prop_assert_eq!(differ, listed.contains(called), "{}", called);
            }
        }
        prop_assert!(listed.iter().all(|to| CLASSES.iter().any(|(called, ..)| called == to)), "{:?}", listed);
    }
}
