//! Accounts as a snapshot says they are: whatever stands in one is planned against, checked, audited and imported.

use std::sync::{Arc, LazyLock};

use postroom::audit::{Subject, audit};
use postroom::containers;
use postroom::core::address::{Address, AddressKind};
use postroom::core::change::ChangeSet;
use postroom::core::check::check as check_requests;
use postroom::core::live::{Live, Observed, PolicyText, Seen};
use postroom::core::problem::Source;
use postroom::core::saved::Terms;
use postroom::core::scene::Scene;
use postroom::import::{Wishes, import};
use postroom::plan::language::Plan;
use postroom::plan::{Given, load};
use postroom::policy::Document;
use postroom::report::{self, json, text};
use serde_json::{Map, Value, json};

use super::shown::{is_harmless, set_is_harmless};

/// A plan of one of most things.
const PLAN: &str = include_str!("snapshot.yaml");

static EYES: LazyLock<Plan> = LazyLock::new(|| {
    let home = super::home();
    let given = Given { account: Some(home.account), region: Some(home.region), ..Given::default() };
    load(Arc::new(Source { name: "plan.yaml".to_owned(), text: PLAN.to_owned() }), &given).expect("the plan reads")
});

pub fn check(data: &[u8]) {
    let Some(live) = account(data) else { return };
    let written = serde_json::to_string(&live).expect("what was read can be written");
    assert_eq!(serde_json::from_str::<Live>(&written).expect("and read"), live);

    let plan = &*EYES;
    let set = Terms::default().changes(plan, &live);
    set_is_harmless(&set, Some(plan));
    what_does_not_parse_is_left(&set, &live);
    let checked = check_requests(&mut Scene::new(plan, &live));
    is_harmless("check", &text::checks(&checked));
    let answered = [(None, Ok((live.home.clone(), checked)))];
    is_harmless("check as junit", &report::junit::checks("acme", &answered, true).expect("it is written"));

    let found = audit(&Subject { live: &live, eyes: plan, planned: true });
    is_harmless("audit", &report::audit::text(&found));
    is_harmless("audit as json", &json::text(&report::audit::json(&found, None)));

    let imported = import(&live, &Wishes::named("imported".parse().expect("a name")));
    is_harmless("import", &imported.text);
    is_harmless("import", &report::problems::text(&imported.problems, false));
}

/// A snapshot, or facts by address as a person writes them: there a policy stands as it is.
fn account(data: &[u8]) -> Option<Live> {
    if let Ok(live) = serde_json::from_slice::<Live>(data) {
        return Some(live);
    }
    let facts: Map<String, Value> = serde_json::from_slice(data).ok()?;
    let home = super::home();
    let mut live = Live::new(home.clone());
    for (address, fact) in facts {
        let at = Address::read_at(&address, &home).ok()?;
        let is_policy = containers::of(at.kind).is_some() || at.kind == AddressKind::ManagedPolicy;
        let observed = match fact {
            Value::Null => Observed::Absent,
            // A text that need be no policy at all.
            Value::String(text) if is_policy => Observed::Present(json!(PolicyText { text, revision: None })),
            fact if is_policy => Observed::Present(json!(PolicyText { text: fact.to_string(), revision: None })),
            fact => Observed::Present(fact),
        };
        live.seen.insert(at, observed);
    }
    Some(live)
}

/// A document of others that cannot be read is never written: nobody would know what of it was lost.
fn what_does_not_parse_is_left(set: &ChangeSet, live: &Live) {
    for change in set.changes.iter().filter(|change| containers::of(change.address.kind).is_some()) {
        if let Seen::Present(PolicyText { text, .. }) = live.get(&change.address) {
            assert!(Document::parse(&text).is_ok(), "{} would be overwritten: {change:?}", change.address);
        }
    }
}
