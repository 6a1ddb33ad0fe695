//! Mail Manager on an account in memory: the whole of the contract from nothing, and each field of each kind changed, one at a time.

#[path = "../laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

mod fields;
mod import;
mod laws;
mod turns;

use postroom::containers;
use postroom::core::address::{Address, Home};
use postroom::core::live::{Live, Observed, PolicyText};
use run::{Ran, planned};
use serde_json::{Map, Value, json};

/// The whole `mail_manager:` of the contract.
const WHOLE: &str = include_str!("whole.yaml");

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn at(text: &str) -> Address {
    Address::read_at(text, &home()).unwrap()
}

/// What the plan names and does not make.
fn prepared() -> Live {
    let facts: Map<String, Value> = serde_json::from_str(include_str!("facts.json")).unwrap();
    let mut live = Live::new(home());
    for (address, fact) in facts {
        let at = at(&address);
        let is_policy = containers::of(at.kind).is_some();
        let fact = if is_policy { json!(PolicyText { text: fact.to_string(), revision: None }) } else { fact };
        live.seen.insert(at, Observed::Present(fact));
    }
    live
}

/// Applies a plan, whole, and makes sure that it then plans nothing.
fn applied(text: &str, account: &Live) -> Ran {
    let ran = run::run(text, account);
    let why = || format!("{:#?} {:#?} {:#?}", ran.set.findings, ran.set.unreadable, ran.failures());
    assert!(ran.is_complete(), "{}", why());
    assert!(ran.breaches.is_empty(), "{:#?}", ran.breaches);
    let again = planned(text, &ran.account);
    assert!(again.is_empty(), "{:#?}", again.changes);
    ran
}

#[test]
fn the_contract_is_applied_from_nothing_and_then_plans_nothing() {
    let ran = applied(WHOLE, &prepared());
    let made: Vec<String> =
        ran.set.changes.iter().filter(|change| change.statement.is_none()).map(|change| change.address.seen_from(&home())).collect();
    for address in [
        "address-list/partners",
        "archive/legal",
        "relay/onprem",
        "relay/plain",
        "addon-subscription/ABUSIX_MAIL_INTELLIGENCE",
        "addon-instance/ABUSIX_MAIL_INTELLIGENCE",
        "traffic-policy/edge",
        "mail-rule-set/triage",
        "ingress-endpoint/mx-in",
        "ingress-endpoint/partner",
        "ingress-endpoint/branch",
        "ingress-endpoint/device",
        "ingress-endpoint/inside",
        "role/mm-exec",
    ] {
        assert!(made.contains(&address.to_owned()), "{address} is not made: {made:?}");
    }
    assert_eq!(made.len(), 14, "{made:?}");
    // No promise is left anywhere.
    let text = serde_json::to_string(&ran.account).unwrap();
    assert!(!text.contains("${after:"), "{text}");
}

#[test]
fn what_names_another_comes_after_it() {
    let set = planned(WHOLE, &prepared());
    let place = |address: &str| set.changes.iter().position(|change| change.statement.is_none() && change.address == at(address)).unwrap();
    for (first, then) in [
        ("addon-subscription/ABUSIX_MAIL_INTELLIGENCE", "addon-instance/ABUSIX_MAIL_INTELLIGENCE"),
        ("addon-instance/ABUSIX_MAIL_INTELLIGENCE", "traffic-policy/edge"),
        ("address-list/partners", "traffic-policy/edge"),
        ("address-list/partners", "mail-rule-set/triage"),
        ("archive/legal", "mail-rule-set/triage"),
        ("relay/onprem", "mail-rule-set/triage"),
        ("mail-rule-set/triage", "ingress-endpoint/mx-in"),
        ("traffic-policy/edge", "ingress-endpoint/inside"),
    ] {
        assert!(place(first) < place(then), "{first} before {then}");
    }
}

#[test]
fn it_is_taken_away_in_reverse() {
    let account = applied(WHOLE, &prepared()).account;
    let gone = "postroom: 1\nname: acme-inbound\nregion: eu-west-1\nmail_manager:\n  address_lists: { partners: { absent: true } }\n  \
        archives: { legal: { absent: true, protect: false } }\n  relays: { onprem: { absent: true }, plain: { absent: true } }\n  \
        addons: { abusix: { name: ABUSIX_MAIL_INTELLIGENCE, absent: true } }\n  traffic_policies: { edge: { absent: true } }\n  \
        rule_sets: { triage: { absent: true } }\n  ingress_endpoints: { mx-in: { absent: true }, partner: { absent: true }, \
        branch: { absent: true }, device: { absent: true }, inside: { absent: true } }\n";
    let ran = applied(gone, &account);
    let state = |address: &str| ran.account.get::<Value>(&at(address)).present();
    assert_eq!(state("archive/legal").unwrap()["State"], "PENDING_DELETION");
    for address in [
        "relay/onprem",
        "mail-rule-set/triage",
        "traffic-policy/edge",
        "ingress-endpoint/mx-in",
        "addon-subscription/ABUSIX_MAIL_INTELLIGENCE",
    ] {
        assert_eq!(state(address), None, "{address}");
    }
    assert!(state("addon-subscription/SPAMHAUS_DBL").is_some());
}
