//! The change as the mail sees it: reorderings and edits of rules, each with the routes that it moves and no other.

use postroom::core::change::Moved;

use crate::account::mail;

/// A plan of receipt rules.
fn receipt(rules: &[&str]) -> String {
    format!("postroom: 1\nname: acme\nreceipt:\n  rules:\n{}", rules.iter().map(|rule| format!("    - {rule}\n")).collect::<String>())
}

/// A plan of Mail Manager with these rules and policy statements.
fn manager(rules: &[&str], statements: &[&str], lists: &str) -> String {
    let list = |items: &[&str]| items.iter().map(|item| format!("        - {item}\n")).collect::<String>();
    format!(
        "postroom: 1\nname: acme\nroles: {{ mm: {{}} }}\nmail_manager:\n  relays: {{ office: {{ server: a.example, port: 25, auth: none }} }}\n  \
         address_lists: {{ {lists} }}\n  traffic_policies:\n    edge:\n      default: deny\n      statements:\n{}  rule_sets:\n    triage:\n      rules:\n{}  \
         ingress_endpoints:\n    mx-in: {{ type: open, traffic_policy: edge, rule_set: triage, tls: optional }}\n",
        list(statements),
        list(rules)
    )
}

fn short(moved: &[Moved]) -> Vec<(&str, String, String, &str)> {
    moved.iter().map(|it| (it.to.as_str(), it.have.join(" | "), it.want.join(" | "), it.why.as_str())).collect()
}

const INVOICES: &str = "{ name: invoices, recipients: [invoices@acme.example], actions: [{ s3: acme-mail/invoices/ }] }";
const REFUSE: &str =
    "{ name: refuse, recipients: [acme.example], actions: [{ bounce: { smtp_reply_code: 550, message: no, sender: m@acme.example } }] }";
const SUBS: &str = "{ name: subs, recipients: [.acme.example], actions: [{ s3: acme-mail/subs/ }] }";

#[track_caller]
fn moves(before: &[&str], after: &[&str], expected: &[(&str, &str, &str, &str)]) {
    let moved = mail(&receipt(before), &receipt(after));
    let expected: Vec<_> = expected.iter().map(|(to, have, want, why)| (*to, (*have).to_owned(), (*want).to_owned(), *why)).collect();
    assert_eq!(short(&moved), expected);
}

#[test]
fn the_same_plan_moves_nothing() {
    moves(&[INVOICES, REFUSE, SUBS], &[INVOICES, REFUSE, SUBS], &[]);
}

#[test]
fn a_bounce_that_is_moved_to_the_front_takes_what_is_behind_it() {
    let stored = "s3 acme-mail/invoices/ | bounce 550";
    let why = "rule refuse moved before invoices";
    let moved = mail(&receipt(&[INVOICES, REFUSE, SUBS]), &receipt(&[REFUSE, INVOICES, SUBS]));
    // Only one of the two rules was moved; which of them is said does not matter, as long as one is.
    let [one] = moved.as_slice() else { panic!("{moved:#?}") };
    assert_eq!(
        (one.to.as_str(), one.have.join(" | ").as_str(), one.want.join(" | ").as_str()),
        ("invoices@acme.example", stored, "bounce 550")
    );
    assert!(one.why == why || one.why == "rule invoices moved behind refuse", "{}", one.why);
    assert_eq!(one.via, "receipt-rule-set/acme");
}

#[test]
fn rules_that_share_no_mail_may_change_places() {
    moves(&[INVOICES, SUBS], &[SUBS, INVOICES], &[]);
}

#[test]
fn another_prefix_moves_who_is_stored_there_alone() {
    let elsewhere = "{ name: invoices, recipients: [invoices@acme.example], actions: [{ s3: acme-mail/bills/ }] }";
    let expected = [("invoices@acme.example", "s3 acme-mail/invoices/", "s3 acme-mail/bills/", "rule invoices changed")];
    moves(&[INVOICES, SUBS], &[elsewhere, SUBS], &expected);
}

#[test]
fn a_recipient_that_is_added_is_taken_from_the_domain() {
    let more = "{ name: invoices, recipients: [invoices@acme.example, bills@acme.example], actions: [{ s3: acme-mail/invoices/ }] }";
    let expected = [("bills@acme.example", "bounce 550", "s3 acme-mail/invoices/ | bounce 550", "rule invoices changed")];
    moves(&[INVOICES, REFUSE], &[more, REFUSE], &expected);
}

#[test]
fn a_rule_that_is_disabled_moves_its_own_mail_alone() {
    let off = "{ name: subs, recipients: [.acme.example], enabled: false, actions: [{ s3: acme-mail/subs/ }] }";
    moves(&[INVOICES, SUBS], &[INVOICES, off], &[("*@*.acme.example", "s3 acme-mail/subs/", "unmatched", "rule subs changed")]);
}

#[test]
fn tls_that_is_asked_for_moves_the_mail_that_comes_without() {
    let safe = "{ name: subs, recipients: [.acme.example], tls: require, actions: [{ s3: acme-mail/subs/ }] }";
    let after = "over TLS: s3 acme-mail/subs/ | without TLS: blocked";
    moves(&[INVOICES, SUBS], &[INVOICES, safe], &[("*@*.acme.example", "s3 acme-mail/subs/", after, "rule subs changed")]);
}

#[test]
fn what_takes_the_mail_nowhere_else_moves_nothing() {
    let scanned = "{ name: invoices, recipients: [invoices@acme.example], scan: true, actions: [{ add_header: { name: X-A, value: b } }, { s3: { bucket: acme-mail, prefix: invoices/, topic: t } }] }";
    moves(&[INVOICES, SUBS], &[scanned, SUBS], &[]);
}

#[test]
fn a_catch_all_that_stops_takes_all_that_is_behind_it() {
    let all = "{ name: all, actions: [{ sns: mail-events }, stop] }";
    let expected = [
        ("*", "unmatched", "sns mail-events", "rule all is new"),
        ("*@*.acme.example", "s3 acme-mail/subs/", "sns mail-events", "rule all is new"),
        ("invoices@acme.example", "s3 acme-mail/invoices/", "s3 acme-mail/invoices/ | sns mail-events", "rule all is new"),
    ];
    let moved = mail(&receipt(&[INVOICES, SUBS]), &receipt(&[INVOICES, all, SUBS]));
    let mut found = short(&moved);
    found.sort();
    let expected = expected.map(|(to, have, want, why)| (to, have.to_owned(), want.to_owned(), why));
    assert_eq!(found, expected);
}

#[test]
fn another_active_set_moves_all_that_the_two_treat_differently() {
    let sets = |active: &str| {
        let active = |name: &str| if name == active { "active: true, " } else { "" };
        format!(
            "postroom: 1\nname: acme\nreceipt:\n  rule_sets:\n    a: {{ {}rules: [ {INVOICES}, {SUBS} ] }}\n    b: {{ {}rules: [ {INVOICES} ] }}\n",
            active("a"),
            active("b")
        )
    };
    let moved = mail(&sets("a"), &sets("b"));
    assert_eq!(short(&moved), [("*@*.acme.example", "s3 acme-mail/subs/".into(), "unmatched".into(), "rule set b becomes the active one")]);
}

#[test]
fn a_filter_moves_those_whom_it_is_about() {
    let with = |filters: &str| {
        format!(
            "postroom: 1\nname: acme\nreceipt:\n  filters: {{ {filters} }}\n  rule_sets: {{ a: {{ active: true, rules: [ {INVOICES} ] }} }}\n"
        )
    };
    let moved = mail(
        &with("a: { block: 203.0.113.0/24 }"),
        &with("a: { block: 203.0.113.0/24 }, b: { allow: 203.0.113.7 }, c: { allow: 192.0.2.1 }"),
    );
    assert_eq!(short(&moved), [("*, sent from 203.0.113.7", "blocked".into(), "let in".into(), "filter b is new")]);
}

const ALLOW: &str = "allow: [{ recipient: { ends_with: [\"@acme.example\"] } }]";
const RELAY: &str = "{ name: desk, when: [{ recipient: { equals: [desk@acme.example] } }], actions: [{ relay: office }, drop] }";
const PASSED: &str =
    "{ name: passed, when: [{ spf: { equals: pass } }], actions: [{ write_to_s3: { bucket: mail, prefix: passed/, role: mm } }] }";
const FAILED: &str =
    "{ name: failed, when: [{ spf: { not_equals: pass } }], actions: [{ write_to_s3: { bucket: mail, prefix: failed/, role: mm } }] }";

#[test]
fn mail_manager_rules_that_exclude_each_other_may_change_places() {
    let (before, after) = (manager(&[PASSED, FAILED], &[ALLOW], ""), manager(&[FAILED, PASSED], &[ALLOW], ""));
    assert_eq!(short(&mail(&before, &after)), []);
}

#[test]
fn a_mail_manager_rule_that_drops_takes_what_is_behind_it() {
    let (before, after) = (manager(&[PASSED, RELAY], &[ALLOW], ""), manager(&[RELAY, PASSED], &[ALLOW], ""));
    let moved = mail(&before, &after);
    let [one] = moved.as_slice() else { panic!("{moved:#?}") };
    let have = "SPF is pass: write_to_s3 mail/passed/, relay office, drop | SPF is not pass: relay office, drop";
    assert_eq!(
        (one.to.as_str(), one.have.join(" | ").as_str(), one.want.join(" | ").as_str()),
        ("desk@acme.example", have, "relay office | drop")
    );
    assert_eq!(one.via, "ingress-endpoint/mx-in");
}

#[test]
fn a_traffic_policy_moves_whom_it_denies() {
    let deny = "deny: [{ recipient: { equals: [trap@acme.example] } }]";
    let (before, after) = (manager(&[RELAY, PASSED, FAILED], &[ALLOW], ""), manager(&[RELAY, PASSED, FAILED], &[ALLOW, deny], ""));
    let moved = mail(&before, &after);
    let [one] = moved.as_slice() else { panic!("{moved:#?}") };
    assert_eq!(
        (one.to.as_str(), one.want.join(" | ").as_str(), one.why.as_str()),
        ("trap@acme.example", "blocked", "traffic policy edge changed")
    );
}

#[test]
fn members_of_a_list_move_themselves_alone_and_are_not_named() {
    let rule = "{ name: partners, when: [{ in_address_list: { attribute: recipient, list: partners } }], actions: [{ relay: office }] }";
    let policy = "allow: [{ sender_ip: { not_in: [192.0.2.0/24] } }]";
    let with = |members: &str| manager(&[rule], &[policy], &format!("partners: {{ members: [{members}] }}"));
    let moved = mail(&with("a@p.example"), &with("a@p.example, b@p.example, c@p.example"));
    let [one] = moved.as_slice() else { panic!("{moved:#?}") };
    assert_eq!((one.to.as_str(), one.why.as_str()), ("2 that come into list partners", "members of list partners changed"));
    assert!(!serde_json::to_string(one).unwrap().contains("@p.example"));
}

#[test]
fn an_edit_that_asks_the_same_in_another_order_moves_nothing() {
    let rule = |when: &str| format!("{{ name: x, when: [{when}], actions: [{{ relay: office }}] }}");
    let (one, other) = (
        rule("{ spf: { equals: [pass, gray] } }, { subject: { contains: [a, b] } }"),
        rule("{ subject: { contains: [b, a] } }, { spf: { not_equals: [fail, processing_failed] } }"),
    );
    assert_eq!(short(&mail(&manager(&[&one], &[ALLOW], ""), &manager(&[&other], &[ALLOW], ""))), []);
}

#[test]
fn the_largest_set_that_ses_takes_is_looked_through_in_seconds() {
    use postroom::kinds::receipt_rule_set::rule::ReceiptRule;
    use postroom::route::routing::{Active, Routing};
    let rule = |at: usize| -> ReceiptRule {
        let recipients: Vec<String> = (0..100).map(|user| format!("u{user}@d{at}.example")).collect();
        let action = serde_json::json!({"S3Action": {"BucketName": "mail", "ObjectKeyPrefix": format!("{at}/")}});
        serde_json::from_value(
            serde_json::json!({"Name": format!("r{at}"), "Enabled": true, "Recipients": recipients, "Actions": [action]}),
        )
        .unwrap()
    };
    let rules: Vec<ReceiptRule> = (0..200).map(rule).collect();
    let of =
        |rules: Vec<ReceiptRule>| Routing { active: Active::Set("a".into()), sets: [("a".to_owned(), rules)].into(), ..Routing::default() };
    let mut reordered = rules.clone();
    reordered.reverse();
    reordered[7].enabled = false;
    let began = std::time::Instant::now();
    let moved = postroom::route::moved::moved(&of(rules), &of(reordered), &std::collections::BTreeMap::new());
    assert_eq!(moved.len(), 100);
    assert!(began.elapsed() < std::time::Duration::from_secs(30), "{:?}", began.elapsed());
}
