//! `create:`: what is made lets in those who need it and nobody else, and an apply that is cut off anywhere is finished by the next.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::live::{Live, PolicyText};
use postroom::core::memory::Fault;
use postroom::kinds::key::Aliases;
use postroom::policy::{Caller, Context, Decision, Document, Request, evaluate};
use run::{How, planned, run_as};

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

/// The plans of the stories that begin with an empty account.
fn first_days() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let stories = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let first = stories.filter(|story| story.file_name().unwrap().to_string_lossy().starts_with("first-day-"));
    let plans: Vec<String> = first.map(|story| std::fs::read_to_string(story.join("plan.yaml")).unwrap()).collect();
    assert!(plans.len() > 2);
    plans
}

fn policy(account: &Live, at: &Address) -> Document {
    Document::parse(&account.get::<PolicyText>(at).present().unwrap().text).unwrap()
}

#[test]
fn ses_writes_into_a_bucket_as_it_is_made_and_nobody_comes_without_tls() {
    let plan = "postroom: 1\nname: acme\nreceipt: { rules: [ { name: store, actions: [ { s3: acme-mail/in/ } ] } ] }\n\
                create: { buckets: { acme-mail: {} } }\n";
    let ran = run_as(plan, &Live::new(home()), &How::default());
    assert!(ran.is_complete(), "{:#?}", ran.failures());
    let document = policy(&ran.account, &home().at(AddressKind::BucketPolicy, "acme-mail"));
    let asks = |tls: &str, caller: Caller| Request {
        caller,
        action: "s3:PutObject".to_owned(),
        resource: "arn:aws:s3:::acme-mail/in/x".to_owned(),
        context: Context::closed()
            .with("aws:SecureTransport", [tls])
            .with("aws:SourceAccount", ["111122223333"])
            .with("aws:SourceArn", ["arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/acme:receipt-rule/store"]),
    };
    let answer = |tls, caller| evaluate(&[("bucket policy", &document)], &asks(tls, caller)).decision;
    let ses = || Caller::Service("ses.amazonaws.com".to_owned());
    assert_eq!(answer("true", ses()), Decision::Allowed);
    assert_eq!(answer("false", ses()), Decision::ExplicitDeny);
    let admin = Caller::Identity("arn:aws:iam::111122223333:user/admin".parse().unwrap());
    assert_eq!(answer("false", admin.clone()), Decision::ExplicitDeny);
    assert_eq!(answer("true", admin), Decision::ImplicitDeny);
}

#[test]
fn an_apply_that_is_cut_off_is_finished_by_the_next_and_makes_nothing_twice() {
    for plan in first_days() {
        let whole = run_as(&plan, &Live::new(home()), &How::default());
        assert!(whole.is_complete() && whole.writes > 4, "{:#?}", whole.failures());
        for write in 0..whole.writes {
            for acted in [false, true] {
                let fault = Some(Fault { write, acted });
                let cut = run_as(&plan, &Live::new(home()), &How { fault, ..How::default() });
                assert!(!cut.is_complete(), "write {write} is not told to fail");
                let again = run_as(&plan, &cut.account, &How::default());
                assert!(again.is_complete(), "after write {write} ({acted}): {:#?}", again.failures());
                assert!(planned(&plan, &again.account).is_empty(), "after write {write} ({acted})");
                let keys = |account: &Live| account.of_kind(AddressKind::Key).count();
                assert_eq!(keys(&again.account), keys(&whole.account), "after write {write} ({acted})");
            }
        }
    }
}

#[test]
fn what_the_plan_no_longer_makes_stays() {
    let plan = first_days().remove(0);
    let ran = run_as(&plan, &Live::new(home()), &How::default());
    let emptied = "postroom: 1\nname: acme\nreceipt: { rule_sets: { acme: { rules: [], other_rules: remove } } }\n";
    let gone = planned(emptied, &ran.account);
    let made = [AddressKind::Bucket, AddressKind::Key, AddressKind::Topic, AddressKind::Secret];
    assert!(gone.changes.iter().all(|change| !made.contains(&change.address.kind)), "{:#?}", gone.changes);
    assert!(ran.account.of_kind(AddressKind::Bucket).next().is_some());
}

#[test]
fn a_statement_keeps_its_name_when_the_key_that_it_names_is_made() {
    let plan = first_days().into_iter().find(|plan| plan.contains("archives:")).unwrap();
    let before = planned(&plan, &Live::new(home()));
    let named: Vec<String> = before
        .changes
        .iter()
        .filter(|change| change.address.kind == AddressKind::RolePolicy && change.after.to_string().contains("${after:key/"))
        .filter_map(|change| change.statement.clone())
        .collect();
    assert!(!named.is_empty());
    let ran = run_as(&plan, &Live::new(home()), &How::default());
    let aliases: Aliases = ran.account.get(&home().at(AddressKind::KeyAliases, "all")).present().unwrap();
    let inline = ran.account.of_kind(AddressKind::RolePolicy).next().unwrap();
    let document = policy(&ran.account, inline);
    for sid in named {
        let statement = document.statement(&sid).unwrap().value().to_string();
        assert!(statement.contains(&aliases["alias/mm"]), "{statement}");
    }
}
