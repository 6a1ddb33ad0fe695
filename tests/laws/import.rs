//! `import` then `plan` is empty but for the tags of what is adopted, and applying it changes nothing else.

use std::path::Path;

use postroom::containers;
use postroom::core::address::AddressKind;
use postroom::core::change::Action;
use postroom::core::live::{Live, PolicyText};
use postroom::core::memory::Memory;
use postroom::import::{Imported, Wishes, import, scan};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

use crate::account::{HOME, bare, home, starts};
use crate::config;
use crate::foreign::accounts;
use crate::furnish::furnished;
use crate::plans::plans;
use crate::run::{now, plan, planned, run};

/// What `postroom import` does, on an account in memory.
pub fn imported(account: &Live, wishes: &Wishes) -> Imported {
    let eyes = plan(&format!("postroom: 1\nname: {}\n", wishes.name), account);
    let world = Memory::new(account.clone(), &eyes);
    let live = now(scan::observe(&world, wishes, Live::new(account.home.clone())));
    import(&live, wishes)
}

pub fn named(name: &str) -> Wishes {
    Wishes::named(name.parse().unwrap())
}

/// The law.
pub fn stands(account: &Live, wishes: &Wishes) -> Result<Imported, TestCaseError> {
    let found = imported(account, wishes);
    let text = &found.text;
    prop_assert!(found.problems.is_empty(), "{:#?}\n{}", found.problems, text);
    prop_assert!(found.unreadable.is_empty(), "{:#?}\n{}", found.unreadable, text);
    let said_less: Vec<_> = found.kept_out.iter().filter(|(at, _)| containers::of(at.kind).is_none()).collect();
    prop_assert!(said_less.is_empty(), "every rule, filter and role can be said: {:#?}\n{}", said_less, text);
    let set = planned(text, account);
    prop_assert!(set.changes.iter().all(|change| change.action == Action::Adopt), "{:#?}\n{}", set.changes, text);
    prop_assert!(set.unreadable.is_empty() && set.errors().next().is_none(), "{:#?} {:#?}\n{}", set.unreadable, set.findings, text);
    let ran = run(text, account);
    prop_assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{}", ran.failures(), ran.breaches, text);
    for (at, before) in &Memory::new(account.clone(), &plan(text, account)).account().seen {
        let is_tagged = set.changes.iter().any(|change| change.address == *at);
        prop_assert!(is_tagged || ran.account.seen.get(at) == Some(before), "{} has changed\n{}", at, text);
    }
    let again = planned(text, &ran.account);
    prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, text);
    Ok(found)
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn an_account_of_others_imports_as_it_is(start in starts(), adopt_roles in any::<bool>()) {
        stands(&start.account(), &Wishes { adopt_roles, ..named("imported") })?;
    }

    #[test]
    fn what_a_plan_has_made_imports_as_it_is(start in starts(), first in plans(), again in any::<bool>(), adopt_roles in any::<bool>()) {
        let account = run(&first.text(), &start.account()).account;
        // Under another name what was made is somebody else's, under its own it is the plan's.
        stands(&account, &Wishes { adopt_roles, ..named(if again { "alpha" } else { "imported" }) })?;
    }

    #[test]
    fn what_is_taken_over_is_granted_at_every_moment(start in starts()) {
        let account = start.account();
        let found = imported(&account, &Wishes { take_over: true, ..named("imported") });
        let ran = run(&found.text, &account);
        prop_assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{}", ran.failures(), ran.breaches, found.text);
        let again = planned(&found.text, &ran.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, found.text);
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn what_other_tools_made_imports_as_it_is(account in accounts(), adopt_roles in any::<bool>()) {
        stands(&account, &Wishes { adopt_roles, ..named("imported") })?;
    }

    #[test]
    fn what_other_tools_let_in_is_taken_over_and_granted_at_every_moment(account in accounts(), adopt_roles in any::<bool>()) {
        let found = imported(&account, &Wishes { take_over: true, adopt_roles, ..named("imported") });
        prop_assert!(found.problems.is_empty(), "{:#?}\n{}", found.problems, found.text);
        let ran = run(&found.text, &account);
        prop_assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{}", ran.failures(), ran.breaches, found.text);
        let again = planned(&found.text, &ran.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, found.text);
    }
}

/// What others grant to one rule is enough for it, also when ours stands there for another.
#[test]
fn ours_for_one_rule_is_not_beside_what_others_grant_to_another() {
    let rule =
        |set: &str| format!("    {set}:\n      rules:\n        - name: first\n          actions:\n            - s3: acme-mail/in/\n");
    let text = format!(
        "postroom: 1\nname: accepting\ndefaults:\n  foreign_grants: accept\nreceipt:\n  rule_sets:\n{}{}",
        rule("one"),
        rule("two")
    );
    let mut account = furnished(&text);
    let theirs = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-mail/*", "Condition": {"StringLike": {
            "aws:SourceArn": format!("arn:aws:ses:{}:{}:receipt-rule-set/two:*", account.home.region, account.home.account)}}}]});
    let at = account.home.at(AddressKind::BucketPolicy, "acme-mail");
    account.put(at, &PolicyText { text: theirs.to_string(), revision: None });
    let ran = run(&text, &account);
    assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}", ran.failures(), ran.breaches);
    let again = planned(&text, &ran.account);
    assert!(again.is_empty(), "{:#?}", again.changes);
}

#[test]
fn the_accounts_of_others_come_to_all_ends() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut ends, mut count) = (std::collections::BTreeSet::new(), 0);
    while ends.len() < 5 && count < 300 {
        let account = accounts().new_tree(&mut runner).unwrap().current();
        let found = imported(&account, &Wishes { take_over: true, ..named("imported") });
        let says = |words: &str| found.text.contains(words);
        ends.extend(says("replace:").then_some("something is taken over"));
        ends.extend(says("manage: false").then_some("something is left to itself"));
        ends.extend((says("- name:") && !says("manage: false")).then_some("all is as it should be"));
        ends.extend(says("foreign-deny-blocks-ses").then_some("somebody shuts SES out"));
        ends.extend(says("`postroom audit` says").then_some("an audit finds something"));
        count += 1;
    }
    assert_eq!(ends.len(), 5, "{ends:?}");
}

#[test]
fn every_plan_of_the_folder_imports_as_it_was_applied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let mut seen = 0;
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    // The schema that they name lies beside them.
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let text = std::fs::read_to_string(file).unwrap();
        let account = furnished(&text);
        let ran = run(&text, &account);
        assert!(ran.is_complete(), "{:#?} {:#?}\n{text}", ran.set.findings, ran.failures());
        for name in [plan(&text, &account).name.to_string(), "imported".to_owned()] {
            let found = stands(&ran.account, &named(&name)).unwrap_or_else(|why| panic!("{why}"));
            // Under its own name a plan's exceptions from what is derived are its own; to another, all that stands is enough.
            assert!(name != "imported" || found.kept_out.is_empty(), "{:#?}\n{}", found.kept_out, found.text);
        }
        seen += 1;
    }
    assert!(seen >= 5, "the folder holds plans");
}

/// What no plan of ours would have made: each is said as far as the language goes, and the rest is left as it is, with the reason above it.
#[test]
fn what_the_language_cannot_say_is_left_as_it_is() {
    let mut account = bare();
    let rule = |name: &str, recipients: Value, action: Value| json!({"Name": name, "Enabled": true, "Recipients": recipients, "Actions": [action]});
    let s3 = |bucket: &str, more: Value| {
        let mut action = json!({"BucketName": bucket});
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"S3Action": action})
    };
    let rules = json!([
        rule(
            "alias",
            json!([]),
            s3("acme-mail", json!({"ObjectKeyPrefix": "hand/a", "KmsKeyArn": format!("arn:aws:kms:eu-west-1:{HOME}:alias/mail")}))
        ),
        rule(
            "ses-key",
            json!([]),
            s3("acme-mail", json!({"ObjectKeyPrefix": "hand/b", "KmsKeyArn": format!("arn:aws:kms:eu-west-1:{HOME}:alias/aws/ses")}))
        ),
        rule("nowhere", json!([]), s3("somebody-elses", json!({"ObjectKeyPrefix": "012"}))),
        rule("no-role", json!([]), s3("acme-mail", json!({"IamRoleArn": format!("arn:aws:iam::{HOME}:role/gone")}))),
        rule("unsayable", json!(["no address at all"]), s3("acme-mail", json!({"ObjectKeyPrefix": "hand/c"}))),
        rule("texts", json!(["on"]), json!({"AddHeaderAction": {"HeaderName": "X-A", "HeaderValue": "${x} \u{202e}* & !: #"}})),
        rule("last", json!(["a.example"]), json!({"StopAction": {"Scope": "RuleSet"}})),
    ]);
    account.put(home().at(AddressKind::ReceiptRuleSet, "odd"), &json!({"Rules": rules}));
    account.put(home().at(AddressKind::ReceiptFilter, "v6"), &json!({"Policy": "Block", "Cidr": "2001:db8::/32"}));
    account.put(home().at(AddressKind::ReceiptFilter, "bad"), &json!({"Policy": "Block", "Cidr": "::ffff:192.0.2.1"}));
    let found = imported(&account, &named("imported"));
    let text = &found.text;
    let set = planned(text, &account);
    assert!(set.is_empty() && set.errors().next().is_none(), "{:#?} {:#?}\n{text}", set.changes, set.findings);
    let kept: Vec<String> = found.kept_out.iter().map(|(at, _)| at.seen_from(&home())).collect();
    for address in ["receipt-rule/odd/unsayable", "receipt-rule/odd/texts", "receipt-filter/bad"] {
        assert!(kept.contains(&address.to_owned()), "{kept:?}\n{text}");
    }
    assert_eq!(kept.iter().filter(|at| at.starts_with("receipt")).count(), 3, "{kept:?}\n{text}");
    for line in [
        "message_kms_key: alias/mail }",
        "message_kms_key: aws/ses }",
        "# bucket `somebody-elses` does not exist (any more)",
        "- s3: somebody-elses/012\n",
        &format!("role: \"arn:aws:iam::{HOME}:role/gone\""),
        "- { name: unsayable, existing: true }",
        "v6: { block: \"2001:db8::/32\" }",
        "# errors in the account as it was found",
        "bucket-policy/somebody-elses: { manage: false }",
    ] {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
}
