//! `permissions`: for each plan of the folder, what the printed policies say and what they never say.

use std::collections::BTreeSet;
use std::sync::Arc;

use postroom::core::address::Home;
use postroom::core::live::Live;
use postroom::core::problem::Source;
use postroom::permissions::{For, Need, Whole, needs, policies};
use postroom::plan::language::Plan;
use postroom::plan::{Given, parse};
use postroom::policy::Document;

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn plans() -> Vec<(String, Plan)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let source = Source { name: name.clone(), text: std::fs::read_to_string(&file).unwrap() };
        let draft = parse(Arc::new(source)).unwrap();
        // Of a fleet, its first.
        let target = draft.targets().unwrap().into_iter().next().and_then(|target| target.name);
        let given =
            Given { account: Some(home().account), region: Some(home().region), folder: Some(folder.clone()), target, ..Given::default() };
        (name, draft.settle(&given).unwrap())
    };
    let plans: Vec<_> = files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).map(read).collect();
    assert!(plans.len() > 5);
    plans
}

fn actions(plan: &Plan, purpose: For) -> BTreeSet<String> {
    needs(plan, &Live::new(home()), purpose, None).into_iter().map(|need| need.action).collect()
}

#[test]
fn who_applies_or_destroys_looks_first_and_drift_only_looks() {
    // What one only may need, another surely does.
    let all = |plan: &Plan, purpose: For| -> BTreeSet<Need> {
        needs(plan, &Live::new(home()), purpose, None).into_iter().map(|need| Need { maybe: false, ..need }).collect()
    };
    for (name, plan) in plans() {
        let look = all(&plan, For::Plan);
        assert_eq!(all(&plan, For::Drift), look, "{name}");
        assert_eq!(look.difference(&all(&plan, For::Apply)).collect::<Vec<_>>(), Vec::<&Need>::new(), "{name}");
        assert_eq!(look.difference(&all(&plan, For::Destroy)).collect::<Vec<_>>(), Vec::<&Need>::new(), "{name}");
        let writes = ["Create", "Put", "Delete", "Update", "Set", "Add", "Tag", "Pass"];
        let named = |action: &String| writes.iter().any(|verb| action.split(':').nth(1).unwrap().starts_with(verb));
        assert!(!look.iter().any(|need| named(&need.action)), "{name}: {look:#?}");
    }
}

#[test]
fn what_is_the_accounts_own_is_never_taken_away_and_nothing_is_allowed_wholesale() {
    for (name, plan) in plans() {
        for purpose in [For::Plan, For::Apply, For::Drift, For::Destroy] {
            for action in actions(&plan, purpose) {
                assert!(!action.contains('*'), "{name}: {action}");
                for never in [
                    "s3:DeleteBucket",
                    "kms:ScheduleKeyDeletion",
                    "sns:DeleteTopic",
                    "secretsmanager:DeleteSecret",
                    "secretsmanager:GetSecretValue",
                ] {
                    assert_ne!(action, never, "{name}");
                }
            }
        }
        let made = actions(&plan, For::Destroy).into_iter().filter(|action| action.contains(":Create")).collect::<Vec<_>>();
        assert!(made.is_empty(), "{name}: who destroys makes nothing: {made:?}");
    }
}

#[test]
fn every_account_that_is_touched_has_a_policy_that_iam_takes_and_a_way_to_it() {
    for (name, plan) in plans() {
        let found = policies(needs(&plan, &Live::new(home()), For::Apply, None));
        assert!(found.contains_key(&home().account), "{name}");
        for (account, policy) in &found {
            let document = Document::parse(&policy.to_string()).unwrap();
            let sids: Vec<_> = document.statements().filter_map(|statement| statement.sid()).collect();
            let unique: BTreeSet<_> = sids.iter().collect();
            assert!(sids.len() == document.statements().count() && unique.len() == sids.len(), "{name} {account}: {sids:?}");
            assert!(sids.iter().all(|sid| sid.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{name}: {sids:?}");
        }
        if found.len() > 1 {
            assert!(actions(&plan, For::Plan).contains("sts:AssumeRole"), "{name}");
        }
    }
}

#[test]
fn who_looks_at_a_whole_account_takes_nothing_away_but_for_orphans() {
    let (_, plan) = plans().swap_remove(0);
    let live = Live::new(home());
    let more = |purpose: For, whole: Whole| -> BTreeSet<String> {
        let without: BTreeSet<Need> = needs(&plan, &live, purpose, None);
        needs(&plan, &live, purpose, Some(whole)).difference(&without).map(|need| need.action.clone()).collect()
    };
    let looks = |action: &String| ["Get", "List", "Describe"].iter().any(|verb| action.split(':').nth(1).unwrap().starts_with(verb));
    for whole in [Whole::Audit, Whole::Import, Whole::Prune] {
        let found = more(For::Plan, whole);
        assert!(found.len() > 10 && found.iter().all(looks), "{whole:?}: {found:?}");
    }
    let takes = more(For::Apply, Whole::Prune).into_iter().filter(|action| !looks(action)).collect::<BTreeSet<_>>();
    assert!(
        takes.contains("s3:PutBucketPolicy") && takes.contains("iam:DeleteRolePolicy") && takes.contains("ses:DeleteRelay"),
        "{takes:?}"
    );
    assert!(!takes.iter().any(|action| action.contains(":Create")), "{takes:?}");
}

#[test]
fn a_lock_takes_its_objects_and_only_where_something_is_written() {
    let text = "postroom: 1\nname: locked\nregion: eu-west-1\nlock: s3://acme-locks/mail/\n";
    let draft = parse(Arc::new(Source { name: "plan.yaml".to_owned(), text: text.to_owned() })).unwrap();
    let plan = draft.settle(&Given { account: Some(home().account), region: Some(home().region), ..Given::default() }).unwrap();
    let of = |purpose| -> Vec<(String, String)> {
        let needs = needs(&plan, &Live::new(home()), purpose, None).into_iter();
        needs.filter(|need| need.resource.starts_with("arn:aws:s3")).map(|need| (need.action, need.resource)).collect()
    };
    let row = |action: &str, resource: &str| (action.to_owned(), resource.to_owned());
    let mut apply = of(For::Apply);
    apply.sort();
    let objects = "arn:aws:s3:::acme-locks/mail/*";
    let wanted = [row("s3:GetObject", objects), row("s3:ListBucket", "arn:aws:s3:::acme-locks"), row("s3:PutObject", objects)];
    assert_eq!(apply, wanted);
    assert_eq!(of(For::Destroy).len(), 3);
    assert_eq!(of(For::Plan), []);
}

#[test]
fn who_takes_over_a_statement_may_look_at_whoever_uses_it() {
    let text = "postroom: 1\nname: acme\ngrants: { secret-policy/login: { replace: [Theirs] } }\nmail_manager:\n  relays: { out: { server: \
                mx.acme.example, port: 25, auth: { secret: login } } }\n";
    let source = Source { name: "plan.yaml".to_owned(), text: text.to_owned() };
    let given = Given { account: Some(home().account), region: Some(home().region), ..Given::default() };
    let plan = parse(Arc::new(source)).unwrap().settle(&given).unwrap();
    let looks = actions(&plan, For::Plan);
    for action in ["ses:ListIngressPoints", "ses:GetIngressPoint", "ses:GetRelay"] {
        assert!(looks.contains(action), "{action}: {looks:?}");
    }
}
