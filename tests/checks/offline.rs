//! What SES would refuse, ignore or never do: of each check a plan that has it, and one that nearly has it.

use super::{findings, rule};

/// The sentences of one code.
fn said(code: &str, rest: &str) -> Vec<String> {
    findings(code, "eu-west-1", rest).into_iter().map(|(message, _)| message).collect()
}

/// Receipt rules, each `NAME: (RECIPIENTS, ACTIONS)`.
fn rules(rules: &[(&str, &str, &str)]) -> String {
    let rules: Vec<_> =
        rules.iter().map(|(name, to, actions)| format!("      - {{ name: {name}, recipients: [{to}], actions: [{actions}] }}\n")).collect();
    format!("receipt:\n  rule_sets:\n    main:\n      rules:\n{}", rules.concat())
}

#[test]
fn a_rule_behind_one_that_takes_all_its_mail_and_stops_is_never_reached() {
    let told = |given: &[(&str, &str, &str)]| said("rule-never-reached", &rules(given));
    let s3 = "{ s3: acme-mail/in/ }";
    let dead: [&[(&str, &str, &str)]; 6] = [
        &[("all", "", "stop"), ("late", "acme.example", s3)],
        &[("all", "", "stop"), ("late", "", s3)],
        &[("domain", "Acme.example", "{ s3: acme-mail/in/ }, stop"), ("late", "desk@acme.EXAMPLE", s3)],
        &[("below", ".acme.example", "stop"), ("late", "desk@eu.acme.example, x.eu.acme.example, .eu.acme.example", s3)],
        &[("one", "a@acme.example", "stop"), ("two", "b@acme.example", "stop"), ("late", "a@acme.example, b@acme.example", s3)],
        &[("same", "a@acme.example", "stop"), ("late", "a@acme.example", "stop")],
    ];
    for given in dead {
        let found = told(given);
        assert!(found.len() == 1 && found[0].contains(&format!("`main/{}`", given.last().unwrap().0)), "{given:?}: {found:?}");
    }
    let alive: [&[(&str, &str, &str)]; 7] = [
        &[("all", "", s3), ("late", "acme.example", s3)],
        &[("late", "acme.example", s3), ("all", "", "stop")],
        &[("domain", "acme.example", "stop"), ("all", "", s3)],
        &[("below", ".acme.example", "stop"), ("late", "acme.example", s3)],
        &[("below", ".acme.example", "stop"), ("late", "desk@acme.example", s3)],
        &[("domain", "acme.example", "stop"), ("late", "desk@eu.acme.example", s3)],
        &[("one", "a@acme.example", "stop"), ("late", "a@acme.example, b@acme.example", s3)],
    ];
    for given in alive {
        assert_eq!(told(given), [""; 0], "{given:?}");
    }
    let disabled = "receipt:\n  rules:\n    - { name: all, enabled: false, actions: [stop] }\n    - { name: late, actions: [ { s3: acme-mail/in/ } ] }\n";
    assert_eq!(said("rule-never-reached", disabled), [""; 0]);
}

#[test]
fn of_mail_manager_a_drop_takes_what_has_all_its_conditions_and_more() {
    let told = |rules: &str| said("rule-never-reached", &format!("mail_manager: {{ rule_sets: {{ t: {{ rules: [ {rules} ] }} }} }}\n"));
    let late =
        "{ name: late, when: [ { tls: true }, { subject: { contains: [x] } } ], actions: [ { add_header: { name: X-A, value: b } } ] }";
    assert_eq!(told(&format!("{{ actions: [ drop ] }}, {late}")).len(), 1);
    assert_eq!(told(&format!("{{ when: [ {{ tls: true }} ], actions: [ drop ] }}, {late}")).len(), 1);
    assert_eq!(told(&format!("{{ when: [ {{ tls: false }} ], actions: [ drop ] }}, {late}")), [""; 0]);
    assert_eq!(told(&format!("{{ unless: [ {{ tls: true }} ], actions: [ drop ] }}, {late}")), [""; 0]);
    assert_eq!(told(&format!("{{ actions: [ {{ add_header: {{ name: X-A, value: b }} }} ] }}, {late}")), [""; 0]);
    let of_itself = "{ name: never, when: [ { tls: true } ], unless: [ { tls: true } ], actions: [ drop ] }";
    assert_eq!(told(of_itself), ["rule `never` of `t` is never reached: it asks for a condition and for its absence"]);
}

#[test]
fn of_a_traffic_policy_the_first_statement_that_holds_decides() {
    let told = |statements: &str| {
        said(
            "rule-never-reached",
            &format!("mail_manager: {{ traffic_policies: {{ edge: {{ default: deny, statements: [ {statements} ] }} }} }}\n"),
        )
    };
    let tls = "{ allow: [ { tls: { at_least: 1.2 } } ] }";
    let both = "{ deny: [ { tls: { at_least: 1.2 } }, { recipient: { equals: [a@b.example] } } ] }";
    assert_eq!(told(&format!("{tls}, {both}")).len(), 1);
    assert_eq!(told(&format!("{both}, {tls}")), [""; 0]);
}

#[test]
fn a_recipient_that_another_one_takes_is_told_once() {
    let told = |to: &str| said("duplicate-recipient", &rules(&[("a", to, "stop")]));
    assert_eq!(told("Desk@acme.example, desk@Acme.example").len(), 1);
    assert_eq!(told("desk@acme.example, acme.example").len(), 1);
    assert_eq!(told("acme.example, desk@acme.example").len(), 1);
    assert_eq!(told(".acme.example, eu.acme.example").len(), 1);
    assert_eq!(told("acme.example, .acme.example, desk@eu.example"), [""; 0]);
}

#[test]
fn a_login_asks_for_tls() {
    let told = |endpoint: &str| {
        let rest = "traffic_policies: { edge: { default: allow } }\n  rule_sets: { none: { rules: [] } }\n";
        let shared = "traffic_policy: edge, rule_set: none";
        said("tls-optional-with-login", &format!("mail_manager:\n  {rest}  ingress_endpoints: {{ mx-in: {{ {endpoint}, {shared} }} }}\n"))
            .len()
    };
    let vpc = "vpc_endpoint: vpce-0123456789abcdef0";
    assert_eq!(told("type: auth, auth: { secret: s }, tls: optional"), 1);
    assert_eq!(told("type: auth, auth: { password_from_env: P }, tls: optional"), 1);
    assert_eq!(told(&format!("type: auth, auth: {{ secret: s }}, tls: optional, {vpc}")), 0);
    assert_eq!(told("type: auth, auth: { secret: s }, tls: require"), 0);
    assert_eq!(told("type: open, tls: optional"), 0);
}

#[test]
fn a_wildcard_under_equals_matches_nothing() {
    let grant = |operator: &str, value: &str| {
        said(
            "wildcard-under-equals",
            &format!("grants: {{ bucket-policy/b: {{ conditions: {{ {operator}: {{ \"aws:SourceOrgID\": {value} }} }} }} }}\n"),
        )
        .len()
    };
    assert_eq!([grant("StringEquals", "o-*"), grant("StringEqualsIfExists", "o-?")], [1, 1]);
    assert_eq!([grant("StringLike", "o-*"), grant("StringEquals", "o-a1"), grant("StringNotEquals", "o-*")], [0, 0, 0]);
    let sender = "senders: { a: { attach_to: { role: r }, identities: all, only: { conditions: { StringEquals: { \"ses:FromAddress\": \"*@acme.example\" } } } } }\n";
    assert_eq!(said("wildcard-under-equals", sender).len(), 1);
    let like = "senders: { a: { attach_to: { role: r }, identities: all, only: { from: \"*@acme.example\" } } }\n";
    assert_eq!(said("wildcard-under-equals", like), [""; 0]);
}

#[test]
fn a_role_that_nothing_uses_is_not_made() {
    assert_eq!(said("role-unused", ""), ["role `mm` is declared and no action uses it: it is not made"]);
    assert_eq!(said("role-unused", &rule("[ { write_to_s3: { bucket: b-1, role: mm } } ]")), [""; 0]);
}

#[test]
fn what_nothing_of_the_plan_names_is_told() {
    let idle = "mail_manager:
  address_lists: { partners: {} }
  relays: { onprem: { server: a.example, port: 25, auth: none } }
  addons: { spam: { name: SPAMHAUS_DBL, existing: true } }
  traffic_policies: { edge: { default: allow } }
  rule_sets: { none: { rules: [] } }
  archives: { legal: { retention: one_year } }
";
    assert_eq!(said("not-used", idle).len(), 5);
    let busy = "mail_manager:
  address_lists: { partners: {} }
  relays: { onprem: { server: a.example, port: 25, auth: none } }
  addons: { spam: { name: SPAMHAUS_DBL, existing: true } }
  traffic_policies: { edge: { default: allow, statements: [ { deny: { in_address_list: { list: partners } } } ] } }
  rule_sets: { none: { rules: [ { when: [ { analysis: { addon: spam, field: isSpam, is: true } } ], actions: [ { relay: onprem } ] } ] } }
  ingress_endpoints: { mx-in: { type: open, traffic_policy: edge, rule_set: none, tls: optional } }
";
    assert_eq!(said("not-used", busy), [""; 0]);
}

#[test]
fn the_codes_of_a_bounce_agree() {
    let receipt = |reply: &str, status: &str| {
        let bounce = format!("{{ bounce: {{ smtp_reply_code: {reply}, status_code: {status}, message: no, sender: m@acme.example }} }}");
        said("bounce-codes-disagree", &rules(&[("a", "", &bounce)])).len()
    };
    assert_eq!([receipt("550", "4.1.1"), receipt("450", "5.0.0"), receipt("550", "5.1.1"), receipt("450", "4.0.0")], [1, 1, 0, 0]);
    let of_mail_manager = |status: &str| {
        let bounce =
            format!("{{ bounce: {{ sender: m@acme.example, smtp_reply_code: 550, status_code: {status}, diagnostic: no, role: mm }} }}");
        said("bounce-codes-disagree", &rule(&format!("[ {bounce} ]"))).len()
    };
    assert_eq!([of_mail_manager("4.1.1"), of_mail_manager("5.1.1")], [1, 0]);
}

#[test]
fn tags_are_counted_with_those_of_defaults_and_ours() {
    let tags = |count: usize, of: &str| (0..count).map(|at| format!("{of}{at}: v")).collect::<Vec<_>>().join(", ");
    let told = |defaults: usize, more: usize| {
        let rest = format!(
            "defaults: {{ tags: {{ {} }} }}\ncreate: {{ topics: {{ events: {{ tags: {{ {} }} }} }} }}\n",
            tags(defaults, "d"),
            tags(more, "t")
        );
        said("too-many-tags", &rest)
    };
    assert_eq!(told(40, 9), [""; 0]);
    assert!(told(40, 10).iter().any(|message| message.starts_with("`events` would carry 51 tags")), "{:?}", told(40, 10));
    let archive = |count: usize| {
        said(
            "too-many-tags",
            &format!("mail_manager: {{ archives: {{ legal: {{ retention: one_year, tags: {{ {} }} }} }} }}\n", tags(count, "t")),
        )
        .len()
    };
    assert_eq!([archive(199), archive(200)], [0, 1]);
    let key = |count: usize| {
        said("too-many-tags", &format!("create: {{ keys: {{ alias/mail: {{ tags: {{ {} }} }} }} }}\n", tags(count, "t"))).len()
    };
    assert_eq!([key(48), key(49)], [0, 1], "a key also carries its alias");
}

#[test]
fn two_filters_of_one_range_are_one_too_many() {
    let told = |second: &str| {
        said("filter-contradiction", &format!("receipt: {{ filters: {{ first: {{ block: 203.0.113.7 }}, second: {{ {second} }} }} }}\n"))
    };
    assert_eq!(told("allow: 203.0.113.7/32"), ["filters `first` and `second` say the opposite of `203.0.113.7/32`: keep one of them"]);
    assert_eq!(told("block: 203.0.113.7"), ["filters `first` and `second` say the same of `203.0.113.7`: keep one of them"]);
    assert_eq!(told("allow: 203.0.113.0/24"), [""; 0]);
}

#[test]
fn receipt_rules_want_a_region_that_receives() {
    let told = |region: &str, rest: &str| findings("region-not-receiving", region, rest).len();
    let one = rules(&[("a", "", "stop")]);
    assert_eq!([told("eu-central-2", &one), told("eu-west-1", &one)], [1, 0]);
    assert_eq!(told("eu-central-2", "mail_manager: { archives: { legal: { retention: one_year } } }\n"), 0);
}

#[test]
fn a_traffic_policy_that_allows_nothing_is_told() {
    let told = |policy: &str| {
        said("traffic-policy-lets-nothing-in", &format!("mail_manager: {{ traffic_policies: {{ edge: {{ {policy} }} }} }}\n")).len()
    };
    assert_eq!(told("default: deny"), 1);
    assert_eq!(told("default: deny, statements: [ { deny: { tls: { is: 1.2 } } } ]"), 1);
    assert_eq!(told("default: deny, statements: [ { allow: { tls: { is: 1.3 } } } ]"), 0);
    assert_eq!(told("default: allow"), 0);
}

#[test]
fn nothing_is_done_behind_a_drop() {
    let header = "{ add_header: { name: X-A, value: b } }";
    assert_eq!(
        findings("action-never-reached", "eu-west-1", &rule(&format!("[ drop, {header} ]")))[0].1,
        ["mail_manager.rule_sets.triage.rules[0].actions[1].add_header"]
    );
    assert_eq!(said("action-never-reached", &rule(&format!("[ {header}, drop ]"))), [""; 0]);
}

#[test]
fn a_rule_does_something() {
    assert_eq!(said("rule-without-actions", &rules(&[("a", "", "")])), ["rule `main/a` has no actions: nothing happens to its mail"]);
    assert_eq!(said("rule-without-actions", &rules(&[("a", "", "stop")])), [""; 0]);
}

#[test]
fn what_is_accepted_is_a_code_of_a_finding() {
    let told = |code: &str| findings("accept-unknown", "eu-west-1", &format!("accept: {{ {code}: it is fine }}\n"));
    assert_eq!(told("mail-size-41mb").into_iter().map(|(_, paths)| paths).collect::<Vec<_>>(), [["accept.mail-size-41mb"]]);
    for code in ["mail-size-40mb", "bucket-missing", "rule-not-in-plan", "no-source-condition", "grant-stays"] {
        assert_eq!(told(code), [], "{code}");
    }
}

#[test]
fn a_star_of_a_member_stands_where_mail_manager_takes_one() {
    let told = |member: &str| {
        let found = said("list-member-pattern", &format!("mail_manager: {{ address_lists: {{ l: {{ members: [\"{member}\"] }} }} }}\n"));
        assert!(found.iter().all(|message| !message.contains(member)), "a member is repeated: {found:?}");
        found.len()
    };
    for wrong in ["a*@b.example", "*@*.example", "a*b@b.example", "desk@*", "desk@a.*.example"] {
        assert_eq!(told(wrong), 1, "{wrong}");
    }
    for right in ["*@b.example", "sales*@b.example", "desk@*.b.example", "desk@b.example"] {
        assert_eq!(told(right), 0, "{right}");
    }
}

#[test]
fn mail_of_40_mb_is_the_most_that_a_bucket_and_connect_take() {
    let told = |actions: &str| said("mail-size-40mb", &rules(&[("a", "", actions)]));
    assert_eq!(told("{ s3: acme-mail/in/ }, { s3: acme-mail/too/ }"), ["mail over 40 MB is not stored in a bucket"]);
    assert_eq!(told("stop"), [""; 0]);
}
