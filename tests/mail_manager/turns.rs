//! What is taken over, refused, renamed, replaced and waited for.

use postroom::core::change::{Action, Flag};
use postroom::core::live::Live;
use serde_json::{Value, json};

use super::{WHOLE, applied, at, home, planned, prepared, run};

fn plan(rest: &str) -> String {
    format!("postroom: 1\nname: acme\nregion: eu-west-1\nmail_manager:\n{rest}\n")
}

fn with(address: &str, found: &Value) -> Live {
    let mut account = prepared();
    account.put(at(address), found);
    account
}

/// What is done to resources.
fn done(text: &str, account: &Live) -> Vec<(String, Action)> {
    let resources = planned(text, account).changes.into_iter().filter(|change| change.statement.is_none());
    resources.map(|change| (change.address.seen_from(&home()), change.action)).collect()
}

fn codes(text: &str, account: &Live) -> Vec<String> {
    let set = planned(text, account);
    assert!(set.unreadable.is_empty(), "{:?}", set.unreadable);
    set.findings.into_iter().map(|finding| finding.code).collect()
}

const RELAY: &str = "  relays: { out: { server: smtp.acme.example, port: 587, auth: none } }";

fn relay(tags: &Value) -> Value {
    json!({"Id": "r-1", "RelayName": "out", "ServerName": "smtp.acme.example", "ServerPort": 587, "Authentication": {"NoAuthentication": {}}, "Tags": tags})
}

#[test]
fn what_carries_no_tag_is_refused_until_it_is_taken_over() {
    let account = with("relay/out", &relay(&json!({"theirs": "yes"})));
    assert_eq!(codes(&plan(RELAY), &account), ["not-ours"]);
    assert_eq!(done(&plan(RELAY), &account), []);
    let adopted = plan(&RELAY.replace("auth: none", "auth: none, adopt: true"));
    assert_eq!(done(&adopted, &account), [("relay/out".to_owned(), Action::Adopt)]);
    let change = &planned(&adopted, &account).changes[0];
    let mut tags = change.after.clone();
    tags["Tags"] = change.before["Tags"].clone();
    assert_eq!(tags, change.before, "nothing but the tag changes");
    let account = applied(&adopted, &account).account;
    let found: Value = account.get(&at("relay/out")).present().unwrap();
    assert_eq!(found["Tags"]["theirs"], "yes", "tags of others are theirs");
    assert_eq!(done(&plan(RELAY), &account), []);
}

#[test]
fn another_plans_is_refused_always() {
    let account = with("relay/out", &relay(&json!({"postroom:plan": "other/abcdefgh"})));
    for rest in [RELAY.to_owned(), RELAY.replace("auth: none", "auth: none, adopt: true")] {
        assert_eq!(codes(&plan(&rest), &account), ["not-ours"]);
    }
    assert_eq!(codes(&plan("  relays: { out: { absent: true } }"), &account), ["not-ours"]);
    assert_eq!(codes(&plan("  relays: { out: { existing: true } }"), &account), Vec::<String>::new());
}

#[test]
fn somebody_elses_that_is_not_there_is_an_error() {
    assert_eq!(codes(&plan("  relays: { out: { existing: true } }"), &prepared()), ["existing-missing"]);
}

#[test]
fn two_of_one_name_are_an_error_and_none_of_them_is_touched() {
    let mut account = prepared();
    let item = |id: &str| json!({"id": id, "name": "out"});
    account.put(at("mail-manager-names/relay"), &json!({"items": [item("r-1"), item("r-2")]}));
    assert_eq!(codes(&plan(RELAY), &account), ["name-not-unique"]);
    assert_eq!(done(&plan(RELAY), &account), []);
}

#[test]
fn renamed_where_aws_can_and_made_anew_where_it_cannot() {
    let before = plan(
        "  relays: { out: { server: smtp.acme.example, port: 587, auth: none } }\n  archives: { keep: { retention: one_year } }\n  \
         address_lists: { good: { members: [a@b.example] } }\n  traffic_policies: { edge: { default: allow, statements: [] } }\n  \
         rule_sets: { main: { rules: [ { when: [ { in_address_list: { attribute: from, list: good, is: true } } ], actions: [ { archive: { archive: keep } }, { relay: { relay: out } } ] } ] } }\n  \
         ingress_endpoints: { mx-in: { type: open, traffic_policy: edge, rule_set: main, tls: require } }",
    );
    let account = applied(&before, &prepared()).account;
    let after = plan(
        "  relays: { out-2: { server: smtp.acme.example, port: 587, auth: none, was: [out] } }\n  archives: { keep-2: { retention: one_year, was: [keep] } }\n  \
         address_lists: { good-2: { members: [a@b.example], was: [good] } }\n  traffic_policies: { edge-2: { default: allow, statements: [], was: [edge] } }\n  \
         rule_sets: { main-2: { was: [main], rules: [ { when: [ { in_address_list: { attribute: from, list: good-2, is: true } } ], actions: [ { archive: { archive: keep-2 } }, { relay: { relay: out-2 } } ] } ] } }\n  \
         ingress_endpoints: { mx-2: { type: open, traffic_policy: edge-2, rule_set: main-2, tls: require, was: [mx-in] } }",
    );
    let mut expected: Vec<(String, Action)> =
        ["traffic-policy/edge-2", "mail-rule-set/main-2", "ingress-endpoint/mx-2", "relay/out-2", "archive/keep-2"]
            .map(|address| (address.to_owned(), Action::Update))
            .into();
    expected.extend([("address-list/good-2".to_owned(), Action::Create), ("address-list/good".to_owned(), Action::Delete)]);
    expected.sort();
    let mut found = done(&after, &account);
    found.sort();
    assert_eq!(found, expected);
    // The list goes when the rule set has let go of it.
    let set = planned(&after, &account);
    let change = |address: &str| set.changes.iter().find(|change| change.address == at(address)).unwrap();
    assert!(change("address-list/good").needs.contains(&change("mail-rule-set/main-2").id));
    applied(&after, &account);
}

#[test]
fn renaming_everything_changes_no_permission() {
    let account = applied(WHOLE, &prepared()).account;
    let mut text = WHOLE.to_owned();
    for (from, to) in [
        ("    legal: {", "    legal-2: { was: [legal],"),
        ("    onprem: {", "    onprem-2: { was: [onprem],"),
        ("    edge:\n", "    edge-2:\n      was: [edge]\n"),
        ("    triage:\n", "    triage-2:\n      was: [triage]\n"),
        ("    partner: {", "    partner-2: { was: [partner],"),
        ("archive: legal,", "archive: legal-2,"),
        ("relay: onprem,", "relay: onprem-2,"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    let text = text.replace("traffic_policy: edge,", "traffic_policy: edge-2,").replace("rule_set: triage,", "rule_set: triage-2,");
    let set = planned(&text, &account);
    let found: Vec<_> = set.changes.iter().map(|change| (change.address.seen_from(&home()), change.action)).collect();
    let renamed = ["traffic-policy/edge-2", "mail-rule-set/triage-2", "ingress-endpoint/partner-2", "relay/onprem-2", "archive/legal-2"];
    assert_eq!(found, renamed.map(|address| (address.to_owned(), Action::Update)));
    applied(&text, &account);
}

#[test]
fn a_replaced_archive_goes_last_and_nothing_is_lost_when_the_run_is_cut_off() {
    let text = |key: &str, protect: bool| {
        plan(&format!(
            "  archives: {{ legal: {{ retention: one_year, kms_key: {key}, protect: {protect} }} }}\n  rule_sets: {{ main: {{ rules: [ {{ actions: [ {{ archive: {{ archive: legal }} }} ] }} ] }} }}"
        ))
    };
    let account = applied(&text("alias/archive", true), &prepared()).account;
    let id = account.get::<Value>(&at("archive/legal")).present().unwrap()["Id"].as_str().unwrap().to_owned();
    assert_eq!(codes(&text("alias/archive-2", true), &account), ["protected"]);
    assert_eq!(done(&text("alias/archive-2", true), &account), []);
    let changed = text("alias/archive-2", false);
    let set = planned(&changed, &account);
    let resources: Vec<_> = set.changes.iter().filter(|change| change.statement.is_none()).collect();
    assert_eq!(resources.iter().map(|change| change.action).collect::<Vec<_>>(), [Action::Replace, Action::Update, Action::Delete]);
    assert_eq!(resources[0].needs_flag, Some(Flag::AllowDelete));
    assert!(resources[0].note.as_ref().unwrap().contains("Mail is archived all the while"));
    assert_eq!(resources[1].unknown, ["/Rules/0/Actions/0/Archive/TargetArchive"]);
    assert_eq!(resources[2].before["Id"], json!(id));
    // Cut off after each write, the next run goes on.
    for write in 0..set.changes.len() {
        for acted in [false, true] {
            let fault = postroom::core::memory::Fault { write, acted };
            let cut = run::run_as(&changed, &account, &run::How { fault: Some(fault), ..run::How::default() });
            let ran = applied(&changed, &cut.account);
            let old =
                ran.account.of_kind(postroom::core::address::AddressKind::Archive).filter_map(|at| ran.account.get::<Value>(at).present());
            let old = old.into_iter().find(|found| found["Id"] == json!(id)).unwrap();
            assert_eq!(old["State"], "PENDING_DELETION", "cut off at {write}");
        }
    }
}

#[test]
fn an_archive_that_is_being_deleted_is_absent_with_a_warning() {
    let found = json!({"Id": "ar-1", "ArchiveName": "legal", "State": "PENDING_DELETION", "Retention": {"RetentionPeriod": "ONE_YEAR"}});
    let account = with("archive/legal", &found);
    let text = plan("  archives: { legal: { retention: one_year } }");
    assert_eq!(codes(&text, &account), ["archive-pending-deletion"]);
    assert_eq!(done(&text, &account), [("archive/legal".to_owned(), Action::Create)]);
    let ran = run::run(&text, &account);
    assert!(ran.failures()[0].contains("already exists"), "its name may be taken: {:?}", ran.failures());
}

const INGRESS: &str = "  traffic_policies: { edge: { default: allow, statements: [] } }\n  rule_sets: { main: { rules: [ { actions: [ drop ] } ] } }\n  \
    ingress_endpoints: { mx-in: { type: open, traffic_policy: edge, rule_set: main, tls: require } }";

fn in_state(state: &str) -> Live {
    let mut account = applied(&plan(INGRESS), &prepared()).account;
    let mut found: Value = account.get(&at("ingress-endpoint/mx-in")).present().unwrap();
    found["Status"] = json!(state);
    account.put(at("ingress-endpoint/mx-in"), &found);
    account
}

#[test]
fn an_endpoint_is_given_another_policy_and_another_rule_set() {
    let both = INGRESS.replace("edge: {", "other: { default: deny, statements: [] }, edge: {");
    let both = both.replace("main: {", "second: { rules: [ { actions: [ drop ] } ] }, main: {");
    let account = applied(&plan(&both), &prepared()).account;
    for (from, to) in [("traffic_policy: edge", "traffic_policy: other"), ("rule_set: main", "rule_set: second")] {
        let changed = plan(&both.replace(from, to));
        assert_eq!(done(&changed, &account), [("ingress-endpoint/mx-in".to_owned(), Action::Update)]);
        applied(&changed, &account);
    }
    // To one that is made only now, by its promise.
    let third =
        both.replace("main: {", "third: { rules: [ { actions: [ drop ] } ] }, main: {").replace("rule_set: main", "rule_set: third");
    let set = planned(&plan(&third), &account);
    assert_eq!(set.changes.last().unwrap().unknown, ["/RuleSetId"]);
    applied(&plan(&third), &account);
}

#[test]
fn what_an_earlier_run_did_not_wait_for_is_waited_for() {
    for state in ["PROVISIONING", "UPDATING"] {
        let account = in_state(state);
        let set = planned(&plan(INGRESS), &account);
        assert_eq!(set.changes.len(), 1);
        assert_eq!((set.changes[0].action, set.changes[0].needs_flag), (Action::Update, None));
        assert!(set.changes[0].note.as_ref().unwrap().contains("waited for"));
        applied(&plan(INGRESS), &account);
    }
    assert_eq!(done(&plan(INGRESS), &in_state("CLOSED")), [], "a state that the plan does not speak of is left alone");
    let going = in_state("DEPROVISIONING");
    assert_eq!(done(&plan(INGRESS), &going), [("ingress-endpoint/mx-in".to_owned(), Action::Create)]);
}

#[test]
fn an_endpoint_that_failed_is_made_again_and_one_without_its_vpc_endpoint_is_told() {
    let failed = in_state("FAILED");
    assert_eq!(codes(&plan(INGRESS), &failed), ["ingress-not-active"]);
    assert_eq!(done(&plan(INGRESS), &failed), [("ingress-endpoint/mx-in".to_owned(), Action::Replace)]);
    let cut = in_state("ASSOCIATED_VPC_ENDPOINT_DOES_NOT_EXIST");
    assert_eq!((codes(&plan(INGRESS), &cut), done(&plan(INGRESS), &cut)), (vec!["ingress-not-active".to_owned()], vec![]));
}

#[test]
fn members_that_the_plan_does_not_name_stay_when_it_says_so() {
    let text = |words: &str| plan(&format!("  address_lists: {{ good: {{ {words} }} }}"));
    let account = applied(&text("members: [a@b.example, c@b.example]"), &prepared()).account;
    assert_eq!(done(&text(""), &account), [], "left alone when omitted");
    assert_eq!(done(&text("members: [A@b.example, c@B.example]"), &account), [], "case is no difference");
    let set = planned(&text("members: [d@b.example], existing_members: keep"), &account);
    assert_eq!(set.changes[0].note.as_deref(), Some("1 member to come, 0 members to go"));
    let set = planned(&text("members: [d@b.example]"), &account);
    assert_eq!(set.changes[0].note.as_deref(), Some("1 member to come, 2 members to go"));
    applied(&text("members: [d@b.example]"), &account);
}

#[test]
fn secrets_that_cannot_be_used_are_told_before_anything_is_written() {
    let text = plan("  relays: { out: { server: smtp.acme.example, port: 587, auth: { secret: relay-login } } }");
    let secret = |key: Value, deleted: bool| json!({"arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:relay-login-AbCdEf", "key": key, "deleted": deleted});
    let of = |account: &Live| codes(&text, account).into_iter().filter(|code| code != "secret-json-unchecked").collect::<Vec<_>>();
    assert_eq!(of(&with("secret/relay-login", &secret(Value::Null, false))), ["secret-key-aws-managed"]);
    assert_eq!(of(&with("secret/relay-login", &secret(json!("alias/mail"), true))), ["secret-deleted"]);
    let mut without = prepared();
    without.seen.remove(&at("secret/relay-login"));
    assert_eq!(of(&without), ["secret-missing"]);
}
