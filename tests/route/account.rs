//! An account in memory, as a plan left it.

use postroom::core::address::Home;
use postroom::core::change::{ChangeSet, Moved};
use postroom::core::live::Live;
use postroom::core::memory::Memory;
use postroom::route::moved;

use crate::furnish::furnished;
use crate::run::{changes, plan, run, seen};

pub fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

/// What there is after this plan was applied where all is that it does not make.
pub fn after(text: &str) -> Live {
    let ran = run(text, &furnished(text));
    assert!(ran.is_complete(), "{:#?}\n{text}", ran.failures());
    ran.account
}

/// What a plan would change, with what that does to mail.
pub fn planned(text: &str, account: &Live) -> (ChangeSet, Live) {
    let plan = plan(text, account);
    let live = seen(&Memory::new(account.clone(), &plan), &plan, account);
    let mut set = changes(&plan, &live);
    moved::tell(&mut set, &live);
    (set, live)
}

/// What a plan does to the mail of an account that another made.
pub fn mail(before: &str, after_it: &str) -> Vec<Moved> {
    planned(after_it, &after(before)).0.mail
}
