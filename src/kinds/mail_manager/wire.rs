//! The wire half that the kinds of Mail Manager share: found through the lists, made once, waited for, deleted when nothing uses it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::try_join;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::addon_instance::{AddonInstance, AddonInstances};
use super::addon_subscription::{AddonSubscription, AddonSubscriptions};
use super::address_list::{AddressList, AddressLists, ListMembers, difference};
use super::archive::{Archive, Archives, aside};
use super::ingress_endpoint::{FAILED, IngressEndpoint, IngressEndpoints, PASSING, password_variable};
use super::ours::{Found, Tagged};
use super::relay::{Relay, Relays};
use super::rule_set::{RuleSet, RuleSets};
use super::traffic_policy::{TrafficPolicies, TrafficPolicy};
use super::{Lists, arn_with};
use crate::aws::Hidden;
use crate::aws::mail_manager::{Beside, Calls, MailManager};
use crate::aws::{Answer, Ask, AwsError, Class, Remote, Session, Soon};
use crate::core::address::AddressKind;
use crate::core::change::{Action, Change};
use crate::core::world::Done;

/// CloudFormation waits as long (facts §2.2).
const CREATION: Duration = Duration::from_secs(600);
const ALTERATION: Duration = Duration::from_secs(300);
/// How long a delete is tried again that AWS refuses because something used it a moment ago.
const LET_GO: Duration = Duration::from_secs(30);
/// Between two looks, at most: as CloudFormation (facts §2.2).
const LOOK: Duration = Duration::from_secs(5);
/// After so many members it is said how far it is.
const TOLD: usize = 100;
/// Members that are under way at once.
const MEMBERS: usize = 8;

impl Remote for Lists {
    fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
        Box::pin(async move {
            let Some(kind) = AddressKind::ALL.iter().find(|kind| kind.name() == ask.at.name) else { return Ok(Answer::absent()) };
            let names = ask.aws.memo.names(&ask.aws.mail_manager(ask.at).await?, &ask.at.with_kind(*kind)).await?;
            Ok(Answer::of(Some(names)))
        })
    }
}

macro_rules! remotes {
    ($($row:ty: $spec:ty),* $(,)?) => { $(
        impl Remote for $row {
            fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
                Box::pin(read::<$spec>(ask))
            }

            fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
                Box::pin(perform::<$spec>(aws, change))
            }
        }
    )* };
}

remotes! {
    TrafficPolicies: TrafficPolicy,
    RuleSets: RuleSet,
    IngressEndpoints: IngressEndpoint,
    Relays: Relay,
    Archives: Archive,
    AddressLists: AddressList,
    AddonSubscriptions: AddonSubscription,
    AddonInstances: AddonInstance,
}

async fn read<S: Calls>(ask: Ask<'_>) -> Result<Answer, AwsError> {
    let aws = ask.aws.mail_manager(ask.at).await?;
    let names = ask.aws.memo.names(&aws, &ask.at.with_kind(S::KIND)).await?;
    let Some(id) = names.living(&ask.at.name).next().map(|item| item.id.clone()) else { return Ok(Answer::absent()) };
    if ask.at.kind == AddressKind::AddressListMembers {
        return Ok(Answer::of(Some(ListMembers { members: aws.members(&id).await? })));
    }
    let arn = arn_with(&ask.aws.home, S::KIND, &id);
    let ((spec, a_record), tags) = try_join(S::get(&aws, &id), aws.tags(&arn)).await?;
    Ok(Answer::of(Some(Found { id, spec, tags, a_record })))
}

/// One change of a resource on its way.
struct Act<'a> {
    aws: MailManager,
    session: &'a Session,
    change: &'a Change,
    password: Option<Hidden>,
}

async fn perform<S: Calls>(session: &Session, change: &Change) -> Result<Done, AwsError> {
    let password = password_variable(change).map(|name| session.password(name)).transpose()?;
    let act = Act { aws: session.mail_manager(&change.address).await?, session, change, password };
    let id = change.before.get("Id").and_then(Value::as_str).unwrap_or_default();
    match change.action {
        Action::Create => act.make::<S>().await,
        Action::Delete => act.take_away::<S>(id).await,
        Action::Replace if S::KIND == AddressKind::Archive => {
            let mut old = act.before::<Archive>()?.spec;
            old.archive_name = aside(&change.address.name, id);
            old.update(&act.aws, id, act.beside(&BTreeMap::new(), "")).await?;
            act.make::<S>().await
        }
        Action::Replace => {
            act.take_away::<S>(id).await?;
            act.make::<S>().await
        }
        _ => act.change::<S>(id).await,
    }
}

impl Act<'_> {
    fn after<S: Calls>(&self) -> Result<Tagged<S>, AwsError> {
        serde_json::from_value(self.change.after.clone()).map_err(AwsError::malformed)
    }

    fn before<S: Calls>(&self) -> Result<Tagged<S>, AwsError> {
        serde_json::from_value(self.change.before.clone()).map_err(AwsError::malformed)
    }

    fn beside<'b>(&'b self, tags: &'b BTreeMap<String, String>, token: &'b str) -> Beside<'b> {
        Beside { tags, token, password: self.password.as_ref() }
    }

    async fn make<S: Calls>(&self) -> Result<Done, AwsError> {
        let want = self.after::<S>()?;
        self.name_is_free::<S>().await?;
        let mut id = want.spec.create(&self.aws, self.beside(&want.tags, &self.token(0))).await?;
        // A token may be remembered from one that was made just so, and is deleted by now. One that is only not seen yet has the name.
        for token in [self.token(1), unheard_of()] {
            if self.aws.list(S::KIND).await?.items.iter().any(|item| item.id == id && !item.is_leaving()) {
                break;
            }
            match want.spec.create(&self.aws, self.beside(&want.tags, &token)).await {
                Ok(made) => id = made,
                Err(error) if error.code.starts_with("Conflict") => break,
                Err(error) => return Err(error),
            }
        }
        let mut made = BTreeMap::from([("id".to_owned(), id.clone())]);
        if S::KIND == AddressKind::AddressList {
            self.members(&id, &[]).await?;
        }
        if S::KIND == AddressKind::IngressEndpoint {
            let status = self.change.after.get("Status").and_then(Value::as_str);
            let record = self.settled(&id, CREATION).await?;
            made.extend(record.map(|record| ("a_record".to_owned(), record)));
            if status == Some("CLOSED") && !self.session.waits_for_nothing() {
                // The state cannot be said at creation (facts §2.3).
                want.spec.update(&self.aws, &id, Beside { password: None, ..self.beside(&want.tags, "") }).await?;
                self.settled(&id, ALTERATION).await?;
            }
        }
        Ok(Done::Made(made))
    }

    async fn change<S: Calls>(&self, id: &str) -> Result<Done, AwsError> {
        let (want, have) = (self.after::<S>()?, self.before::<S>()?);
        if S::KIND == AddressKind::IngressEndpoint {
            // What an earlier run did not live to wait for cannot be changed before it has come to its end.
            self.settled(id, CREATION).await?;
        }
        let spec = |tagged: &Tagged<S>| {
            let mut spec = serde_json::to_value(&tagged.spec).unwrap_or_default();
            for passing in ["Members", "Status"] {
                let said = spec.get(passing).and_then(Value::as_str).is_some_and(|status| ["ACTIVE", "CLOSED"].contains(&status));
                if let Some(members) = spec.as_object_mut().filter(|_| !said) {
                    members.remove(passing);
                }
            }
            spec
        };
        if spec(&want) != spec(&have) || self.password.is_some() {
            want.spec.update(&self.aws, id, self.beside(&want.tags, "")).await?;
        }
        if want.tags != have.tags {
            self.aws.tag(&arn_with(&self.session.home, S::KIND, id), &want.tags).await?;
        }
        if S::KIND == AddressKind::AddressList {
            let have: Vec<String> =
                self.change.before.get("Members").and_then(|it| serde_json::from_value(it.clone()).ok()).unwrap_or_default();
            self.members(id, &have).await?;
        }
        if S::KIND == AddressKind::IngressEndpoint {
            let record = self.settled(id, ALTERATION).await?;
            let made = record.into_iter().map(|record| ("a_record".to_owned(), record)).chain([("id".to_owned(), id.to_owned())]);
            return Ok(Done::Made(made.collect()));
        }
        Ok(Done::Written)
    }

    /// Deleted when nothing uses it any more: AWS refuses as long as an endpoint that names it is on its way out (facts §2.2).
    async fn take_away<S: Calls>(&self, id: &str) -> Result<Done, AwsError> {
        let begin = Instant::now();
        let mut wait = Duration::from_millis(500);
        loop {
            match S::delete(&self.aws, id).await {
                Err(error) if error.class == Class::NotFound => return Ok(Done::AlreadyThere),
                Err(error) if error.code.starts_with("Conflict") => {
                    let endpoints = self.aws.list(AddressKind::IngressEndpoint).await?;
                    let moving = |state: &String| PASSING.contains(&state.as_str());
                    let busy = endpoints.items.iter().any(|item| item.is_leaving() || item.state.as_ref().is_some_and(moving));
                    let bound = self.session.bound(if busy { ALTERATION } else { LET_GO });
                    self.session.tell(&self.change.address, "still in use");
                    if begin.elapsed() + wait > bound || !self.session.may_wait(wait).await {
                        return Err(error);
                    }
                    wait = (wait * 2).min(LOOK);
                }
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        if S::KIND == AddressKind::IngressEndpoint {
            self.gone(id).await?;
        }
        Ok(Done::Written)
    }

    /// An endpoint that is on its way out still has its name.
    async fn name_is_free<S: Calls>(&self) -> Result<(), AwsError> {
        if S::KIND != AddressKind::IngressEndpoint {
            return Ok(());
        }
        let names = self.aws.list(S::KIND).await?;
        for item in names.items.iter().filter(|item| item.name == self.change.address.name && item.is_leaving()) {
            self.gone(&item.id).await?;
        }
        Ok(())
    }

    /// Waits until an endpoint has come to rest, and says where it takes mail.
    async fn settled(&self, id: &str, bound: Duration) -> Result<Option<String>, AwsError> {
        let begin = Instant::now();
        let mut wait = Duration::from_millis(250);
        loop {
            let (found, record) = IngressEndpoint::get(&self.aws, id).await?;
            let status = found.status.unwrap_or_default();
            if status == FAILED {
                return Err(AwsError::refused("AWS could not make it: its state is FAILED; the next apply makes it again"));
            }
            if !PASSING.contains(&status.as_str()) || self.session.waits_for_nothing() {
                return Ok(record);
            }
            self.session.tell(&self.change.address, &format!("{status} for {} s", begin.elapsed().as_secs()));
            self.keep_waiting(begin, wait, bound, &status).await?;
            wait = (wait * 2).min(LOOK);
        }
    }

    /// Waits until an endpoint is not there any more.
    async fn gone(&self, id: &str) -> Result<(), AwsError> {
        let begin = Instant::now();
        let mut wait = Duration::from_millis(250);
        loop {
            match IngressEndpoint::get(&self.aws, id).await {
                Err(error) if error.class == Class::NotFound => return Ok(()),
                Err(error) => return Err(error),
                Ok((found, _)) => {
                    let status = found.status.unwrap_or_default();
                    self.session.tell(&self.change.address, &format!("{status} for {} s", begin.elapsed().as_secs()));
                    self.keep_waiting(begin, wait, ALTERATION, &status).await?;
                }
            }
            wait = (wait * 2).min(LOOK);
        }
    }

    /// One more wait, unless `--timeout`, or what is usual, has passed.
    async fn keep_waiting(&self, begin: Instant, wait: Duration, usual: Duration, status: &str) -> Result<(), AwsError> {
        let bound = self.session.bound(usual);
        if begin.elapsed() + wait > bound {
            let seconds = bound.as_secs();
            return Err(AwsError::unfinished(&format!("still {status} after {seconds} s (--timeout): the next apply goes on waiting")));
        }
        if !self.session.waited(wait).await {
            return Err(AwsError::unfinished(&format!("still {status} when the run was stopped: the next apply goes on waiting")));
        }
        Ok(())
    }

    /// Brings the members of a list to what the change says; some are under way at once, and AWS's throttling is waited out by the client.
    async fn members(&self, id: &str, have: &[String]) -> Result<(), AwsError> {
        let Some(want) = self.change.after.get("Members") else { return Ok(()) };
        let want: Vec<String> = serde_json::from_value(want.clone()).map_err(AwsError::malformed)?;
        let (come, go) = difference(&want, have);
        let total = come.len() + go.len();
        let comings = come.into_iter().map(|member| (true, member.to_owned()));
        let goings = go.into_iter().map(|member| (false, member.to_owned()));
        let steps: Vec<(usize, (bool, String))> = comings.chain(goings).enumerate().collect();
        let done = AtomicUsize::new(0);
        let so_far = |why: &str| {
            let done = done.load(Ordering::SeqCst);
            AwsError::unfinished(&format!("{done} of {total} members were changed: {why}; the next apply goes on"))
        };
        let (done, so_far) = (&done, &so_far);
        let one = |(index, (comes, member)): (usize, (bool, String))| async move {
            if self.session.is_stopped() {
                return Err(so_far("the run was stopped"));
            }
            if index > 0 && index % TOLD == 0 {
                self.session.tell(&self.change.address, &format!("{index} of {total} members"));
            }
            let written = if comes { self.aws.register(id, &member).await } else { self.aws.deregister(id, &member).await };
            // Where some are changed the run has written, whatever becomes of the rest.
            written.map_err(|error| if done.load(Ordering::SeqCst) > 0 { so_far(&error.to_string()) } else { error })?;
            done.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        stream::iter(steps).map(one).buffer_unordered(MEMBERS).try_collect::<Vec<()>>().await.map(drop)
    }

    /// The same for the same creation, so that one that is made twice is made once.
    fn token(&self, turn: u8) -> String {
        let replaced = self.change.before.get("Id");
        let text = format!("{}\n{}\n{replaced:?}\n{turn}", self.change.address, self.change.after);
        data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
    }
}

/// A token that no run has used: nobody knows for how long AWS remembers, and the same thing may have been made and taken away twice by then.
fn unheard_of() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("{:016x}{:016x}", RandomState::new().build_hasher().finish(), RandomState::new().build_hasher().finish())
}
