//! Texts of plans.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

use postroom::core::problem::{Problem, Source};
use postroom::plan::language::Plan;
use postroom::plan::{Given, load};
use postroom::report::diagnostic::Diagnostic;
use postroom::report::{github, json, problems, sarif};

use crate::shown::is_harmless;
use crate::{HOSTILE, home, soon};

const HEAD: &str = "postroom: 1\nname: acme\naccount: \"111122223333\"\nregion: eu-west-1\n";

fn read(text: &str) -> Result<Plan, Vec<Problem>> {
    let home = home();
    let given = Given { account: Some(home.account), region: Some(home.region), ..Given::default() };
    load(Arc::new(Source { name: format!("plan{HOSTILE}.yaml"), text: text.to_owned() }), &given)
}

/// The codes, each once; and everything that is said of it is harmless.
fn codes(text: &str) -> Vec<&'static str> {
    let found = read(text).err().unwrap_or_default();
    is_harmless("text", &problems::text(&found, false));
    is_harmless("json", &json::text(&problems::document(&found)));
    let diagnostics: Vec<Diagnostic> = found.iter().map(Diagnostic::from).collect();
    is_harmless("github", &github::annotations(&diagnostics));
    is_harmless("sarif", &json::text(&sarif::log("validate", &diagnostics, &[])));
    let mut codes: Vec<_> = found.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(",")
}

/// Each with the code that it is refused with. All of them are of less than 4 MiB.
fn bombs() -> Vec<(&'static str, String, &'static str)> {
    let mut doubling = format!("{HEAD}x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    let mut chain = format!("{HEAD}vars:\n  v0: xxxxxxxxxx\n");
    for at in 1..30 {
        let _ = writeln!(doubling, "x-{at}: &a{at} [{}]", many(9, |_| format!("*a{}", at - 1)));
        let _ = writeln!(chain, "  v{at}: \"${{var.v{0}}}${{var.v{0}}}\"", at - 1);
    }
    let long = "k".repeat(1_000_000);
    let anchors: String = (0..60).map(|at| format!("&a{at} [")).collect();
    vec![
        ("aliases of aliases", doubling, "too-big"),
        ("aliases of a long text", format!("{HEAD}x-a: &a {long}\nx-b: [{}]\n", many(150_000, |_| "*a".to_owned())), "too-big"),
        ("anchors around anchors", format!("{HEAD}x-a: {anchors}{}{}\n", many(199_000, |_| "1".to_owned()), "]".repeat(60)), "too-big"),
        (
            "merges",
            format!("{HEAD}x-a: &a {{{}}}\nx-b: {{<<: [{}]}}\n", many(1000, |at| format!("k{at}: 1")), many(300, |_| "*a".to_owned())),
            "too-big",
        ),
        ("an alias in its own anchor", format!("{HEAD}x-a: &a [*a]\n"), "yaml-syntax"),
        ("brackets", format!("{HEAD}x-a: {}", "[".repeat(1_000_000)), "yaml-syntax"),
        ("braces", format!("{HEAD}x-a: {}", "{a: ".repeat(500_000)), "too-deep"),
        ("dashes", format!("{HEAD}x-a:\n{}", "- ".repeat(1_000_000)), "too-deep"),
        ("question marks", format!("{HEAD}{}", "? ".repeat(500_000)), "too-deep"),
        ("variables that double", chain + "receipt: {rules: [{name: a, recipients: [\"${var.v29}\"], actions: [stop]}]}\n", "too-big"),
        ("variables in a circle", format!("{HEAD}vars: {{ a: \"${{var.b}}\", b: \"${{var.a}}\" }}\n"), "variable-cycle"),
        (
            "unknown variables in variables",
            format!("{HEAD}vars: {{{}}}\n", many(20_000, |at| format!("v{at}: \"${{var.w{at}}}\""))),
            "unknown-variable",
        ),
        ("tags on one line", format!("{HEAD}x-a: [{}]\n", many(90_000, |_| "!a 1".to_owned())), "yaml-syntax"),
        (
            "below a key without end",
            format!("{HEAD}receipt:\n  rule_sets:\n    ? \"{long}\"\n    : {{ rules: [{}] }}\n", many(10_000, |_| "1".to_owned())),
            "wrong-type",
        ),
        (
            "variables below a key without end",
            format!("{HEAD}? \"{long}\"\n: [{}]\n", many(20_000, |_| "\"${var.q}\"".to_owned())),
            "unknown-variable",
        ),
        ("the same key", format!("{HEAD}{}", "a: 1\n".repeat(40_000)), "duplicate-key"),
        ("unknown keys", format!("{HEAD}receipt: {{{}}}\n", many(40_000, |at| format!("k{at}: 1"))), "unknown-key"),
        ("larger than a plan", format!("{HEAD}{}", "#\n".repeat(3_000_000)), "too-big"),
    ]
}

#[test]
fn bombs_are_refused_soon_and_say_why() {
    for (what, text, code) in bombs() {
        let codes = soon(what, || codes(&text));
        assert!(codes.contains(&code), "{what}: {codes:?}");
    }
}

/// Of this process, in MiB: what it held at most.
#[cfg(target_os = "linux")]
fn held_at_most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() >> 10
}

/// Not a test by itself: the next one runs it in a process of its own, where nothing else takes memory.
#[test]
#[cfg(target_os = "linux")]
fn one_bomb() {
    let Ok(which) = std::env::var("POSTROOM_BOMB") else { return };
    let (what, text, code) = bombs().swap_remove(which.parse().unwrap());
    let codes = codes(&text);
    println!("{what}: {} MiB, {}", held_at_most(), codes.contains(&code));
}

#[test]
#[cfg(target_os = "linux")]
fn no_bomb_takes_more_memory_than_is_said() {
    // docs/safety.md, "Hostile input". All bombs, of which one is read, are 30 MiB.
    const MOST: u64 = 512;
    for which in 0..bombs().len() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "plans::one_bomb", "--nocapture"]).env("POSTROOM_BOMB", which.to_string());
        let said = String::from_utf8(child.output().unwrap().stdout).unwrap();
        let line = said.lines().find(|line| line.contains(" MiB, ")).unwrap_or_else(|| panic!("{which}: {said}"));
        let held: u64 = line.split_once(": ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
        assert!(line.ends_with("true") && held < MOST, "{line}");
    }
}

#[test]
fn what_is_no_text_of_a_plan_is_named_with_its_place() {
    for (text, code) in [
        (format!("{HEAD}a: \0\n"), "yaml-syntax"),
        (format!("{HEAD}a: {HOSTILE}\n"), "yaml-syntax"),
        (format!("{HEAD}\"{HOSTILE}\": 1\n"), "yaml-syntax"),
        (format!("{HEAD}\u{fffe}: 1\n"), "yaml-syntax"),
        (format!("{HEAD}--- {{}}\n"), "many-documents"),
        (String::new(), "empty-plan"),
        ("\u{feff}".to_owned(), "empty-plan"),
        (format!("{HEAD}a: \"\\ud800\"\n"), "yaml-syntax"),
    ] {
        let found = read(&text).unwrap_err();
        assert_eq!(codes(&text), [code], "{text:?}");
        assert!(found.iter().all(|problem| problem.place.line_column() >= (1, 1)));
    }
}

/// Written as escapes they are YAML: they come as far as the messages.
#[test]
fn names_with_control_characters_are_refused_and_never_shown_as_they_are() {
    let escaped = r"\e]0;x\a\x9b2J\u202e\u200b\U000E0041\n::error::x";
    for place in [
        "\"{}\": 1",
        "vars: { \"{}\": \"${var.nowhere}\" }",
        "receipt: { rules: [ { name: \"{}\", actions: [ stop ] } ] }",
        "receipt: { rules: [ { name: a, recipients: [\"{}\"], actions: [ { s3: \"{}\" }, { \"{}\": 1 }, \"{}\" ] } ] }",
        "receipt: { rule_sets: { \"{}\": { rules: [ 1 ] } } }",
        "receipt: { filters: { \"{}\": { block: \"{}\" } } }",
        "mail_manager: { address_lists: { l: { members: [\"{}\"] } } }",
        "roles: { \"{}\": { path: \"{}\" } }",
        "targets: { \"{}\": { account: \"{}\" } }",
        "lock: \"{}\"",
        "tests: [ { to: \"{}\", expect: [ \"{}\" ] } ]",
    ] {
        let text = format!("{HEAD}{}\n", place.replace("{}", escaped));
        assert!(!codes(&text).is_empty(), "{place}");
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let plan = format!("{HEAD}receipt:\n  rules:\n    - {{ name: all, actions: [ stop ] }}\n");
    let names = |text: &str| {
        read(text).unwrap().receipt.rule_sets.iter().map(|(name, set)| (name.value.to_string(), set.rules.len())).collect::<Vec<_>>()
    };
    let dos = format!("\u{feff}{}", plan.replace('\n', "\r\n"));
    assert_eq!(names(&dos), names(&plan));
}
