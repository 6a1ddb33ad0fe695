//! The way of messages: thirty from files with known routes, what a change does to mail, and the plan's own tests.

#[path = "../laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

mod account;
mod expected;
#[path = "../laws/furnish.rs"]
mod furnish;
mod laws;
mod laws_of_mail_manager;
mod messages;
mod moved;
mod told;
