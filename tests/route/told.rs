//! What people and programs read: of a trace, and of the mail section. `BLESS=1` writes the expected text anew.

use std::path::Path;

use postroom::core::live::Live;
use postroom::report;
use postroom::route::message::Message;
use postroom::route::routing::Routing;
use postroom::route::{Trace, doors, trace};

use crate::account::{after, home, planned};
use crate::run::plan;

fn text_of(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/route").join(name)).unwrap()
}

/// Without colours.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare += before;
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    bare + rest
}

fn compare(name: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/route").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(&file).unwrap_or_default(), "{name}");
}

fn traces(to: &[&str]) -> Vec<Trace> {
    let plan = plan(&text_of("messages/plan.yaml"), &Live::new(home()));
    let routing = Routing::of_plan(&plan, &home());
    let message = Message { to: to.iter().map(|to| (*to).to_owned()).collect(), ..Message::default() };
    doors(&routing).iter().flat_map(|door| trace(&routing, door, &message)).collect()
}

#[test]
fn a_trace_reads_as_it_is_written() {
    let found = traces(&["invoices@acme.example", "vip@mm.example"]);
    compare("told/trace.txt", &bare(&report::route::text(&found, &["receipt-rule/primary/legacy".to_owned()], &|_, _| Vec::new())));
    let plan = plan(&text_of("messages/plan.yaml"), &Live::new(home()));
    let routing = Routing::of_plan(&plan, &home());
    let message = Message { ip: Some("192.0.2.1".parse().unwrap()), ..Message::to("invoices@acme.example") };
    let found: Vec<Trace> = doors(&routing).iter().flat_map(|door| trace(&routing, door, &message)).collect();
    compare("told/trace.json", &format!("{:#}\n", report::route::json(&found, &|_, _| Vec::new())));
}

#[test]
fn a_plan_ends_with_what_it_does_to_mail() {
    let before = text_of("messages/plan.yaml");
    // The domain's rule comes first, spam is kept, and who is blocked changes.
    let all = "        - { name: all, recipients: [acme.example], actions: [{ s3: acme-mail/all/ }] }\n";
    let wanted = before
        .replace(all, "")
        .replace("        - { name: refuse-old", &format!("{}        - {{ name: refuse-old", all.replace("}] }", "}, stop] }")));
    let wanted = wanted.replace(
        "when: [{ spf: { equals: [fail] } }, { dmarc: { equals: [reject] } }], actions: drop",
        "when: [{ spf: { equals: [fail] } }], actions: [{ archive: legal }, drop]",
    );
    let wanted = wanted.replace("allow-partner: { allow: 203.0.113.7 }", "allow-partner: { allow: 203.0.113.0/28 }");
    let (set, _) = planned(&wanted, &after(&before));
    assert!(!set.mail.is_empty());
    compare("told/mail.txt", &bare(&report::route::mail(&set.mail)));
    let json = report::json::change_set(&set, None, false, None);
    assert_eq!(json["targets"][0]["mail"], serde_json::json!(set.mail));
    let again = planned(&before, &after(&before)).0;
    assert_eq!(report::route::mail(&again.mail), "");
}
