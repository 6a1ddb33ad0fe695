//! `tests:` of a plan: which hold, and what is said of those that do not.

use postroom::core::live::Live;
use postroom::route::expect;
use postroom::route::routing::Routing;

use crate::account::home;
use crate::run::plan;

const RULES: &str = "postroom: 1
name: acme
roles: { mm: {} }
receipt:
  filters: { bad: { block: 203.0.113.0/24 } }
  rules:
    - { name: old, recipients: [old@acme.example], actions: [{ bounce: { smtp_reply_code: 550, message: gone, sender: m@acme.example } }] }
    - { name: store, recipients: [acme.example], tls: require, actions: [{ add_header: { name: X-A, value: b } }, { s3: acme-mail/in/ }, { lambda: classify }] }
mail_manager:
  relays: { office: { server: a.example, port: 25, auth: none } }
  addons: { abusix: { name: ABUSIX_MAIL_INTELLIGENCE, accept_pricing: true } }
  traffic_policies: { edge: { default: deny, max_message_size: 1000, statements: [ { allow: [ { sender_ip: { in: [198.51.100.0/24] } } ] } ] } }
  rule_sets:
    triage:
      rules:
        - { name: spam, when: [{ analysis: { addon: abusix, field: isSpam, is: true } }], actions: drop }
        - { name: forward, unless: [{ subject: { contains: [secret] } }], actions: [{ send: { role: mm, identities: [acme.example] } }] }
  ingress_endpoints:
    mx-in: { type: open, traffic_policy: edge, rule_set: triage, tls: require }
tests:
";

/// What fails of these tests: messages, each with the lines it is about.
fn failing(tests: &[&str]) -> Vec<(String, Vec<usize>)> {
    let text = format!("{RULES}{}", tests.iter().map(|test| format!("  - {test}\n")).collect::<String>());
    let plan = plan(&text, &Live::new(home()));
    let found = expect::findings(&plan, &Routing::of_plan(&plan, &home()));
    found.into_iter().map(|finding| (finding.message, finding.because.into_iter().map(|cause| cause.line).collect())).collect()
}

#[test]
fn what_holds_is_not_told() {
    let held = [
        // The gate is taken to let it in, where the test leaves it open.
        "{ to: a@acme.example, expect: [{ s3: acme-mail/in/ }, lambda] }",
        "{ to: a@acme.example, expect: lambda }",
        "{ to: a@acme.example, exactly: true, expect: [{ s3: acme-mail/in/ }, { lambda: classify }] }",
        "{ to: a@acme.example, exactly: true, expect: [{ add_header: X-A }, s3, lambda] }",
        "{ to: a@acme.example, ip: 203.0.113.9, expect: blocked }",
        "{ to: a@acme.example, tls: false, ip: 198.51.100.1, expect: blocked }",
        "{ to: old@acme.example, expect: bounced }",
        "{ to: old@acme.example, exactly: true, expect: [{ bounce: 550 }] }",
        "{ to: a@other.example, expect: unmatched }",
        "{ endpoint: mx-in, to: a@acme.example, subject: hello, addons: { abusix.isSpam: false }, expect: send }",
        "{ endpoint: mx-in, to: a@acme.example, addons: { abusix.isSpam: true }, expect: drop }",
        "{ endpoint: mx-in, to: a@acme.example, ip: 192.0.2.1, expect: blocked }",
        "{ endpoint: mx-in, to: a@acme.example, size: 1001, expect: blocked }",
    ];
    assert_eq!(failing(&held), []);
}

#[test]
fn what_fails_names_the_rule_and_its_line() {
    let found = failing(&["{ name: stored, to: old@acme.example, expect: { s3: acme-mail/in/ } }"]);
    let message = "test `stored`, mail to old@acme.example: expected s3 acme-mail/in/, found bounce 550, by rule old, if not sent from 203.0.113.0/24 and over TLS";
    let [(found, lines)] = found.as_slice() else { panic!("{found:#?}") };
    // Which way is told first does not matter here: the one that is let in counts.
    assert_eq!(found, message);
    assert_eq!(lines, &[21, 7]);
}

#[test]
fn each_of_these_fails() {
    let tests = [
        "{ to: a@acme.example, expect: [lambda, s3] }",
        "{ to: a@acme.example, expect: [{ s3: acme-mail/other/ }] }",
        "{ to: a@acme.example, exactly: true, expect: s3 }",
        // Nothing is said of where it comes from: it is blocked on one way only.
        "{ to: a@acme.example, expect: blocked }",
        "{ to: a@acme.example, expect: bounced }",
        "{ to: a@acme.example, expect: unmatched }",
        // What decides among rules must be said.
        "{ endpoint: mx-in, to: a@acme.example, subject: hello, expect: send }",
        "{ endpoint: mx-in, to: a@acme.example, addons: { abusix.isSpam: false }, expect: send }",
        "{ endpoint: mx-in, to: a@acme.example, subject: a secret, addons: { abusix.isSpam: false }, expect: send }",
        "{ endpoint: mx-in, to: a@acme.example, subject: hello, addons: { abusix.isSpam: true }, expect: send }",
    ];
    assert_eq!(failing(&tests).len(), tests.len(), "{:#?}", failing(&tests));
}

#[test]
fn a_failure_is_an_error_that_the_plan_may_accept() {
    let text = format!("{RULES}  - {{ to: a@acme.example, expect: bounced }}\naccept: {{ test-failed: known }}\n");
    let plan = plan(&text, &Live::new(home()));
    let found = expect::findings(&plan, &Routing::of_plan(&plan, &home()));
    assert_eq!(
        found.iter().map(|found| (found.code.as_str(), found.accepted.as_deref())).collect::<Vec<_>>(),
        [("test-failed", Some("known"))]
    );
}
