//! The plan language by its cases: `tests/language/good/*.yaml` read, `tests/language/bad/*.yaml` give exactly the problems beside them.

#[path = "language/mail.rs"]
mod mail;
#[path = "language/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postroom::core::problem::{Problem, Source};
use postroom::plan::language::identities::{ArchiveUse, Identity, Sender};
use postroom::plan::language::{Action, Plan, Rule, RuleBody, RuleSpec, Stance};
use postroom::plan::{Given, load, parse};
use postroom::report::problems;

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language").join(kind)
}

fn cases(kind: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn given() -> Given {
    Given {
        account: Some("111122223333".parse().unwrap()),
        region: Some("eu-west-1".parse().unwrap()),
        target: Some("stage".into()),
        folder: Some(folder("good")),
        ..Given::default()
    }
}

/// Bad plans are read without an account and region.
fn bad() -> Given {
    Given { folder: Some(folder("bad")), ..Given::default() }
}

fn read(file: &Path, given: &Given) -> Result<Plan, Vec<Problem>> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    load(Arc::new(Source { name, text: std::fs::read_to_string(file).unwrap() }), given)
}

#[test]
fn good_plans_have_no_problems() {
    for file in cases("good") {
        if let Err(found) = read(&file, &given()) {
            panic!("{}", problems::text(&found, false));
        }
    }
}

#[test]
fn bad_plans_have_exactly_the_problems_beside_them() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for file in cases("bad") {
        let Err(found) = read(&file, &bad()) else { panic!("{} has no problems", file.display()) };
        let text = problems::text(&found, false);
        let expected = file.with_extension("txt");
        if bless {
            std::fs::write(&expected, &text).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", file.display()));
        }
    }
    let command = "BLESS=1 cargo test --no-default-features --test language";
    assert!(wrong.is_empty(), "{}\nif this is meant, run: {command}", wrong.join("\n"));
}

#[test]
fn the_same_plan_has_the_same_problems_byte_for_byte() {
    for file in cases("bad") {
        let once = read(&file, &bad()).unwrap_err();
        let again = read(&file, &bad()).unwrap_err();
        assert_eq!(problems::text(&once, true), problems::text(&again, true));
        assert_eq!(problems::json(&once).to_string(), problems::json(&again).to_string());
    }
    for file in cases("good") {
        assert_eq!(format!("{:?}", read(&file, &given()).unwrap()), format!("{:?}", read(&file, &given()).unwrap()));
    }
}

fn plan(text: &str) -> Plan {
    let source = Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
    load(source, &given()).unwrap_or_else(|found| panic!("{}", problems::text(&found, false)))
}

fn good(name: &str) -> Plan {
    let file = cases("good").into_iter().find(|file| file.file_stem().is_some_and(|stem| stem == name)).unwrap();
    read(&file, &given()).unwrap_or_else(|found| panic!("{}", problems::text(&found, false)))
}

fn spec(rule: &Rule) -> &RuleSpec {
    match &rule.body {
        RuleBody::Ours(spec) => spec,
        other => panic!("{other:?}"),
    }
}

/// The actions of the first rule, without their places.
fn actions(plan: &Plan) -> Vec<String> {
    let rule = &plan.receipt.rule_sets[0].1.rules[0];
    spec(rule).actions.iter().map(|action| without_spots(&format!("{:?}", action.value))).collect()
}

fn without_spots(debug: &str) -> String {
    let mut parts = debug.split(", spot: Spot {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('}').unwrap().1)
}

#[test]
fn ten_lines_are_a_plan() {
    let plan = good("ten_lines");
    let [(name, set)] = plan.receipt.rule_sets.as_slice() else { panic!("{:?}", plan.receipt.rule_sets) };
    assert_eq!((name.value.as_str(), set.active.is_some(), set.rules.len()), ("acme-inbound", true, 1));
    let rule = spec(&set.rules[0]);
    assert!(rule.enabled && !rule.tls_required && !rule.scan);
    assert_eq!((plan.safety.max_change, plan.safety.min_objects, plan.defaults.tighten), (30, 10, true));
}

#[test]
fn short_forms_mean_what_their_long_forms_mean() {
    let long = "
postroom: 1
name: long
receipt:
  rules:
    - name: long
      actions:
        - s3: { bucket: acme-mail }
        - s3: { bucket: acme-mail, prefix: in/2026/ }
        - s3: { bucket: \"arn:aws:s3:::acme-mail\", prefix: in/ }
        - sns: { topic: mail-events, encoding: utf-8 }
        - lambda: { function: \"classify-mail:live\", invocation: event }
        - workmail: { organization: m-0123456789abcdef }
        - stop: {}
";
    assert_eq!(actions(&good("short_forms")), actions(&plan(long)));
}

#[test]
fn causes_name_the_line_and_the_path() {
    let plan = good("everything");
    let (_, set) = &plan.receipt.rule_sets[0];
    let action = &spec(&set.rules[0]).actions[1];
    let cause = plan.cause(&action.spot);
    assert_eq!(cause.path, "receipt.rule_sets.primary.rules[0].actions[1].s3");
    let line = plan.source.text.lines().nth(cause.line - 1).unwrap();
    assert!(line[cause.column - 1..].starts_with("s3:"), "{line}");
    let Action::S3 { bucket, .. } = &action.value else { panic!("{action:?}") };
    assert_eq!(&plan.source.text[bucket.spot.start..bucket.spot.end], "acme-mail");
    assert_eq!(bucket.spot.path, "receipt.rule_sets.primary.rules[0].actions[1].s3.bucket");
}

#[test]
fn everything_means_what_the_contract_says() {
    let plan = good("everything");
    let (_, set) = &plan.receipt.rule_sets[0];
    let bodies: Vec<_> = set.rules.iter().map(|rule| (rule.name.value.as_str(), std::mem::discriminant(&rule.body))).collect();
    assert_eq!(bodies[1], ("legacy", std::mem::discriminant(&RuleBody::Existing)));
    assert_eq!(bodies[3], ("retired-rule", std::mem::discriminant(&RuleBody::Absent)));
    assert_eq!(set.rules[2].was[0].value.as_str(), "invoices");
    let recipients: Vec<_> = spec(&set.rules[0]).recipients.iter().map(|recipient| recipient.value.as_str()).collect();
    assert_eq!(recipients, ["invoices@acme.example", ".sub.acme.example"]);
    assert_eq!(plan.roles.iter().map(|(_, role)| role.stance).collect::<Vec<_>>(), [Stance::Ours, Stance::Ours, Stance::Existing]);
    assert_eq!(plan.roles[1].1.path, "/mail/");
    assert_eq!(plan.grants[0].1.manage, Some(false));
    assert!(plan.grants[1].1.legacy_actions);
    assert_eq!(plan.grants[2].1.conditions["StringEquals"]["aws:SourceOrgID"], ["o-a1b2"]);
    assert_eq!(plan.accounts.by_id.len(), 2);
    assert_eq!(plan.accept["mail-size-40mb"], "invoices are small");
    assert_eq!(plan.retired.len(), 2);
}

#[test]
fn plain_scalars_are_their_characters_as_written() {
    let plan = good("plain_scalars");
    assert_eq!(plan.account.as_ref().unwrap().value.as_str(), "012345678901");
    let (name, set) = &plan.receipt.rule_sets[0];
    assert_eq!(name.value.as_str(), "2026-12-01");
    assert_eq!(set.rules.iter().map(|rule| rule.name.value.as_str()).collect::<Vec<_>>(), ["550", "on"]);
    let text = without_spots(&format!("{:?} {:?}", spec(&set.rules[0]).actions, spec(&set.rules[1]).actions));
    for expected in ["\"550\"", "\"5.1.1\"", "\"2026-12-01\"", "\"no\"", "\"mailer@acme.example\"", "\"${5}\""] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn a_merge_gives_way_to_what_stands_there() {
    let plan = good("anchors");
    let text: Vec<_> = plan.receipt.rule_sets[0].1.rules.iter().map(|rule| without_spots(&format!("{:?}", spec(rule).actions))).collect();
    assert!(text[0].contains("other-events") && text[0].contains("acme-mail") && !text[0].contains("mail-events"), "{}", text[0]);
    assert!(text[1].contains("mail-events") && text[1].contains("b/") && !text[1].contains("ignored"), "{}", text[1]);
}

#[test]
fn given_variables_override_those_of_the_plan_and_are_not_replaced_again() {
    let text = "
postroom: 1
name: acme
region: eu-west-1
vars: { domain: acme.example, who: \"desk@${var.domain}\" }
receipt:
  rules:
    - { name: a, recipients: [\"${var.who}\"], actions: [ { add_header: { name: X-A, value: \"${var.raw} ${target} ${partition}\" } } ] }
";
    let vars = [("domain".to_owned(), "us.acme.example".to_owned()), ("raw".to_owned(), "${name}".to_owned())].into();
    let given = Given { vars, target: Some("prod".into()), ..Given::default() };
    let source = Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
    let plan = load(source, &given).unwrap();
    let rule = spec(&plan.receipt.rule_sets[0].1.rules[0]);
    assert_eq!(rule.recipients[0].value, "desk@us.acme.example");
    let Action::AddHeader { value, .. } = &rule.actions[0].value else { panic!("{rule:?}") };
    assert_eq!(value.value, "${name} prod aws");
}

#[test]
fn a_draft_tells_what_stands_there_without_variables() {
    let of = |text: &str| parse(Arc::new(Source { name: "p".into(), text: text.into() })).unwrap();
    let draft = of("name: acme\naccount: 111122223333\nregion: ${var.region}\nrecepit: {}\n");
    assert_eq!(draft.name().unwrap().as_str(), "acme");
    assert_eq!(draft.account().unwrap().as_str(), "111122223333");
    assert_eq!(draft.region(), None);
    assert_eq!(of("{}").name(), None);
}

#[test]
fn the_words_of_only_are_conditions() {
    let plan = good("identities");
    let of = |at: usize| {
        let conditions = plan.senders[at].only.iter();
        conditions.map(|only| format!("{} {} {}", only.operator, only.key, only.values.join(" "))).collect::<Vec<_>>()
    };
    assert_eq!(
        of(0),
        [
            "StringEquals ses:FromAddress marketing@acme.example",
            "StringLike ses:FromDisplayName *Marketing*",
            "ForAllValues:StringLike ses:Recipients *@acme.example",
            "StringEquals ses:FeedbackAddress feedback@acme.example",
            "StringEquals ses:ApiVersion 2",
            "DateGreaterThan aws:CurrentTime 2026-12-01T00:00:00Z",
            "DateLessThan aws:CurrentTime 2027-01-01T00:00:00Z",
            "IpAddress aws:SourceIp 198.51.100.0/24",
            "Bool aws:SecureTransport true",
            "StringLike aws:UserAgent acme/*",
        ]
    );
    assert_eq!(
        of(1),
        [
            "StringLike ses:FromAddress *@acme.example desk@acme.example",
            "DateGreaterThan aws:CurrentTime 2018-08-31T12:00Z",
            "DateLessThan aws:CurrentTime 2018-10-01",
        ]
    );
    assert_eq!(of(3)[1..], ["StringEquals aws:PrincipalOrgID o-a1b2", "StringEquals aws:PrincipalTag/team mail web"]);
}

#[test]
fn senders_and_archive_users_mean_what_the_contract_says() {
    let plan = good("identities");
    let [marketing, everybody, admins, bouncer] = plan.senders.as_slice() else { panic!("{:?}", plan.senders) };
    let actions = |sender: &Sender| sender.actions.iter().map(|action| action.value.clone()).collect::<Vec<_>>();
    assert_eq!((actions(marketing), actions(everybody)), (actions(everybody), actions(marketing)));
    assert_eq!((actions(admins), actions(bouncer)), (vec!["*".to_owned()], vec!["SendBounce".to_owned()]));
    assert!(everybody.identities.is_none() && marketing.identities.as_ref().is_some_and(|identities| identities.len() == 1));
    let [Identity::User(user), Identity::Group(group), Identity::Role(role)] = everybody.attach_to.as_slice() else { panic!() };
    assert_eq!([&user.value, &group.value, &role.value], ["ada", "staff", "mailer"]);
    let [auditors, keepers] = plan.archive_users.as_slice() else { panic!("{:?}", plan.archive_users) };
    assert_eq!(auditors.allow.iter().map(|one| one.value).collect::<Vec<_>>()[3], ArchiveUse::Export);
    assert!(keepers.archives.is_none() && auditors.archives.is_some());
    assert_eq!(keepers.create_with_tags["team"], ["legal", "audit"]);
    assert_eq!(keepers.create_with_tags["env"], ["prod"]);
}

#[test]
fn what_shall_not_exist_does_not_count_towards_a_limit() {
    let problems = |text: &str| load(Arc::new(Source { name: "p".into(), text: text.into() }), &given()).err().unwrap_or_default();
    let names = |count: usize, one: &str| (0..count).map(|at| format!("n{at}: {one}")).collect::<Vec<_>>().join(", ");
    let sections: [(&str, &str, &str, usize); 3] = [
        ("receipt: { filters: {", "{ block: 10.0.0.1 }", "{ absent: true }", 100),
        ("receipt: { rule_sets: {", "{ rules: [] }", "{ absent: true }", 40),
        ("mail_manager: { address_lists: {", "{}", "{ absent: true }", 100),
    ];
    for (section, one, gone, most) in sections {
        let of = |count: usize| format!("postroom: 1\nname: acme\n{section} {}, gone: {gone} }} }}\n", names(count, one));
        assert_eq!(problems(&of(most)), [], "{section}");
        assert_eq!(problems(&of(most + 1)).into_iter().map(|problem| problem.code).collect::<Vec<_>>(), ["too-many"], "{section}");
    }
}
