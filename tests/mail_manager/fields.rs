//! Each resource changed in each field, one at a time: exactly one update or replacement, and then nothing.

use postroom::core::change::Action;
use serde_json::Value;

use super::{WHOLE, applied, at, prepared, run};

/// Address, words of the plan, what stands in their place, and what that is: `~` an update, `±` a replacement.
const CHANGES: &str = include_str!("fields.txt");

struct Row<'a> {
    address: &'a str,
    sign: &'a str,
    from: &'a str,
    to: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let lines = CHANGES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut parts = line.splitn(4, " | ").map(str::trim);
        let mut next = || parts.next().unwrap_or_else(|| panic!("{line}"));
        Row { address: next(), sign: next(), from: next(), to: next() }
    };
    lines.map(row).collect()
}

#[test]
fn a_changed_field_is_one_change_of_its_resource() {
    // The archive of the contract is protected; here it may be replaced.
    let base = WHOLE.replace("protect: true", "protect: false");
    let account = applied(&base, &prepared()).account;
    for Row { address, sign, from, to } in rows() {
        let to = to.replace("\\n", "\n");
        assert!(base.matches(from).count() == 1, "`{from}` stands {} times", base.matches(from).count());
        let text = base.replace(from, &to);
        let ran = applied(&text, &account);
        let own = ran.set.changes.iter().filter(|change| change.statement.is_none() && change.address == at(address));
        let actions: Vec<Action> = own.map(|change| change.action).collect();
        let expected = if sign == "±" { Action::Replace } else { Action::Update };
        assert_eq!(actions, [expected], "{address}: {from} → {to}");
        // What else changes, changes because something was replaced.
        let others = ran.set.changes.iter().filter(|change| change.statement.is_none() && change.address != at(address));
        let others: Vec<_> = others.map(|change| (change.address.seen_from(&super::home()), change.action)).collect();
        assert!(expected == Action::Replace || others.is_empty(), "{address}: {others:?}");
        // And back again.
        applied(&base, &ran.account);
    }
}

#[test]
fn every_resource_has_its_rows() {
    let set = super::planned(WHOLE, &prepared());
    let mut missing = Vec::new();
    for change in set.changes.iter().filter(|change| change.statement.is_none()) {
        let address = change.address.seen_from(&super::home());
        if address.starts_with("role/") || address.starts_with("addon-") {
            continue;
        }
        let rows: Vec<_> = rows().into_iter().filter(|row| row.address == address).collect();
        if rows.is_empty() {
            missing.push(address);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_password_is_sent_once() {
    let account = applied(WHOLE, &prepared()).account;
    let version = |account: &postroom::core::live::Live| {
        let found: Value = account.get(&at("ingress-endpoint/branch")).present().unwrap();
        found.pointer("/IngressPointConfiguration/SmtpPassword/Version").cloned()
    };
    assert_eq!(version(&account), Some("1".into()));
    let renamed = WHOLE.replace(
        "BRANCH_SMTP_PASSWORD }, traffic_policy: edge, rule_set: triage, tls: require",
        "OTHER }, traffic_policy: edge, rule_set: triage, tls: require, status: closed",
    );
    assert_eq!(version(&applied(&renamed, &account).account), Some("1".into()));
    let _ = run::plan(WHOLE, &account);
}
