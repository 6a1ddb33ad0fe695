//! The plan from its first line to its last.

use super::Draft;
use super::{grants, mail, receipt};
use crate::core::address::AddressKind;
use crate::core::live::Live;
use crate::core::owner::OWNER_TAG;
use crate::kinds::receipt_rule_set::{Pointer, pointer_address};
use crate::kinds::role::Role;
use crate::plan::write::{Item, Map, Written, Yaml, document};

pub(super) fn write(draft: &Draft<'_>) -> Written {
    let live = draft.live();
    let home = &live.home;
    // First what uses, so that by then it is known what is used.
    let (receipt, mail_manager) = (receipt::receipt(draft), mail::mail_manager(draft));
    let mut plan = Map::of_lines().with("postroom", Yaml::word(1)).with("name", draft.wishes.name.as_str());
    plan.put("account", Item::from(home.account.to_string()));
    plan.put("region", home.region.as_str());
    let accounts = draft.accounts();
    if !accounts.is_empty() {
        let mut entries = Map::of_lines();
        for account in accounts {
            entries.put(account.as_str(), Map::default().with("manage", false));
        }
        let note =
            "what these accounts own is checked and not written; say how they are reached (`role_arn`, `profile`) to have it written";
        plan.put("accounts", Item::from(entries).note(note));
    }
    plan.put("defaults", grants::defaults(draft));
    if !receipt.is_empty() {
        let item = Item::from(receipt);
        plan.put("receipt", if nobody_receives(live) { item.note("no rule set is active: nothing is received") } else { item });
    }
    if !mail_manager.is_empty() {
        plan.put("mail_manager", mail_manager);
    }
    let roles = roles(draft);
    if !roles.is_empty() {
        plan.put("roles", roles);
    }
    plan.maybe("grants", grants::exceptions(draft));
    if !draft.said.accept.is_empty() {
        let mut accept = Map::of_lines();
        for (code, reason) in &draft.said.accept {
            accept.put(code, reason.as_str());
        }
        plan.put("accept", Item::from(accept).note("errors in the account as it was found: mend them, and take these lines away"));
    }
    document(&head(draft), &plan)
}

fn nobody_receives(live: &Live) -> bool {
    live.get::<Pointer>(&pointer_address(&live.home)).present().is_some_and(|pointer| pointer.active.is_none())
}

fn head(draft: &Draft<'_>) -> Vec<String> {
    let home = &draft.live().home;
    let mut lines = vec![
        "yaml-language-server: $schema=postroom.schema.json".to_owned(),
        format!("What receives mail in account {}, {}, as it was found by `postroom import`.", home.account, home.region),
        "`postroom plan` plans nothing but the tags of what is adopted.".to_owned(),
        "`create:` is about what is missing, `senders:` and `archive_users:` are about who may do what beside receiving: they are not in it."
            .to_owned(),
        "`postroom schema plan > postroom.schema.json` helps editors.".to_owned(),
    ];
    if !draft.wishes.only.is_empty() {
        lines.push(format!("A part of it: {}.", draft.wishes.only.join(", ")));
    }
    for missing in &draft.said.unreadable {
        lines.push(format!("COULD NOT BE READ: {}: {}", missing.address.seen_from(home), missing.why));
    }
    for (at, why) in &draft.said.left_out {
        lines.push(format!("LEFT OUT: {}: {why}", at.seen_from(home)));
    }
    lines
}

/// The roles that actions name.
fn roles(draft: &Draft<'_>) -> Map {
    let live = draft.live();
    let mut roles = Map::of_lines();
    for name in draft.names.roles.borrow().iter() {
        let at = live.home.at(AddressKind::Role, name.as_str());
        let role: Option<Role> = live.get(&at).present();
        let tag = role.as_ref().and_then(|role| role.tags.get(OWNER_TAG));
        let item = match (role.as_ref(), draft.aside(&at), draft.stance(tag.map(String::as_str))) {
            (Some(role), None, Ok(adopt)) if draft.wishes.adopt_roles || !adopt => {
                let mut map = Map::default();
                map.maybe("adopt", adopt.then_some(true));
                map.maybe("path", Some(role.path.as_str()).filter(|path| *path != "/"));
                map.maybe("permissions_boundary", role.permissions_boundary.clone());
                Item::from(map)
            }
            (_, Some(why), _) => receipt::existing(Some(why)),
            (_, None, Err(why)) => receipt::existing(Some(&why)),
            _ => receipt::existing(None),
        };
        roles.put(name, item.about(at));
    }
    roles
}
