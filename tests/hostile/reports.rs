//! What is shown, whoever wrote it: names, Sids and principals that come from AWS, its error texts, and files that say they were saved by us.

use postroom::audit::{Subject, audit};
use postroom::core::address::Address;
use postroom::core::change::ChangeSet;
use postroom::core::check::check;
use postroom::core::fault::Fault;
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::core::memory::Memory;
use postroom::core::scene::Scene;
use postroom::import::{Wishes, import, scan};
use postroom::report::{self, faults, json, junit, text};
use postroom::route::message::Message;
use postroom::route::routing::Routing;
use postroom::route::{doors, trace};
use serde_json::{Value, json};

use crate::run::{now, plan, planned, seen};
use crate::shown::{is_harmless, set_is_harmless};
use crate::{HOSTILE, home};

/// An account in which whatever may be any text is one that nobody wants on his screen.
fn account() -> Live {
    let mut live = Live::new(home());
    let hostile = |text: &str| format!("{text}{HOSTILE}");
    let statement = |sid: &str| {
        json!({"Sid": hostile(sid), "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com", "AWS": hostile("arn:aws:iam::444455556666:role/x")},
            "Action": ["s3:PutObject", hostile("s3:")], "Resource": ["arn:aws:s3:::acme-mail/*", hostile("arn:aws:s3:::")], (HOSTILE): HOSTILE})
    };
    let deny = json!({"Sid": hostile("Deny"), "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {hostile("Odd"): {hostile("k"): HOSTILE}}});
    let policy = |statements: Value| {
        json!(PolicyText { text: json!({"Version": hostile("2012"), "Id": HOSTILE, "Statement": statements}).to_string(), revision: None })
    };
    let rule = json!({"Name": hostile("old"), "Enabled": true, "TlsPolicy": "Optional", "ScanEnabled": false, "Recipients": [hostile("a@acme.example")],
        "Actions": [{"S3Action": {"BucketName": "acme-mail", "ObjectKeyPrefix": HOSTILE}}, {"AddHeaderAction": {"HeaderName": HOSTILE, "HeaderValue": HOSTILE}}]});
    for (at, fact) in [
        ("bucket/acme-mail", json!({"region": "eu-west-1"})),
        ("bucket-policy/acme-mail", policy(json!([statement("A"), deny]))),
        ("receipt-rule-sets/all", json!({"names": ["acme", hostile("set")]})),
        ("receipt-rule-set/acme", json!({"Rules": [rule]})),
        ("receipt-rule-set-pointer/active", json!({"Active": "acme"})),
        ("receipt-filters/all", json!([hostile("filter")])),
    ] {
        live.seen.insert(Address::read_at(at, &home()).unwrap(), Observed::Present(fact));
    }
    live.seen.insert(
        Address::read_at("bucket-encryption/acme-mail", &home()).unwrap(),
        Observed::Unreadable(hostile("AccessDenied s3:GetEncryption: ")),
    );
    live
}

const PLAN: &str =
    "postroom: 1\nname: acme\nreceipt:\n  rules:\n    - { name: all, recipients: [acme.example], actions: [ { s3: acme-mail/in/ } ] }\n";

#[test]
fn an_account_full_of_it_is_shown_harmlessly() {
    let account = account();
    let plan = plan(PLAN, &account);
    let live = seen(&Memory::new(account.clone(), &plan), &plan, &account);
    let set = planned(PLAN, &account);
    assert!(serde_json::to_string(&set).unwrap().contains("\u{202e}"), "nothing of it comes as far as the report");
    set_is_harmless(&set, Some(&plan));

    let checked = check(&mut Scene::new(&plan, &live));
    assert!(!checked.is_empty());
    is_harmless("check", &text::checks(&checked));
    is_harmless(
        "check as junit",
        &junit::checks("acme", &[(Some(HOSTILE), Ok((home(), checked))), (Some("x"), Err(HOSTILE.to_owned()))], true).unwrap(),
    );

    let judged = audit(&Subject { live: &account, eyes: &plan, planned: true });
    assert!(judged.entries.iter().any(|entry| entry.name.contains('\u{202e}')), "{:?}", judged.entries);
    is_harmless("audit", &report::audit::text(&judged));
    is_harmless("audit as json", &json::text(&report::audit::json(&judged, None)));

    let routing = Routing::of_live(&live);
    let message = Message::to(&format!("a@acme.example{HOSTILE}"));
    let traces: Vec<_> = doors(&routing).iter().flat_map(|door| trace(&routing, door, &message)).collect();
    let shown = report::route::text(&traces, &[HOSTILE.to_owned()], &|_, _| Vec::new());
    assert!(shown.contains("acme.example") && !traces.is_empty(), "{shown}");
    is_harmless("trace", &shown);
}

#[test]
fn an_import_of_it_is_a_plan_that_reads() {
    let account = account();
    let wishes = Wishes::named("imported".parse().unwrap());
    let eyes = plan("postroom: 1\nname: imported\n", &account);
    let live = now(scan::observe(&Memory::new(account.clone(), &eyes), &wishes, Live::new(home())));
    let imported = import(&live, &wishes);
    is_harmless("the plan", &imported.text);
    assert_eq!(imported.problems, []);
    assert!(imported.text.contains("LEFT OUT: receipt-filter/filter"), "{}", imported.text);
    is_harmless("what it plans", &text::change_set(&planned(&imported.text, &account), false));
}

/// Every text of a change set, in turn, is hostile: a saved plan may say anything where its checksum was made anew.
#[test]
fn no_text_of_a_change_set_is_shown_as_it_is() {
    let set = json!(planned(PLAN, &account()));
    let mut tried = 0;
    for path in texts(&set, String::new()) {
        let mut changed = set.clone();
        let text = changed.pointer_mut(&path).unwrap();
        *text = json!(format!("{}{HOSTILE}", text.as_str().unwrap()));
        // Some are of a closed list, or have a form of their own.
        let Ok(read) = serde_json::from_value::<ChangeSet>(changed) else { continue };
        set_is_harmless(&read, None);
        tried += 1;
    }
    assert!(tried > 25, "{tried}");
}

fn texts(value: &Value, path: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![path],
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, item)| texts(item, format!("{path}/{at}"))).collect(),
        Value::Object(members) => {
            let below = |(name, member): (&String, &Value)| texts(member, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")));
            members.iter().flat_map(below).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn the_words_of_aws_are_shown_harmlessly() {
    let live = Live::new(home());
    let plan = plan(PLAN, &live);
    for said in [
        "AccessDenied s3:GetBucketPolicy: User: {} is not authorized to perform: s3:GetBucketPolicy{} on resource: \"{}\" because no identity-based policy allows the {} action",
        "ExpiredToken s3:GetBucketPolicy: {}",
    ] {
        let fault: Fault = said.replace("{}", &format!("arn:aws:iam::111122223333:user/x{HOSTILE}")).parse().unwrap();
        let at = Address::read_at("bucket-policy/acme-mail", &home()).unwrap();
        let told = fault.to_string();
        let refused = [faults::Refused { at: at.clone(), fault, because: Vec::new() }];
        let explained = faults::explain(&refused, &home(), Some(HOSTILE), |group| {
            postroom::permissions::missing(&plan, &live, group.iter().map(|one| (&one.fault, &one.at)))
        });
        assert!(!explained.is_empty());
        is_harmless("why", &faults::text(&explained));
        is_harmless("why as json", &json::text(&faults::json(&explained)));
        is_harmless("a failure", &report::github::failure(&told));
        is_harmless("a call", &text::call(&json!({"service": told, "operation": told, "status": told, "request_id": told})));
    }
}
