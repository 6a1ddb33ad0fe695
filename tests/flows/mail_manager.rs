//! Mail Manager against the emulator: the whole contract, each field of it, what AWS does over minutes, and runs that are cut off.

use std::process::Command;
use std::time::{Duration, Instant};

use aws_sdk_mailmanager::Client;
use aws_sdk_mailmanager::types::IngressPointStatus;
use serde_json::{Value, json};

use crate::support::account::{REGION, wait};
use crate::support::{Account, Run};

const PASSWORD: &str = "Gehe1m-Passw0rt";

impl Account {
    /// An account in which the whole of the contract can be applied, with the certificates that it names.
    fn for_mail_manager() -> Self {
        let mut account = Self::for_plan("mail-manager");
        account.environment =
            vec![("BRANCH_SMTP_PASSWORD".to_owned(), PASSWORD.to_owned()), ("PARTNER_PASSWORD".to_owned(), PASSWORD.to_owned())];
        account.with_certificates()
    }

    /// The buckets of a plan are the test's own.
    fn with_buckets(&self, plan: &str) -> String {
        let named = |name: &str| format!("bucket: {},", self.bucket(name));
        plan.replace("bucket: acme-mm-2,", &named("acme-mm-2")).replace("bucket: acme-mm,", &named("acme-mm"))
    }

    fn whole(&self) -> String {
        self.with_buckets(include_str!("../mail_manager/whole.yaml"))
    }

    fn mail_manager(&self) -> Client {
        Client::new(&self.sdk(REGION))
    }

    fn endpoints(&self) -> Vec<(String, String, IngressPointStatus)> {
        let found = wait(self.mail_manager().list_ingress_points().send()).expect("a list").ingress_points.unwrap_or_default();
        found.into_iter().map(|it| (it.ingress_point_name, it.ingress_point_id, it.status)).collect()
    }

    fn until_listed(&self, state: &IngressPointStatus) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.endpoints().iter().any(|(_, _, found)| found == state) {
            assert!(Instant::now() < deadline, "no endpoint is {state}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn calls_of(&self, operation: &str) -> usize {
        self.calls().iter().filter(|call| call["operation"] == operation).count()
    }
}

/// The changes of resources, without those of statements.
fn of_resources(run: &Run) -> Vec<String> {
    let changes = run.raw_changes();
    let own = changes.iter().filter(|change| change["statement"].is_null());
    own.map(|change| format!("{} {}", change["action"].as_str().unwrap_or("?"), change["address"].as_str().unwrap_or("?"))).collect()
}

#[test]
fn the_whole_contract_is_applied_from_nothing_and_is_then_as_the_plan_says() {
    let account = Account::for_mail_manager();
    let run = account.apply(&account.whole(), &[]);
    assert_eq!(of_resources(&run).len(), 14, "{run}");
    let outputs = run.target()["outputs"].clone();
    for (name, id, status) in account.endpoints() {
        assert_eq!(status, IngressPointStatus::Active, "{name}");
        assert_eq!(outputs[format!("ingress-endpoint/{name}")]["id"], json!(id));
        assert!(outputs[format!("ingress-endpoint/{name}")]["a_record"].is_string(), "{outputs}");
    }
    assert_eq!(account.plan(&account.whole()).target()["outputs"], outputs, "the same is told later");
    let text = format!("{}{}", run.stdout, run.stderr);
    assert!(!text.contains(PASSWORD) && !text.contains("BEGIN CERTIFICATE") && !text.contains("ap@partner.example"), "{text}");
}

#[test]
fn a_saved_plan_takes_the_files_along_and_reads_passwords_when_it_is_applied() {
    let mut account = Account::for_mail_manager();
    let plan = account.whole();
    let environment = std::mem::take(&mut account.environment);
    account.run(&["plan", "-", "-o", "saved.json"], &plan).expect(0);
    let certificates = account.folder.join("certs");
    std::fs::rename(&certificates, account.folder.join("moved")).expect("the files are elsewhere");
    let without = account.run(&["apply", "saved.json", "--yes"], "");
    without.expect(3);
    assert!(without.stderr.contains("BRANCH_SMTP_PASSWORD") && account.endpoints().is_empty(), "{without}");
    account.environment = environment;
    let run = account.run(&["apply", "saved.json", "--yes"], "");
    run.expect(0);
    assert!(run.statuses().iter().all(|status| status == "done"), "{run}");
    let saved = std::fs::read_to_string(account.folder.join("saved.json")).expect("a file");
    assert!(saved.contains("BEGIN CERTIFICATE") && !saved.contains(PASSWORD));
    std::fs::rename(account.folder.join("moved"), certificates).expect("the files are back");
    account.nothing_to_do(&plan);
}

#[test]
fn a_plan_takes_two_waves_and_asks_once_for_each_thing() {
    let account = Account::for_mail_manager();
    account.apply(&account.whole(), &[]);
    account.forget_calls();
    let run = account.plan(&account.whole());
    let calls = &run.target()["calls"];
    assert!(calls["waves"].as_u64() <= Some(3), "{calls}");
    let of = |operation: &str| calls["by_operation"][operation].as_u64().unwrap_or(0);
    assert_eq!((of("ListIngressPoints"), of("GetRuleSet"), of("ListMembersOfAddressList")), (1, 1, 1), "{calls}");
    // One with a trust store is asked for again, with its contents.
    assert_eq!((of("GetIngressPoint"), of("GetRelay"), of("ListTagsForResource")), (6, 2, 15), "{calls}");
}

/// The rows of tests/mail_manager/fields.txt, in two halves side by side.
fn fields(half: usize) {
    let account = Account::for_mail_manager();
    let base = account.whole().replace("protect: true", "protect: false");
    let flags = ["--allow-delete", "--force"];
    account.apply(&base, &flags);
    let rows = include_str!("../mail_manager/fields.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for row in rows.skip(half).step_by(2) {
        let parts: Vec<&str> = row.splitn(4, " | ").map(str::trim).collect();
        let [address, sign, from, to] = parts[..] else { panic!("{row}") };
        let text =
            account.with_buckets(&include_str!("../mail_manager/whole.yaml").replace("protect: true", "protect: false").replace(from, to));
        let run = account.apply(&text, &flags);
        let own: Vec<String> = of_resources(&run).into_iter().filter(|change| change.ends_with(&format!(" {address}"))).collect();
        let verb = if sign == "±" { "replace" } else { "update" };
        assert_eq!(own, [format!("{verb} {address}")], "{row}: {run}");
        assert!(sign == "±" || of_resources(&run).len() == 1, "{row}: {run}");
        account.try_apply(&base, &flags).expect(0);
    }
}

#[test]
fn each_field_changed_is_one_change_and_then_nothing() {
    fields(0);
}

#[test]
fn each_other_field_changed_is_one_change_and_then_nothing() {
    fields(1);
}

const SMALL: &str = "
postroom: 1
name: small
region: eu-west-1
mail_manager:
  traffic_policies: { edge: { default: allow, statements: [] } }
  rule_sets: { main: { rules: [ { actions: [ drop ] } ] } }
  ingress_endpoints: { mx-in: { type: open, traffic_policy: edge, rule_set: main, tls: require } }
";
const GONE: &str = "
postroom: 1
name: small
region: eu-west-1
mail_manager:
  traffic_policies: { edge: { absent: true } }
  rule_sets: { main: { absent: true } }
  ingress_endpoints: { mx-in: { absent: true } }
";

#[test]
fn a_run_that_is_killed_while_it_waits_is_finished_by_the_next() {
    let account = Account::new();
    account.set(&json!({"ingress_provisioning_seconds": 600}));
    let mut child = account.start(&["apply", "-", "--yes"], SMALL);
    account.until_listed(&IngressPointStatus::Provisioning);
    child.kill().expect("SIGKILL");
    account.finish(child);

    let plan = account.plan(SMALL);
    assert_eq!(of_resources(&plan), ["update ingress-endpoint/mx-in"]);
    assert!(plan.raw_changes()[0]["note"].as_str().is_some_and(|note| note.contains("waited for")), "{plan}");
    let id = account.endpoints()[0].1.clone();
    account.set(&json!({"ingress_provisioning_seconds": 2}));
    account.apply(SMALL, &[]);
    assert_eq!(account.endpoints(), [("mx-in".to_owned(), id, IngressPointStatus::Active)], "the same one, and only one");
    assert_eq!(account.calls_of("CreateIngressPoint"), 1);
    assert_eq!(account.calls_of("UpdateIngressPoint"), 0, "it is only waited for");
}

#[test]
fn an_interrupt_ends_a_wait_and_the_next_run_goes_on() {
    let account = Account::new();
    account.set(&json!({"ingress_provisioning_seconds": 600}));
    let child = account.start(&["apply", "-", "--yes"], &SMALL.replace("tls: require", "tls: require, status: closed"));
    account.until_listed(&IngressPointStatus::Provisioning);
    std::thread::sleep(Duration::from_millis(300));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs").success());
    let run = account.finish(child);
    run.expect(130);
    assert!(run.outcomes().contains(&"unknown create ingress-endpoint/mx-in".to_owned()), "{run}");
    account.set(&json!({"ingress_provisioning_seconds": 0}));
    account.apply(&SMALL.replace("tls: require", "tls: require, status: closed"), &[]);
    assert_eq!(account.endpoints()[0].2, IngressPointStatus::Closed);
    account.apply(&SMALL.replace("tls: require", "tls: require, status: active"), &[]);
    assert_eq!(account.endpoints()[0].2, IngressPointStatus::Active);
}

#[test]
fn it_is_taken_away_in_reverse_and_waits_until_the_endpoint_is_gone() {
    let account = Account::new();
    account.apply(SMALL, &[]);
    account.try_apply(GONE, &[]).expect(3);
    account.set(&json!({"ingress_deprovisioning_seconds": 600}));
    let mut child = account.start(&["apply", "-", "--yes", "--allow-delete", "--force"], GONE);
    account.until_listed(&IngressPointStatus::Deprovisioning);
    child.kill().expect("SIGKILL");
    account.finish(child);
    // The endpoint is on its way out, and still holds what it named: the next run waits for it.
    account.set(&json!({"ingress_deprovisioning_seconds": 2}));
    let run = account.apply(GONE, &["--allow-delete", "--force"]);
    assert_eq!(of_resources(&run), ["delete mail-rule-set/main", "delete traffic-policy/edge"]);
    assert_eq!(account.endpoints(), []);
}

#[test]
fn one_that_is_on_its_way_out_gives_its_name_back_first() {
    let account = Account::new();
    account.apply(SMALL, &[]);
    let (_, id, _) = account.endpoints().remove(0);
    account.set(&json!({"ingress_deprovisioning_seconds": 2}));
    wait(account.mail_manager().delete_ingress_point().ingress_point_id(&id).send()).expect("deleted");
    let run = account.apply(SMALL, &[]);
    assert_eq!(of_resources(&run), ["create ingress-endpoint/mx-in"]);
    assert_ne!(account.endpoints()[0].1, id);
}

const BRANCH: &str = "
postroom: 1
name: branch
region: eu-west-1
mail_manager:
  traffic_policies: { edge: { default: allow, statements: [] } }
  rule_sets: { main: { rules: [ { actions: [ drop ] } ] } }
  ingress_endpoints: { branch: { type: auth, auth: { password_from_env: SMTP_PASSWORD }, traffic_policy: edge, rule_set: main, tls: require } }
";

#[test]
fn a_password_comes_from_the_environment_and_is_sent_again_only_when_asked() {
    let mut account = Account::new();
    let version = |account: &Account| {
        let id = account.endpoints()[0].1.clone();
        let found = wait(account.mail_manager().get_ingress_point().ingress_point_id(id).send()).expect("an endpoint");
        let password = found.ingress_point_auth_configuration.and_then(|found| found.ingress_point_password_configuration);
        password.and_then(|password| password.smtp_password_version)
    };
    for password in [None, Some("short"), Some("no blanks in it")] {
        account.environment = password.map(|password| ("SMTP_PASSWORD".to_owned(), password.to_owned())).into_iter().collect();
        let run = account.try_apply(BRANCH, &[]);
        run.expect(3);
        assert!(run.stderr.contains("`SMTP_PASSWORD`") && run.stderr.contains("nothing was written"), "{run}");
        assert!(password.is_none_or(|password| !format!("{}{}", run.stdout, run.stderr).contains(password)), "{run}");
    }
    assert_eq!(account.writes(), Vec::<String>::new());
    account.environment = vec![("SMTP_PASSWORD".to_owned(), PASSWORD.to_owned())];
    account.apply(BRANCH, &[]);
    let first = version(&account);
    account.environment = Vec::new();
    let text = BRANCH.replace("branch: {", "branch-2: { was: [branch],");
    account.apply(&text, &[]);
    assert_eq!(version(&account), first, "a password that is there stays");
    account.environment = vec![("SMTP_PASSWORD".to_owned(), PASSWORD.to_owned())];
    let run = account.apply(&text, &["--rotate", "ingress-endpoint/branch-2"]);
    assert_eq!(of_resources(&run), ["update ingress-endpoint/branch-2"]);
    assert_ne!(version(&account), first);
    assert!(!format!("{}{}", run.stdout, run.stderr).contains(PASSWORD), "{run}");
    let snapshot = account.run(&["snapshot", "-"], &text);
    assert!(!snapshot.stdout.contains(PASSWORD), "{snapshot}");
    account.try_apply(&text, &["--rotate", "ingress-endpoint/other"]).expect(1);
}

#[test]
fn a_list_of_thousands_is_read_and_changed_by_its_members() {
    let account = Account::new();
    let text = |from: usize, to: usize| {
        let members: Vec<String> = (from..to).map(|number| format!("m{number}@partner.example")).collect();
        format!(
            "postroom: 1\nname: lists\nregion: eu-west-1\nmail_manager: {{ address_lists: {{ partners: {{ members: [{}] }} }} }}\n",
            members.join(", ")
        )
    };
    account.apply(&text(0, 1200), &[]);
    account.forget_calls();
    let run = account.apply(&text(2, 1203), &[]);
    assert_eq!(run.raw_changes()[0]["note"], "3 members to come, 2 members to go");
    assert_eq!(account.calls_of("RegisterMemberToAddressList"), 3);
    assert_eq!(account.calls_of("DeregisterMemberFromAddressList"), 2);
    assert!(!run.stdout.contains("@partner.example"), "members are nobody's to read");
    // Cut off in the middle, it goes on.
    account.fault(json!({"service": "mailmanager", "operation": "RegisterMemberToAddressList", "code": "AccessDeniedException", "message": "no", "skip": 5, "remaining": null}));
    account.try_apply(&text(0, 1300), &[]).expect(5);
    account.clear_faults();
    let run = account.apply(&text(0, 1300), &[]);
    assert!(run.raw_changes()[0]["note"].as_str().is_some_and(|note| note.contains("members to come, 0 members to go")), "{run}");
}

#[test]
fn untagged_ones_are_refused_until_they_are_taken_over() {
    let account = Account::with(&json!({"mail_manager": [
        {"create": "Relay", "as": "r", "request": {"RelayName": "out", "ServerName": "smtp.acme.example", "ServerPort": 587, "Authentication": {"NoAuthentication": {}}, "Tags": [{"Key": "theirs", "Value": "yes"}]}}
    ]}));
    let text = |words: &str| {
        format!(
            "postroom: 1\nname: taker\nregion: eu-west-1\nmail_manager: {{ relays: {{ out: {{ server: smtp.acme.example, port: 587, auth: none{words} }} }} }}\n"
        )
    };
    let run = account.try_apply(&text(""), &[]);
    run.expect(3);
    assert_eq!(run.findings(), ["not-ours"]);
    let run = account.apply(&text(", adopt: true"), &[]);
    assert_eq!(of_resources(&run), ["adopt relay/out"]);
    assert_eq!(
        account.writes().iter().filter(|write| !write.starts_with("TagResource")).count(),
        0,
        "nothing but the tag: {:?}",
        account.writes()
    );
    let other = text("").replace("name: taker", "name: another");
    assert_eq!(account.try_apply(&other, &[]).expect(3).findings(), ["not-ours"]);
    let arn = account.arns["r"].as_str().expect("its ARN");
    let tags = wait(account.mail_manager().list_tags_for_resource().resource_arn(arn).send()).expect("tags").tags;
    assert!(tags.iter().any(|tag| tag.key == "theirs"), "{tags:?}");
}

#[test]
fn a_lost_answer_to_a_creation_makes_nothing_twice() {
    let account = Account::new();
    account.fault(json!({"service": "mailmanager", "operation": "CreateIngressPoint", "code": "InternalFailure", "message": "lost", "status": 500, "mode": "after"}));
    account.apply(SMALL, &[]);
    assert_eq!(account.endpoints().len(), 1);
    assert!(account.calls_of("CreateIngressPoint") >= 2, "it was asked for again");
}

#[test]
fn what_cannot_be_read_is_said_and_nothing_is_written() {
    let account = Account::new();
    account.apply(SMALL, &[]);
    account.forget_calls();
    account.fault(json!({"service": "mailmanager", "operation": "GetRuleSet", "code": "AccessDeniedException", "message": "no", "status": 403, "remaining": null}));
    let run = account.try_apply(&SMALL.replace("tls: require", "tls: optional"), &[]);
    run.expect(4);
    assert_eq!(run.target()["unreadable"][0]["address"], json!("mail-rule-set/main"));
    assert_eq!(account.writes(), Vec::<String>::new());
    let found: Value = run.target()["unreadable"][0]["why"].clone();
    assert!(found.as_str().is_some_and(|why| why.contains("GetRuleSet")), "{found}");
}
