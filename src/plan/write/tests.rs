use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::core::problem::Source;
use crate::plan::{Given, load};

fn head() -> Map {
    Map::default().with("postroom", Yaml::word(1)).with("name", "acme")
}

/// The reasons under `accept:` take any text.
fn read_back(text: &str) -> Vec<String> {
    let source = Source { name: "plan.yaml".to_owned(), text: text.to_owned() };
    let plan = load(Arc::new(source), &Given::default());
    let plan = plan.unwrap_or_else(|found| panic!("{text}\n{}", crate::report::problems::text(&found, false)));
    plan.accept.into_values().collect()
}

fn texts(wanted: &[&str]) -> String {
    let mut accept = Map::of_lines();
    for (place, text) in wanted.iter().enumerate() {
        accept.put(&format!("code-{place:03}"), *text);
    }
    document(&[], &head().with("accept", accept)).text
}

#[test]
fn texts_that_mean_something_in_yaml_are_quoted() {
    let texts_of = [
        "on",
        "012",
        "@x",
        "*x",
        "&x",
        "!x",
        "%x",
        "~",
        "null",
        "${region}",
        "$${x}",
        "a: b",
        "a #b",
        "- a",
        "[a]",
        "{a}",
        "a,b",
        "2026-12-01",
        "1e3",
        "0x1f",
        "1_000",
        "12:30",
        ".5",
        "'",
        "\"",
        "\\n",
        " a",
        "a ",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7}",
        "?",
        "|",
        ">",
        "---",
        "...",
        "<<",
        "=",
        "`",
        "a\tb",
        "a\nb",
        "ok",
        "no such mailbox",
        "5.1.1",
        "203.0.113.0/24",
        ".sub.acme.example",
        "desk@acme.example",
    ];
    let text = texts(&texts_of);
    assert_eq!(read_back(&text), texts_of, "{text}");
    for bare in ["code-042: ok\n", "no such mailbox\n", " 5.1.1\n", " .sub.acme.example\n", " desk@acme.example\n"] {
        assert!(text.contains(bare), "{bare} is not bare in\n{text}");
    }
    for quoted in ["\"on\"", "\"012\"", "\"@x\"", "\"$${region}\"", "\"$$${x}\""] {
        assert!(text.contains(quoted), "{quoted} is not in\n{text}");
    }
}

#[test]
fn short_things_stand_on_one_line_and_comments_above_what_they_are_about() {
    let action = Yaml::one("s3", Map::default().with("bucket", "b").with("prefix", "in/"));
    let rule = Map::of_lines()
        .with("name", Item::from("r").note("first\nline"))
        .with("recipients", vec!["a.example".to_owned()])
        .with("actions", Yaml::List(vec![action.into(), Item::from(Yaml::word("stop")).note("it ends here")]));
    let plan = Map::of_lines().with("rules", Yaml::List(vec![Item::from(rule)]));
    let expected = "# top\nrules:\n  # first line\n  - name: r\n    recipients: [a.example]\n    actions:\n      - s3: { bucket: b, prefix: in/ }\n      # it ends here\n      - stop\n";
    assert_eq!(document(&["top".to_owned()], &plan).text, expected);
}

proptest! {
    #[test]
    fn every_text_reads_back(texts_of in proptest::collection::vec("(?s).{1,12}|[-@*&!%#:,{}\\[\\]\"'`|>?~$ \\\\\t\n0-9.eExonfty]{1,6}", 1..6)) {
        let texts_of: Vec<&str> = texts_of.iter().map(String::as_str).collect();
        let text = texts(&texts_of);
        prop_assert_eq!(read_back(&text), texts_of.clone(), "{}", text);
        // Within brackets, too: the values of one condition.
        let conditions = Yaml::one("StringEquals", Yaml::one("aws:PrincipalTag/x", texts_of.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()));
        let grants = Yaml::one("bucket-policy/b", Yaml::one("conditions", conditions));
        let text = document(&[], &head().with("grants", grants)).text;
        let source = Source { name: "plan.yaml".to_owned(), text: text.clone() };
        let plan = load(Arc::new(source), &Given::default()).map_err(|found| TestCaseError::fail(format!("{text}\n{}", crate::report::problems::text(&found, false))))?;
        prop_assert_eq!(&plan.grants[0].1.conditions["StringEquals"]["aws:PrincipalTag/x"], &texts_of.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    }
}
