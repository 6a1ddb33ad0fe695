//! postroom: receiving mail on AWS as code.
//!
//! A plan file says where mail goes; postroom works out who must be allowed to do what for that to happen, compares it with the live
//! account, and closes the difference one statement at a time.
//!
//! ```text
//! plan file ─plan::load─▶ Plan ─┐
//!                               ├─core::compile─▶ Desired ─┐
//! AWS ───core::observe──▶ Live ─┘                          ├─core::diff─▶ ChangeSet ─report─▶ people, pipelines
//!                          └───────────────────────────────┘                 └─core::apply─▶ AWS
//! ```
//! * `plan` turns YAML into values that remember file and line. Nothing after it parses YAML.
//! * `core::observe` is the only way in: it asks a [`core::world::World`] for addresses and gives a [`core::live::Live`], a plain value.
//! * `core::compile` and `core::diff` are pure: no clock, no network, no environment. They are the product.
//! * `kinds`, `grants`, `containers` and `checks` are tables of small files that those two go over.
//! * `audit` judges a whole account, with or without a plan: every statement that lets SES in.
//! * `permissions` says what whoever runs it must be allowed, by plan.
//! * `import` turns an account into a plan that then plans nothing.
//! * `route` is the way of a message through all of it: what `trace`, `tests:` and the `mail` of a change set are made of.
//! * `policy` is an IAM document as a value, and knows nothing of SES.
//! * `core::apply` gets a [`core::change::ChangeSet`] and nothing else: after `diff` no decision is left to make.
//! * `report` turns values into text and JSON; `cli` is the only room that prints.
//!
//! Everything but `aws` and the commands compiles without the AWS SDK (`--no-default-features`), which proves that it is pure.

// Nothing that a user writes or AWS answers may end in a panic, and only the printer prints.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod plan;

pub mod core;

pub mod kinds;

pub mod grants;

pub mod containers;

pub mod checks;

pub mod audit;

pub mod import;
pub mod permissions;

pub mod policy;

pub mod route;

pub mod report;

#[cfg(feature = "aws")]
pub mod aws;

#[cfg(feature = "aws")]
pub mod cli;
