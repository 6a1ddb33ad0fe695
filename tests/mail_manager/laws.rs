//! From any plan to any other, cut off at any write: the next run ends what was begun, nothing is made twice, and then nothing is to do.

use postroom::core::address::AddressKind;
use postroom::core::live::Live;
use postroom::core::memory::Fault;
use proptest::prelude::*;
use serde_json::Value;

use super::{applied, prepared, run};

/// A plan in few words. What is 0 shall not exist.
#[derive(Debug, Clone)]
struct Shape {
    list: usize,
    archive: usize,
    relay: usize,
    addon: bool,
    policy: usize,
    rules: usize,
    endpoints: [usize; 2],
}

fn shapes() -> impl Strategy<Value = Shape> {
    let endpoints = [0..6usize, 0..6usize];
    (0..4usize, 0..4usize, 0..4usize, any::<bool>(), 0..3usize, 0..3usize, endpoints)
        .prop_map(|(list, archive, relay, addon, policy, rules, endpoints)| Shape { list, archive, relay, addon, policy, rules, endpoints })
}

impl Shape {
    fn text(&self) -> String {
        let list = ["absent: true", "members: [a@b.example]", "members: [a@b.example, c@b.example]", ""][self.list];
        // A deleted archive keeps its name: it is never absent here.
        let archive = [
            "retention: one_year, kms_key: alias/archive",
            "retention: two_years, kms_key: alias/archive",
            "retention: one_year, kms_key: alias/archive-2",
            "retention: one_year",
        ][self.archive];
        let relay = [
            "absent: true",
            "server: smtp.acme.example, port: 587, auth: none",
            "server: smtp.acme.example, port: 587, auth: { secret: relay-login }",
            "server: smtp.acme.example, port: 25, auth: { secret: other-login }",
        ][self.relay];
        let addon = if self.addon {
            "name: ABUSIX_MAIL_INTELLIGENCE, accept_pricing: true"
        } else {
            "name: ABUSIX_MAIL_INTELLIGENCE, absent: true"
        };
        let mut conditions = vec!["{ recipient: { ends_with: ['@acme.example'] } }"];
        conditions.extend((self.list > 0).then_some("{ in_address_list: { attribute: recipient, list: good, is: true } }"));
        conditions.extend(self.addon.then_some("{ analysis: { addon: abusix, field: isSpam, is: false } }"));
        let size = ["", ", max_message_size: 1000", ", max_message_size: 2000"][self.policy];
        let mut actions = vec!["{ archive: { archive: legal } }"];
        actions.extend((self.relay > 0).then_some("{ relay: { relay: out } }"));
        actions.extend([None, Some("{ publish_to_sns: { topic: mail-events, role: mm } }"), Some("drop")][self.rules]);
        let endpoints = self.endpoints.iter().enumerate().map(|(number, shape)| {
            let said = [
                "absent: true".to_owned(),
                "type: open, tls: require".to_owned(),
                "type: open, tls: optional, status: closed".to_owned(),
                "type: auth, auth: { secret: ingress-login }, tls: require".to_owned(),
                "type: auth, auth: { password_from_env: SMTP_PASSWORD }, tls: require".to_owned(),
                "type: open, tls: require, vpc_endpoint: vpce-0123456789abcdef0".to_owned(),
            ];
            let named = if *shape > 0 { ", traffic_policy: edge, rule_set: main" } else { "" };
            format!("in-{number}: {{ {}{named} }}", said[*shape])
        });
        format!(
            "postroom: 1\nname: acme\nregion: eu-west-1\nroles: {{ mm: {{}} }}\nmail_manager:\n  address_lists: {{ good: {{ {list} }} }}\n  \
             archives: {{ legal: {{ {archive}, protect: false }} }}\n  relays: {{ out: {{ {relay} }} }}\n  addons: {{ abusix: {{ {addon} }} }}\n  \
             traffic_policies: {{ edge: {{ default: deny, statements: [ {{ allow: [ {} ] }} ]{size} }} }}\n  \
             rule_sets: {{ main: {{ rules: [ {{ actions: [ {} ] }} ] }} }}\n  ingress_endpoints: {{ {} }}\n",
            conditions.join(", "),
            actions.join(", "),
            endpoints.collect::<Vec<_>>().join(", ")
        )
    }
}

/// How many of a kind are there to stay.
fn living(account: &Live, kind: AddressKind) -> usize {
    let found = account.of_kind(kind).filter_map(|at| account.get::<Value>(at).present());
    found.filter(|found| found.get("State").is_none_or(|state| state != "PENDING_DELETION")).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_becomes_any_other_wherever_it_is_cut_off(first in shapes(), second in shapes(), write in 0..24usize, acted: bool) {
        let account = applied(&first.text(), &prepared()).account;
        let how = run::How { fault: Some(Fault { write, acted }), ..run::How::default() };
        let cut = run::run_as(&second.text(), &account, &how);
        prop_assert!(cut.breaches.is_empty(), "{:?}", cut.breaches);
        let account = applied(&second.text(), &cut.account).account;
        prop_assert_eq!(living(&account, AddressKind::Archive), 1);
        prop_assert_eq!(living(&account, AddressKind::IngressEndpoint), second.endpoints.iter().filter(|shape| **shape > 0).count());
        prop_assert_eq!(living(&account, AddressKind::Relay), usize::from(second.relay > 0));
        prop_assert_eq!(living(&account, AddressKind::AddonInstance), 1 + usize::from(second.addon));
        applied(&first.text(), &account);
    }
}
