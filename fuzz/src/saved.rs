//! Saved plans.

use std::sync::Arc;

use postroom::core::problem::Source;
use postroom::core::saved::stale::{Stale, verdict};
use postroom::core::saved::{NotSaved, Saved};
use postroom::plan::{self, Given};

use super::shown::{is_harmless, set_is_harmless};

/// A file is refused, or says what was saved; nobody need trust what it says to show it.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Saved::is_meant(text);
    if let Err(why) = Saved::open(text) {
        is_harmless("the refusal", &postroom::report::text::clean(&why.to_string()));
    }
    // Few bytes fit their checksum: it is made to fit.
    let Ok(saved) = serde_json::from_str::<Saved>(text) else { return };
    let Ok((sealed, bytes)) = saved.seal() else { panic!("what was read cannot be written") };
    match Saved::open(&bytes) {
        Ok(again) => {
            assert_eq!(again, sealed, "it reads as something else");
            assert_eq!(again.seal().ok().map(|(_, text)| text), Some(bytes), "and is written as something else");
        }
        Err(NotSaved::OtherFormat { .. }) => assert_ne!(sealed.saved_plan, 1),
        Err(NotSaved::Changed(why)) => {
            let mixed = sealed.targets.iter().any(|target| target.set.plan != sealed.plan || target.set.home != target.live.home);
            assert!(mixed, "it was not changed: {why}");
        }
        Err(NotSaved::Unreadable(why)) => panic!("what was written does not read: {why}"),
    }
    for target in &sealed.targets {
        set_is_harmless(&target.set, None);
        let source = Source { name: sealed.file.clone(), text: sealed.text.clone() };
        let home = target.live.home.clone();
        let given = Given {
            vars: sealed.vars.clone(),
            account: Some(home.account),
            region: Some(home.region),
            target: target.target.clone(),
            kept: Some(sealed.files.clone()),
            ..Given::default()
        };
        let Ok(plan) = plan::load(Arc::new(source), &given) else { continue };
        let same = verdict(&plan, &sealed.terms, &target.live, &target.live, Stale::Relevant);
        assert!(same.stale.is_empty(), "an account differs from itself");
        set_is_harmless(&same.then, Some(&plan));
    }
}
