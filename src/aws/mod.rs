//! The one room that talks to AWS: clients per account and region, pacing, retries, counting, and one thin file per service. Kinds and
//! containers ask it for a service and say what to read or write; nothing here knows a plan.

mod clients;
mod common;
mod error;
mod granted;
mod hidden;
mod http;
mod iam;
mod iam_identities;
mod journal;
mod key_id;
mod kms;
mod kms_new;
mod lambda;
mod lock;
pub mod mail_manager;
mod memo;
mod pace;
mod place;
mod reached;
mod remembered;
mod s3;
mod s3_new;
mod s3_objects;
mod secretsmanager;
mod ses;
mod sights;
mod sns;
mod stats;
mod store;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

pub use clients::{Clients, Hear, Session};
pub use common::{Access, Common, Settings};
pub use error::{AwsError, Class};
pub use hidden::Hidden;
pub use http::{Bundle, Trusted};
pub use iam::Iam;
pub use journal::Keep;
pub use lock::Lock;
pub use stats::{CallLog, Listen, Stats, StatsReport};
pub use store::{Lockout, Store, Written};

use crate::core::address::Address;
use crate::core::change::Change;
use crate::core::live::Observed;
use crate::core::world::Done;
use crate::kinds::Kind;

/// A future that can be kept in a table of trait objects.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How long a service may answer from an older copy of a policy before the write is taken to be lost.
pub(crate) const OLDER_COPIES: Duration = Duration::from_secs(6);

/// How often a write that a foreign hand overtook is made again on a fresh copy.
pub const RACES: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Through whom.
    pub aws: &'a Session,
    /// What.
    pub at: &'a Address,
}

/// What came back.
#[derive(Debug)]
pub enum Answer {
    /// This is what is known now.
    Now(Observed),
    /// It must be asked again when more is known (a bucket that is in another region).
    Later,
}

impl Answer {
    /// Something, or nothing.
    pub fn of<T: Serialize>(found: Option<T>) -> Self {
        let observed = found.map_or(Ok(Observed::Absent), |found| serde_json::to_value(found).map(Observed::Present));
        Self::Now(observed.unwrap_or_else(|error| Observed::Unreadable(error.to_string())))
    }

    /// AWS says that there is nothing.
    #[must_use]
    pub fn absent() -> Self {
        Self::Now(Observed::Absent)
    }
}

/// The wire half of a kind.
pub trait Remote: Kind {
    /// Reads one thing.
    fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>>;

    /// Whether its reads wait for their turn ([`pace`]).
    fn is_paced(&self) -> bool {
        false
    }

    /// Does one change. Kinds that are only read have none.
    fn perform<'a>(&'a self, _aws: &'a Session, _change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
        Box::pin(async { Err(AwsError::refused("this kind is only read")) })
    }
}
