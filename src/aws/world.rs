//! AWS as a [`World`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::error::{AwsError, Class};
use super::{Answer, Ask, OLDER_COPIES, Session, Store, Written};
use crate::containers::STORES;
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change, Phase};
use crate::core::live::Observed;
use crate::core::world::{Done, Failure, World};
use crate::kinds::REMOTES;
use crate::kinds::bucket::Bucket;
use crate::plan::language::Via;
use crate::policy::{Document, Edits, Statement};

impl World for Session {
    async fn read(&self, addresses: &BTreeSet<Address>) -> BTreeMap<Address, Observed> {
        self.clients.stats.wave(addresses.len());
        self.memo.reads(addresses);
        if addresses.iter().any(|at| at.kind == AddressKind::ManagedPolicy) {
            // Which version counts is asked first: two calls, one behind the other.
            self.clients.stats.wave(0);
        }
        let paced = addresses.iter().filter(|at| is_paced(at)).count();
        self.clients.stats.begin(addresses.len(), self.clients.common.pace.cost(paced));
        let mut reads = JoinSet::new();
        for at in addresses {
            reads.spawn(self.clone().read_placed(at.clone()));
        }
        let mut now = BTreeMap::new();
        while let Some(read) = reads.join_next().await {
            // Nothing ends a read but its answer: a panic ends the run, and who drops this drops all of it.
            if let Ok((at, Answer::Now(observed))) = read {
                now.insert(at, observed);
            }
        }
        now
    }

    async fn perform(&self, batch: &[Change]) -> Result<Done, Failure> {
        let Some(first) = batch.first() else { return Ok(Done::AlreadyThere) };
        let deadline = Instant::now() + self.clients.common.settings.patience;
        let mut wait = Duration::from_millis(500);
        loop {
            let done = if first.statement.is_some() { self.edit(first, batch).await } else { self.act(first).await };
            match done {
                // SES tests its targets when a rule is saved, and policies name roles: what was written a moment ago may not be seen yet.
                Err(error) if error.may_be_propagation() && Instant::now() + wait < deadline && self.waited(wait).await => {
                    wait = (wait * 2).min(Duration::from_secs(15));
                    // Or it is not there any more: another run had read before and put after.
                    self.hold().await.map_err(|error| self.failure(&error))?;
                }
                Err(error) => return Err(self.failure(&error)),
                Ok(written) => return Ok(written),
            }
        }
    }
}

/// Whether a read of it waits for its turn at SES.
fn is_paced(at: &Address) -> bool {
    REMOTES.iter().any(|kind| kind.is_paced() && kind.handles().contains(&at.kind))
}

/// How often a wait looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(100);

impl Session {
    fn failure(&self, error: &AwsError) -> Failure {
        Failure { says: self.covered(error.to_string()), code: error.code.clone(), unknown: error.class == Class::Unanswered }
    }

    /// Waits, unless the run is to end: then it says no, at once.
    pub(crate) async fn waited(&self, how_long: Duration) -> bool {
        let until = Instant::now() + how_long;
        while Instant::now() < until && !self.stop.load(Ordering::SeqCst) {
            tokio::time::sleep(GLANCE.min(until - Instant::now())).await;
        }
        !self.stop.load(Ordering::SeqCst)
    }

    /// The same, where the run waits for anything at all (`--no-wait`).
    pub(crate) async fn may_wait(&self, how_long: Duration) -> bool {
        !self.waits_for_nothing() && self.waited(how_long).await
    }

    /// `--no-wait`
    pub(crate) fn waits_for_nothing(&self) -> bool {
        self.clients.common.settings.patience.is_zero()
    }

    /// How long something is waited for that takes so long as a rule: `--timeout`, where it was given.
    pub(crate) fn bound(&self, usual: Duration) -> Duration {
        self.clients.common.settings.wait.unwrap_or(usual)
    }

    /// Whether the run is to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    async fn read_placed(self, at: Address) -> (Address, Answer) {
        let answer = {
            let _place = self.clients.common.places.take(at.kind).await;
            self.read_one(&at).await
        };
        self.clients.stats.read();
        (at, answer)
    }

    /// With the caller's own credentials a bare name means the caller's own thing. Topics are asked for by their ARN, buckets by their owner.
    fn is_out_of_reach(&self, at: &Address) -> bool {
        use AddressKind::{Bucket, BucketAcl, BucketEncryption, BucketObjectLock, BucketPolicy, BucketTags, Topic, TopicPolicy};
        let by_whole_name =
            matches!(at.kind, Bucket | BucketAcl | BucketEncryption | BucketObjectLock | BucketPolicy | BucketTags | Topic | TopicPolicy);
        at.account != self.home.account && !by_whole_name && matches!(self.accounts.reach(&at.account).0, Via::Caller)
    }

    async fn read_one(&self, at: &Address) -> Answer {
        if self.is_out_of_reach(at) {
            return Answer::Now(Observed::Unreadable(format!("how account {} is reached is not said (`accounts:`)", at.account)));
        }
        let ask = Ask { aws: self, at };
        let answer = if let Some(store) = store_of(at) {
            store.read(ask).await.map(|found| {
                found.iter().for_each(|policy| self.sights.note(at, &policy.text));
                Answer::of(found)
            })
        } else if let Some(kind) = REMOTES.iter().find(|kind| kind.handles().contains(&at.kind)) {
            kind.read(ask).await
        } else {
            return Answer::Now(Observed::Unreadable("this version of postroom does not read it".to_owned()));
        };
        match answer {
            Ok(Answer::Now(Observed::Present(found))) if at.kind == AddressKind::Bucket => {
                if let Ok(bucket) = serde_json::from_value::<Bucket>(found.clone()) {
                    self.located(&at.name, &bucket.region).await;
                }
                Answer::Now(Observed::Present(found))
            }
            Ok(answer) => answer,
            Err(error) if error.class == Class::Elsewhere => Answer::Later,
            Err(error) if error.class == Class::NotFound => Answer::absent(),
            Err(error) => Answer::Now(Observed::Unreadable(error.brief())),
        }
    }

    /// Asks again for a moment: what was just made is not seen everywhere at once (facts §4.2).
    pub(crate) async fn until_seen<T, F: Future<Output = Result<T, AwsError>>>(&self, ask: impl Fn() -> F) -> Result<T, AwsError> {
        let deadline = Instant::now() + OLDER_COPIES;
        let mut wait = Duration::from_millis(200);
        loop {
            match ask().await {
                Err(error) if error.class == Class::NotFound && Instant::now() + wait < deadline && self.waited(wait).await => {
                    wait *= 2;
                }
                done => return done,
            }
        }
    }

    /// Puts statements into a policy, beside what stands there.
    pub(crate) async fn edit_policy(&self, at: &Address, edits: &Edits) -> Result<Written, AwsError> {
        let store = store_of(at).ok_or_else(|| AwsError::refused("this version of postroom does not write it"))?;
        let written = self.edit_in_turn(store, Ask { aws: self, at }, edits).await?;
        self.granted.note(at, edits).await;
        Ok(written)
    }

    /// One change of a resource.
    async fn act(&self, change: &Change) -> Result<Done, AwsError> {
        let Some(kind) = REMOTES.iter().find(|kind| kind.handles().contains(&change.address.kind)) else {
            return Err(AwsError::refused("this version of postroom does not write it"));
        };
        match kind.perform(self, change).await {
            Ok(done) => Ok(done),
            // An earlier run made it and did not live to say so; what is different about it, the next plan shows.
            Err(error) if change.action == Action::Create && error.code.starts_with("AlreadyExists") => Ok(Done::AlreadyThere),
            Err(error) => Err(error),
        }
    }

    /// All statements of one container in one phase: one write.
    async fn edit(&self, first: &Change, batch: &[Change]) -> Result<Done, AwsError> {
        let Some(store) = store_of(&first.address) else { return Err(AwsError::refused("this version of postroom does not write it")) };
        let mut edits = Edits::default();
        for change in batch {
            let sid = change.statement.clone().unwrap_or_default();
            if change.after.is_null() {
                edits.drop.insert(sid);
            } else {
                edits.put.push(Statement::from_value(change.after.clone()).map_err(AwsError::malformed)?);
            }
        }
        let ask = Ask { aws: self, at: &first.address };
        let deadline = Instant::now() + self.clients.common.settings.patience;
        let mut done = Done::AlreadyThere;
        loop {
            let written = self.edit_in_turn(store, ask, &edits).await?;
            if written == Written::Changed {
                done = Done::Written;
            }
            // Between our last read and our put, or right behind it, somebody may have put what he had read before: then it is made again.
            // Without patience nobody waits: what SES cannot see yet, it says itself.
            let not_awaited = first.phase > Phase::Resources || self.clients.common.settings.patience.is_zero();
            if not_awaited || self.read_back(store, ask, &edits, deadline).await? {
                self.granted.note(&first.address, &edits).await;
                return Ok(done);
            }
            if Instant::now() >= deadline || self.stop.load(Ordering::SeqCst) {
                return Err(AwsError::refused("what was written is not seen when read back; somebody else takes it away again"));
            }
        }
    }

    /// Whether what was put is there.
    pub(super) async fn sees(&self, store: &dyn Store, at: &Address, edits: &Edits) -> Result<bool, AwsError> {
        let fresh = self.fresh();
        let have = store.read(Ask { aws: &fresh, at }).await?;
        let document = have.as_ref().and_then(|have| Document::parse(&have.text).ok());
        let seen = |put: &Statement| {
            let there = document.as_ref().zip(put.sid()).and_then(|(document, sid)| document.statement(sid));
            there.is_some_and(|there| there.means_the_same(put))
        };
        Ok(edits.put.iter().all(seen))
    }

    /// Whether what was put comes to be seen: S3 and KMS answer from older copies for a moment (facts §4.2).
    async fn read_back(&self, store: &dyn Store, ask: Ask<'_>, edits: &Edits, deadline: Instant) -> Result<bool, AwsError> {
        let deadline = deadline.min(Instant::now() + OLDER_COPIES);
        let mut wait = Duration::from_millis(100);
        loop {
            if self.sees(store, ask.at, edits).await? {
                return Ok(true);
            }
            if Instant::now() + wait >= deadline {
                return Ok(false);
            }
            if !self.waited(wait).await {
                return Ok(false);
            }
            wait = (wait * 2).min(Duration::from_secs(5));
        }
    }
}

/// The container that writes an address.
pub(super) fn store_of(at: &Address) -> Option<&'static dyn Store> {
    STORES.iter().copied().find(|store| store.kind() == at.kind)
}
