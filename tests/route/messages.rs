//! Each message of `messages/` goes exactly the ways that `table.json` knows of: written by hand from AWS's pages, not printed by us.

use std::path::{Path, PathBuf};

use postroom::core::live::Live;
use postroom::route::message::Message;
use postroom::route::routing::Routing;
use postroom::route::{doors, eml, trace};
use serde::Deserialize;

use crate::account::home;
use crate::run::plan;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    #[serde(default)]
    to: Vec<String>,
    ip: Option<String>,
    tls: Option<String>,
    spf: Option<String>,
    dmarc: Option<String>,
    via: String,
    ways: Vec<Vec<String>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/route/messages")
}

fn message(case: &Case) -> Message {
    let bytes = std::fs::read(folder().join(format!("{}.eml", case.file))).unwrap();
    let mut message = Message {
        to: case.to.clone(),
        ip: case.ip.as_ref().map(|ip| ip.parse().unwrap()),
        tls: case.tls.as_deref().map(|word| Message::versions(word).unwrap()),
        spf: case.spf.clone(),
        dmarc: case.dmarc.clone(),
        ..Message::default()
    };
    eml::fill(&mut message, eml::read(&bytes, false), bytes.len() as u64);
    message
}

#[test]
fn no_message_goes_a_wrong_way() {
    let plan = plan(&std::fs::read_to_string(folder().join("plan.yaml")).unwrap(), &Live::new(home()));
    let routing = Routing::of_plan(&plan, &home());
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(folder().join("table.json")).unwrap()).unwrap();
    assert!(cases.len() >= 30);
    let mut wrong = Vec::new();
    for case in &cases {
        let door = doors(&routing).into_iter().find(|door| door.name().ends_with(&format!("/{}", case.via))).unwrap();
        let traces = trace(&routing, &door, &message(case));
        let found: Vec<Vec<String>> = traces.iter().flat_map(|trace| &trace.ways).map(|way| way.route.told()).collect();
        if found != case.ways || !traces.iter().all(|trace| trace.all) {
            wrong.push(format!("{case:?}\n  found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_is_in_the_table() {
    let table = std::fs::read_to_string(folder().join("table.json")).unwrap();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".eml") else { continue };
        assert!(table.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn headers_that_are_cut_are_not_taken_for_all() {
    let top = b"From: a@x.example\r\nX-One: 1\r\n";
    let (whole, cut) = (eml::read(top, false), eml::read(top, true));
    assert_eq!((whole.get("x-two"), cut.get("x-two")), (Some(&[][..]), None));
    assert_eq!(cut.get("X-ONE"), Some(&["1".to_owned()][..]));
    // What comes behind the empty line is not looked at, however it looks.
    assert_eq!(eml::read(b"A: 1\n\nB: 2\n", true).get("b"), Some(&[][..]));
}

mod laws {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_file_is_too_broken_to_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let headers = super::eml::read(&bytes, false);
            prop_assert!(headers.whole != headers.known.is_empty());
        }

        #[test]
        fn no_header_is_too_broken_to_read(name in "(From|To|Cc|Subject|Received|X-A|Content-Type|Date)", value in "[ -~\r\n\t\"<>()=?;:,@]{0,80}") {
            let _ = super::eml::read(format!("{name}: {value}\r\nX-B: 1\r\n\r\n").as_bytes(), false);
        }
    }
}
