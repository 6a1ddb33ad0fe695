//! What the stories are told with: an emulator, accounts in it, the binary, and the SDK to look at what it did.

pub mod account;
pub mod container;
pub mod emulator;
pub mod estate;
pub mod json;
pub mod rules;
pub mod run;

pub use account::{Account, REGION, wait};
pub use run::Run;
