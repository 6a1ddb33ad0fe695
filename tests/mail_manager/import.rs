//! What is live in Mail Manager imports as it is: by names, whole, and nothing changes but the tags of what is adopted.

use std::path::Path;

use postroom::core::change::Action;
use postroom::core::live::{Live, Observed};
use postroom::core::memory::Memory;
use postroom::import::{Imported, Wishes, import, scan};
use serde_json::{Value, json};

use crate::run::{now, plan, planned, run};
use crate::{WHOLE, applied, at, home, prepared};

fn wishes(name: &str) -> Wishes {
    let stores = [("device".to_owned(), ("certs/ca.pem".to_owned(), Some("certs/crl.pem".to_owned())))];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    Wishes { stores: stores.into(), folder: Some(folder), ..Wishes::named(name.parse().unwrap()) }
}

fn imported(account: &Live, wishes: &Wishes) -> Imported {
    let eyes = plan(&format!("postroom: 1\nname: {}\n", wishes.name), account);
    let world = Memory::new(account.clone(), &eyes);
    import(&now(scan::observe(&world, wishes, Live::new(account.home.clone()))), wishes)
}

/// The account that another tool has made: the same without our tags.
fn untagged() -> Live {
    let mut account = applied(WHOLE, &prepared()).account;
    for observed in account.seen.values_mut() {
        if let Observed::Present(found) = observed
            && let Some(tags) =
                found.as_object_mut().and_then(|members| members.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("tags")))
        {
            *tags.1 = json!({});
        }
    }
    account
}

/// The text plans nothing but adoptions, and applying it does nothing else.
fn stands(account: &Live, found: &Imported) -> Vec<String> {
    let text = &found.text;
    assert!(found.problems.is_empty() && found.unreadable.is_empty(), "{:#?} {:#?}\n{text}", found.problems, found.unreadable);
    let set = planned(text, account);
    assert!(set.changes.iter().all(|change| change.action == Action::Adopt), "{:#?}\n{text}", set.changes);
    let ran = run(text, account);
    assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{text}", ran.failures(), ran.breaches);
    let bare = |live: &Live, at| {
        let mut value = live.get::<Value>(at).present().unwrap_or_default();
        for tags in ["Tags", "tags"] {
            value.as_object_mut().and_then(|members| members.shift_remove(tags));
        }
        value
    };
    for at in account.seen.keys() {
        assert_eq!(bare(&ran.account, at), bare(account, at), "{at} has changed\n{text}");
    }
    assert!(planned(text, &ran.account).is_empty(), "{text}");
    set.changes.iter().map(|change| change.address.seen_from(&home())).collect()
}

#[test]
fn what_another_tool_made_is_adopted_whole() {
    let account = untagged();
    let found = imported(&account, &Wishes { adopt_roles: true, ..wishes("acme-mail") });
    assert_eq!(found.kept_out, [], "everything can be said\n{}", found.text);
    let adopted = stands(&account, &found);
    for address in [
        "role/mm-exec",
        "archive/legal",
        "relay/onprem",
        "addon-instance/ABUSIX_MAIL_INTELLIGENCE",
        "ingress-endpoint/device",
        "mail-rule-set/triage",
    ] {
        assert!(adopted.contains(&address.to_owned()), "{address} is not adopted: {adopted:?}");
    }
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail_manager/imported.yaml");
    if std::env::var_os("POSTROOM_BLESS").is_some() {
        std::fs::write(&expected, &found.text).unwrap();
    }
    assert_eq!(found.text, std::fs::read_to_string(expected).unwrap());
}

#[test]
fn what_the_plan_of_the_same_name_made_is_not_adopted_again() {
    let account = applied(WHOLE, &prepared()).account;
    let found = imported(&account, &wishes("acme-inbound"));
    assert_eq!(stands(&account, &found), ["addon-subscription/SPAMHAUS_DBL", "addon-instance/SPAMHAUS_DBL"]);
}

#[test]
fn what_another_plan_made_is_only_referred_to() {
    let account = applied(WHOLE, &prepared()).account;
    let found = imported(&account, &wishes("other"));
    assert_eq!(stands(&account, &found), ["addon-subscription/SPAMHAUS_DBL", "addon-instance/SPAMHAUS_DBL"]);
    assert!(found.text.contains("# it is the plan's that is called `acme-inbound`\n    triage: { existing: true }"), "{}", found.text);
}

#[test]
fn without_a_file_beside_the_plan_an_endpoint_with_certificates_is_only_referred_to() {
    let account = untagged();
    let found = imported(&account, &Wishes { stores: Default::default(), ..wishes("acme-mail") });
    stands(&account, &found);
    assert!(found.text.contains("    device: { existing: true }"), "{}", found.text);
    assert_eq!(found.kept_out.iter().map(|(at, _)| at.clone()).collect::<Vec<_>>(), [at("ingress-endpoint/device")]);
}

#[test]
fn a_part_is_said_with_what_it_names() {
    let account = untagged();
    let found = imported(&account, &Wishes { only: vec!["ingress-endpoint/mx-in".to_owned()], ..wishes("acme-mail") });
    assert_eq!(stands(&account, &found), ["ingress-endpoint/mx-in"]);
    assert!(found.text.contains("triage: { existing: true }") && found.text.contains("edge: { existing: true }"), "{}", found.text);
    assert!(!found.text.contains("onprem"), "{}", found.text);
}

#[test]
fn what_goes_and_what_shares_its_name_is_not_said() {
    let mut account = untagged();
    let legal: Value = account.get(&at("archive/legal")).present().unwrap();
    let mut leaving = legal.clone();
    leaving["Id"] = json!("archive-99");
    leaving["State"] = json!("PENDING_DELETION");
    leaving["ArchiveName"] = json!("gone");
    account.put(at("archive/gone"), &leaving);
    let twice = json!({"items": [{"id": "relay-1", "name": "twin"}, {"id": "relay-2", "name": "twin"}]});
    let mut names = twice["items"].as_array().unwrap().clone();
    for name in ["onprem", "plain"] {
        let relay: Value = account.get(&at(&format!("relay/{name}"))).present().unwrap();
        names.push(json!({"id": relay["Id"], "name": name}));
    }
    account.put(at("mail-manager-names/relay"), &json!({"items": names}));
    let found = imported(&account, &wishes("acme-mail"));
    stands(&account, &found);
    assert!(!found.text.contains("gone") && !found.text.contains("    twin"), "{}", found.text);
}

#[test]
fn many_members_stand_in_a_file_and_no_list_is_lost() {
    let mut account = untagged();
    let members: Vec<String> = (0..60).map(|number| format!("m{number:02}@partner.example")).collect();
    account.put(at("address-list-members/partners"), &json!({"Members": members}));
    let found = imported(&account, &wishes("acme-mail"));
    assert!(found.text.contains("members_file: partners.members.txt"), "{}", found.text);
    assert_eq!(found.files["partners.members.txt"].lines().collect::<Vec<_>>(), members);
    let inline = imported(&account, &Wishes { folder: None, stores: Default::default(), ..wishes("acme-mail") });
    stands(&account, &inline);
    assert!(inline.text.contains("m59@partner.example") && inline.files.is_empty(), "{}", inline.text);
}

#[test]
fn what_cannot_be_read_is_said_and_never_taken_for_absent() {
    let mut account = untagged();
    account.seen.insert(at("mail-manager-names/relay"), Observed::Unreadable("AccessDenied ses:ListRelays".to_owned()));
    account.seen.insert(at("address-list-members/partners"), Observed::Unreadable("AccessDenied ses:ListMembersOfAddressList".to_owned()));
    let found = imported(&account, &wishes("acme-mail"));
    let unreadable: Vec<String> = found.unreadable.iter().map(|missing| missing.address.seen_from(&home())).collect();
    assert_eq!(unreadable, ["address-list-members/partners", "mail-manager-names/relay"]);
    assert!(found.text.contains("# COULD NOT BE READ: mail-manager-names/relay: AccessDenied ses:ListRelays"), "{}", found.text);
    assert!(found.text.contains("existing_members: keep"), "{}", found.text);
}
