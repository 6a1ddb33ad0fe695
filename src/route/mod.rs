//! The way of a message: which filters, policies, rules, conditions and actions it meets, and where it ends up.
//!
//! * `routing` is all that decides about mail, in the API's words: read from the live account, or with the changes of a plan made (`after`).
//! * `message` is what is known of a message; anything may be unknown, and `eml` reads it from a file.
//! * `receipt` and `endpoint` go through the two ways in: receipt rules, and Mail Manager. `gate` is what stands before the rules of the
//!   latter, `condition` what its rules ask, `act` what is done.
//! * What is not known stays unknown: `ways` goes both ways, each with what it supposes (`atom`, `facts`), and is bounded. Where these are many,
//!   `condensed` makes one of them that a person can read.
//! * `moved` compares the ways before and after a change for every recipient that is named (`named`), and `why` says what moved them.
//! * `expect` holds a plan's `tests:` against them, `checked` puts the answers of `check` beside what is done.
//!
//! It is what AWS documents, and `assumed` where it documents nothing. Actions are taken to succeed, functions to let the mail go on.

pub mod act;
pub mod after;
pub mod atom;
pub mod checked;
pub mod condensed;
mod condition;
pub mod eml;
mod endpoint;
pub mod expect;
mod facts;
mod gate;
pub mod message;
pub mod moved;
mod named;
mod narrow;
mod receipt;
mod recipient;
pub mod routing;
mod trace;
mod ways;
mod why;

pub use trace::{Door, End, Route, Step, Trace, Way, doors, trace};
