//! What `validate` finds in a plan without AWS: the checks of Mail Manager.

#[path = "checks/offline.rs"]
mod offline;

use std::sync::Arc;

use postroom::checks::lessons;
use postroom::core::address::Home;
use postroom::core::compile::compile;
use postroom::core::live::Live;
use postroom::core::problem::Source;
use postroom::core::scene::Scene;
use postroom::plan::{Given, load};

/// The findings of one code, with the paths that they are about.
fn findings(code: &str, region: &str, rest: &str) -> Vec<(String, Vec<String>)> {
    let home = Home { account: "111122223333".parse().unwrap(), region: region.parse().unwrap() };
    let text = format!("postroom: 1\nname: acme\nroles: {{ mm: {{}} }}\n{rest}");
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    let plan = load(Arc::new(Source { name: "plan.yaml".into(), text }), &given).unwrap();
    let live = Live::new(home);
    let scene = Scene::new(&plan, &live);
    let desired = compile(&scene);
    let lessons = lessons(&scene, &desired);
    let found = desired.findings.into_iter().chain(lessons).filter(|finding| finding.code == code);
    found.map(|finding| (finding.message, finding.because.into_iter().map(|cause| cause.path).collect())).collect()
}

/// A rule set of one rule with these actions.
fn rule(actions: &str) -> String {
    format!("mail_manager: {{ rule_sets: {{ triage: {{ rules: [ {{ actions: {actions} }} ] }} }} }}\n")
}

#[test]
fn a_bucket_name_of_63_characters_is_one_too_long_for_mail_manager() {
    let of = |length: usize| {
        let actions = format!("[ {{ write_to_s3: {{ bucket: {}, role: mm }} }} ]", "b".repeat(length));
        findings("bucket-name-over-62", "eu-west-1", &rule(&actions))
    };
    assert_eq!(of(62), []);
    let [(message, paths)] = of(63).try_into().unwrap();
    assert!(message.contains("63 characters") && message.contains("at most 62"), "{message}");
    assert_eq!(paths, ["mail_manager.rule_sets.triage.rules[0].actions[0].write_to_s3"]);
}

#[test]
fn mail_manager_publishes_to_no_fifo_topic() {
    let of =
        |topic: &str| findings("fifo-topic", "eu-west-1", &rule(&format!("[ {{ publish_to_sns: {{ topic: \"{topic}\", role: mm }} }} ]")));
    assert_eq!(of("mail-events"), []);
    assert_eq!(of("mail.fifo").len(), 1);
    assert_eq!(of("arn:aws:sns:eu-west-1:111122223333:mail.fifo"), of("mail.fifo"));
}

#[test]
fn secrets_are_said_not_to_be_read() {
    let found = findings(
        "secret-json-unchecked",
        "eu-west-1",
        "mail_manager:
  relays:
    a: { server: a.example, port: 25, auth: { secret: login } }
    b: { server: b.example, port: 25, auth: { secret: login } }
    c: { server: c.example, port: 25, auth: none }
  traffic_policies: { edge: { default: deny } }
  rule_sets: { none: { rules: [] } }
  ingress_endpoints:
    in-a: { type: auth, auth: { secret: ingress }, traffic_policy: edge, rule_set: none, tls: require }
    in-b: { type: auth, auth: { password_from_env: PASSWORD }, traffic_policy: edge, rule_set: none, tls: require }
",
    );
    let [(relay, two), (ingress, one)] = found.try_into().unwrap();
    assert!(relay.contains("`login`") && relay.contains("`username` and `password`"), "{relay}");
    assert!(ingress.contains("`ingress`") && !ingress.contains("username"), "{ingress}");
    assert_eq!((two.len(), one.as_slice()), (2, &["mail_manager.ingress_endpoints.in-a.auth.secret".to_owned()][..]));
}

#[test]
fn a_default_tag_with_a_space_is_told_when_something_is_made_in_mail_manager() {
    let of = |rest: &str| {
        findings("tag-with-space", "eu-west-1", &format!("defaults: {{ tags: {{ team: the mail team, env: prod }} }}\n{rest}"))
    };
    assert_eq!(of(""), []);
    assert_eq!(of("mail_manager: { archives: { legal: { existing: true } } }\n"), []);
    let [(message, paths)] = of("mail_manager: { archives: { legal: { retention: one_year } } }\n").try_into().unwrap();
    assert!(message.contains("`team: the mail team`"), "{message}");
    assert_eq!(paths, ["mail_manager.archives.legal"]);
}

#[test]
fn fips_is_for_the_us_and_canada() {
    let of = |region: &str| {
        let rest = "mail_manager:
  traffic_policies: { edge: { default: deny } }
  rule_sets: { none: { rules: [] } }
  ingress_endpoints: { mx-in: { type: open, traffic_policy: edge, rule_set: none, tls: fips } }
";
        findings("tls-fips-region", region, rest).len()
    };
    assert_eq!(["eu-west-1", "sa-east-1", "us-east-1", "us-gov-west-1", "ca-central-1", "ca-west-1"].map(of), [1, 1, 0, 0, 0, 0]);
}
