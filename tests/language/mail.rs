//! What the words of `mail_manager:` mean.

use postroom::plan::language::mail_manager::{
    Body, FailurePolicy, IngressAccess, IngressNetwork, IngressStatus, IngressTls, MailAction, MailCondition, MailFrom, NumberOperator,
    Retention, TextOperator, TrafficCondition,
};
use postroom::plan::{Given, load};

use super::{Arc, Plan, Source, folder, given, good, plan, problems, without_spots};

/// The conditions and actions of the first rule of a set, without their places.
fn first_rule(plan: &Plan, set: &str) -> (Vec<String>, Vec<String>) {
    let set = plan.mail_manager.rule_sets.iter().find(|entry| entry.name.value == set).unwrap();
    let rule = &set.spec().unwrap().rules[0];
    let when = rule.when.iter().map(|one| without_spots(&format!("{:?}", one.value)));
    let actions = rule.actions.iter().map(|one| without_spots(&format!("{:?}", one.value)));
    (when.collect(), actions.collect())
}

#[test]
fn short_forms_mean_what_their_long_forms_mean() {
    let long = "
postroom: 1
name: long
mail_manager:
  archives: { legal: { existing: true } }
  relays: { onprem: { existing: true } }
  addons: { virus: { name: TRENDMICRO_VSAPI, existing: true } }
  rule_sets:
    triage:
      rules:
        - when:
            - { tls: true }
            - { spf: { equals: [pass] } }
            - { from: { ends_with: [\"@acme.example\"] } }
            - { analysis: { addon: virus, field: isInfected, is: false } }
          actions:
            - archive: { archive: legal }
            - relay: { relay: onprem }
            - replace_recipient: { with: [desk@acme.example] }
";
    assert_eq!(first_rule(&good("mail_manager_short"), "triage"), first_rule(&plan(long), "triage"));
}

#[test]
fn everything_means_what_the_contract_says() {
    let plan = good("everything");
    let manager = &plan.mail_manager;
    let legal = &manager.archives[0];
    assert!(legal.protect && !manager.relays[0].protect);
    assert_eq!(legal.spec().unwrap().retention, Retention::SevenYears);
    assert_eq!(manager.relays.iter().map(|relay| relay.spec().unwrap().secret.is_some()).collect::<Vec<_>>(), [true, false]);
    assert!(matches!(&manager.addons[1].body, Body::Existing { addon: Some(name) } if name.value == "SPAMHAUS_DBL"));
    assert!(!manager.address_lists[0].spec().unwrap().members.as_ref().unwrap().keep_others);

    let policy = manager.traffic_policies[0].spec().unwrap();
    assert_eq!((policy.allow_by_default, policy.max_message_size), (false, Some(10_485_760)));
    let [allow, deny] = policy.statements.as_slice() else { panic!("{policy:?}") };
    assert!(allow.allow && !deny.allow);
    let TrafficCondition::Recipient(test) = &allow.conditions[0].value else { panic!("{allow:?}") };
    assert_eq!((test.operator, test.values[0].value.as_str()), (TextOperator::EndsWith, "@acme.example"));
    assert!(matches!(&allow.conditions[2].value, TrafficCondition::SenderIpv6(test) if !test.inside));
    assert!(matches!(allow.conditions[3].value, TrafficCondition::Tls { at_least: true, .. }));
    assert!(matches!(deny.conditions[1].value, TrafficCondition::InAddressList { is: false, .. }));

    let rules = &manager.rule_sets[0].spec().unwrap().rules;
    assert!(rules[0].when.iter().any(|one| one.value == MailCondition::Size(NumberOperator::LessThan, 1_000_000.0)));
    let MailAction::Archive { on_failure, .. } = &rules[0].actions[0].value else { panic!("{:?}", rules[0]) };
    assert_eq!(*on_failure, Some(FailurePolicy::Continue));
    let MailAction::PublishToSns { base64, headers_only, .. } = rules[0].actions[3].value else { panic!("{:?}", rules[0]) };
    assert_eq!((base64, headers_only), (false, true));
    let MailAction::InvokeLambda { request_response, retry_minutes, .. } = rules[0].actions[4].value else { panic!("{:?}", rules[0]) };
    assert_eq!((request_response, retry_minutes), (false, Some(60)));
    assert!(matches!(rules[0].actions[6].value, MailAction::Relay { mail_from: Some(MailFrom::Preserve), .. }));
    assert_eq!(rules[3].actions[0].value, MailAction::Drop);
}

#[test]
fn an_ingress_endpoint_is_what_its_type_says() {
    let plan = good("everything");
    let endpoints: Vec<_> = plan.mail_manager.ingress_endpoints.iter().map(|entry| entry.spec().unwrap()).collect();
    assert!(matches!(endpoints[0].access, IngressAccess::Open));
    assert_eq!(endpoints[0].network, IngressNetwork::Public { dual_stack: true });
    assert!(matches!(&endpoints[1].access, IngressAccess::Secret(secret) if secret.value == "ingress-login"));
    assert_eq!((endpoints[1].status, endpoints[0].status), (Some(IngressStatus::Active), None));
    assert_eq!(endpoints[1].network, IngressNetwork::Public { dual_stack: false });
    assert!(matches!(&endpoints[2].access, IngressAccess::PasswordFromEnv(name) if name.value == "BRANCH_SMTP_PASSWORD"));
    let IngressAccess::TrustStore(store) = &endpoints[3].access else { panic!("{:?}", endpoints[3]) };
    assert!(store.ca.value.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(store.crl.as_ref().unwrap().value.starts_with("-----BEGIN X509 CRL-----"));
    assert_eq!(&plan.source.text[store.ca.spot.start..store.ca.spot.end], "certs/ca.pem");
    assert!(matches!(&endpoints[4].network, IngressNetwork::VpcEndpoint(_)));
    assert_eq!((endpoints[4].tls, endpoints[0].tls), (IngressTls::Optional, IngressTls::Require));
}

#[test]
fn entries_are_ours_somebody_elses_or_absent() {
    let plan = good("mail_manager_short");
    let manager = &plan.mail_manager;
    let members = |at: usize| manager.address_lists[at].spec().and_then(|list| list.members.as_ref());
    let listed: Vec<_> = members(0).unwrap().listed.iter().map(|member| member.value.as_str()).collect();
    assert_eq!(listed, ["ada@partner.example", "*@supplier.example"]);
    assert!(members(0).unwrap().keep_others && members(1).is_none());
    assert!(matches!(manager.address_lists[2].body, Body::Existing { addon: None }));
    assert!(matches!(manager.archives[0].body, Body::Ours { adopt: true, .. }));
    assert_eq!((manager.archives[0].was[0].value.as_str(), &manager.archives[0].tags["team"]), ("law", &"legal".to_owned()));
    assert!(matches!(manager.archives[1].body, Body::Absent { .. }) && !manager.archives[1].protect);
    assert!(manager.relays[0].protect);
    assert!(matches!(&manager.addons[2].body, Body::Absent { addon: Some(name) } if name.value == "VADE_ADVANCED_EMAIL_SECURITY"));
}

#[test]
fn members_of_address_lists_are_in_no_problem_but_where_they_stand() {
    let text = "postroom: 1\nname: acme\nmail_manager: { address_lists: { a: { members_file: files/members.txt } } }\n";
    let source = Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
    let found = load(source, &Given { folder: Some(folder("bad")), ..given() }).unwrap_err();
    assert_eq!(found.len(), 2);
    assert!(!problems::text(&found, false).contains("partner.example"), "{found:?}");
}

#[test]
fn a_file_cannot_be_had_without_a_folder() {
    let text = "postroom: 1\nname: acme\nmail_manager: { address_lists: { a: { members_file: lists/vips.txt } } }\n";
    let source = || Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
    assert!(load(source(), &given()).is_ok());
    let found = load(source(), &Given::default()).unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["unreadable-file"]);
}

#[test]
fn forty_rules_are_a_set_and_one_more_is_too_many() {
    let of = |count: usize| {
        let rules = "        - { actions: drop }\n".repeat(count);
        let text = format!("postroom: 1\nname: acme\nmail_manager:\n  rule_sets:\n    all:\n      rules:\n{rules}");
        load(Arc::new(Source { name: "plan.yaml".into(), text }), &given())
    };
    assert!(of(40).is_ok());
    assert_eq!(of(41).unwrap_err()[0].code, "too-many");
}
