//! An IAM policy document as a value. It knows nothing of SES, and nothing of where a document is kept.
//!
//! In flows the text a service gave us. Out flow four answers and one new text:
//! * [`Document`], [`Statement`]: the text, taken apart without losing a byte of it;
//! * [`Meaning`]: what a statement says, however it is written, so that two spellings of one permission are equal; [`equivalent()`] asks
//!   that of two texts;
//! * [`Document::splice`]: our statements in, ours out, everybody else's where and as they were;
//! * [`evaluate()`], [`lockout()`]: would this be allowed, and on what does it depend;
//! * [`Statement::covers`]: does somebody's statement already grant what ours grants.
//!
//! It must never guess: what cannot be known is a third answer ([`Decision::Depends`]), not a yes or a no.

mod build;
mod caller;
mod condition;
mod context;
mod covers;
mod document;
mod equivalent;
mod error;
mod evaluate;
mod json;
mod lockout;
mod meaning;
mod operator;
mod reading;
mod scan;
mod splice;
mod statement;
mod truth;
mod values;
mod variables;
mod wildcard;

pub use build::{Allow, Conditions, Principal};
pub use caller::Caller;
pub use context::Context;
pub use document::{Document, Version};
pub use equivalent::equivalent;
pub use error::PolicyError;
pub use evaluate::{Deciding, Decision, Request, Verdict, evaluate, evaluate_with_delegation, evaluate_with_denials, surely_denies};
pub use lockout::{Lockout, Needs, lockout};
pub use meaning::{Effect, Meaning};
pub use operator::is_operator;
pub use reading::{Asked, How};
pub use splice::Edits;
pub use statement::Statement;
pub use wildcard::matches_wildcard;
