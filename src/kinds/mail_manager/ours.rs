//! What the kinds of Mail Manager have in common: found by name, owned by tag, changed in place where AWS can and replaced where it cannot.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::normal::mean_the_same;
use super::{Names, names_address};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Flag, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch};
use crate::core::live::{Live, Seen};
use crate::core::origin::Origin;
use crate::core::owner::OWNER_TAG;
use crate::core::problem::Severity;
use crate::core::scene::Scene;
use crate::plan::language::mail_manager::{Body, Entry};

/// One kind, in the API's own words.
pub(crate) trait Spec: Serialize + DeserializeOwned + Clone {
    /// Its addresses.
    const KIND: AddressKind;
    /// What people call it.
    const WHAT: &'static str;
    /// Whether AWS can give it another name.
    const RENAMES: bool;
    /// What goes with it, for who reads that it is deleted.
    const FAREWELL: Option<&'static str> = None;

    /// Puts in what is read at other addresses, where the plan speaks of it; an error says why it cannot be known.
    fn complete(&self, _found: &mut Self, _at: &Address, _live: &Live) -> Result<(), String> {
        Ok(())
    }

    /// Takes over what the plan leaves alone when it says nothing of it (contract/language.md).
    fn leave_alone(&mut self, _have: &Self) {}

    /// Why AWS cannot make this of what is there, and what mail does meanwhile.
    fn cannot_become(&self, _have: &Self, _live: &Live) -> Option<String> {
        None
    }

    /// What the difference alone does not say.
    fn note(&self, _have: &Self) -> Option<String> {
        None
    }
}

/// A resource with the tags that the plan speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tagged<S> {
    /// Its members.
    #[serde(flatten)]
    pub spec: S,
    /// Ours among its tags; others are left alone.
    #[serde(rename = "Tags", default)]
    pub tags: BTreeMap<String, String>,
}

/// A resource as it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found<S> {
    /// AWS's.
    #[serde(rename = "Id")]
    pub id: String,
    /// Its members.
    #[serde(flatten)]
    pub spec: S,
    /// All its tags.
    #[serde(rename = "Tags", default)]
    pub tags: BTreeMap<String, String>,
    /// Where an ingress endpoint takes mail.
    #[serde(rename = "ARecord", default, skip_serializing_if = "Option::is_none")]
    pub a_record: Option<String>,
}

/// Asks for the list of a kind, and for those of these names that are in it: what the list does not have is absent without a call.
pub(super) fn reads(scene: &Scene<'_>, kind: AddressKind, names: impl IntoIterator<Item = String>, wanted: &mut BTreeSet<Address>) {
    let named: BTreeSet<String> = names.into_iter().collect();
    if named.is_empty() {
        return;
    }
    let list = names_address(scene.home(), kind);
    let known: Names = scene.live.get(&list).present().unwrap_or_default();
    wanted.insert(list);
    wanted.extend(named.into_iter().filter(|name| known.living(name).count() == 1).map(|name| scene.home().at(kind, name)));
}

/// The names that an entry has and had.
pub(super) fn names<T>(entry: &Entry<T>) -> impl Iterator<Item = String> {
    std::iter::once(&entry.name).chain(&entry.was).map(|name| name.value.clone())
}

/// What is there of what the plan writes: a grant on what it uses now may have to go.
pub(super) fn written<T, S: DeserializeOwned>(scene: &Scene<'_>, kind: AddressKind, entries: &[Entry<T>]) -> Vec<S> {
    let ours = entries.iter().filter(|entry| !matches!(entry.body, Body::Existing { .. }));
    let places = ours.flat_map(names).map(|name| scene.home().at(kind, name));
    places.filter_map(|at| seen::<S>(scene.live, &at).present()).map(|found| found.spec).collect()
}

/// What the plan wants of the entries of one kind; `name` is what AWS calls them.
pub(super) fn desire<T, S: Spec>(
    scene: &Scene<'_>,
    desired: &mut Desired,
    entries: &[Entry<T>],
    name: impl Fn(&Entry<T>) -> String,
    settle: impl Fn(&str, &T) -> S,
) {
    for entry in entries {
        let name = name(entry);
        let at = scene.home().at(S::KIND, name.as_str());
        let (state, adopt) = match &entry.body {
            Body::Existing { .. } => (State::Pinned, false),
            Body::Absent { .. } => (State::Absent, false),
            Body::Ours { spec, adopt } => {
                let mut tags = scene.plan.defaults.tags.clone();
                tags.extend(entry.tags.clone());
                tags.insert(OWNER_TAG.to_owned(), scene.owner.tag());
                (State::Present(json!(Tagged { spec: settle(&name, spec), tags })), *adopt)
            }
        };
        if entry.protect {
            desired.protected.insert(at.clone());
        }
        let was = entry.was.iter().map(|was| was.value.clone()).collect();
        desired.want(at, Wanted { state, because: vec![scene.plan.cause(&entry.name.spot)], was, adopt });
    }
}

/// What is known of a resource.
pub(super) fn seen<S: DeserializeOwned>(live: &Live, at: &Address) -> Seen<Found<S>> {
    match live.get::<Names>(&names_address(&live.home, at.kind)) {
        Seen::Unreadable(why) => Seen::Unreadable(why),
        Seen::Unread => Seen::Unread,
        Seen::Absent => Seen::Absent,
        Seen::Present(names) if names.living(&at.name).next().is_none() => Seen::Absent,
        Seen::Present(_) => live.get(at),
    }
}

/// Every resource of one kind that the plan speaks of.
pub(super) fn diff<S: Spec>(desired: &Desired, live: &Live, draft: &mut Draft) {
    for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == S::KIND) {
        Meeting { at, wanted, desired, live, draft }.compare::<S>();
    }
}

/// One resource while its changes are found.
struct Meeting<'a> {
    at: &'a Address,
    wanted: &'a Wanted,
    desired: &'a Desired,
    live: &'a Live,
    draft: &'a mut Draft,
}

impl Meeting<'_> {
    fn compare<S: Spec>(&mut self) {
        if self.is_ambiguous::<S>() {
            return;
        }
        match (&self.wanted.state, seen::<S>(self.live, self.at)) {
            (_, Seen::Unreadable(why)) => self.draft.cannot_read(self.at, &why),
            (_, Seen::Unread) => self.draft.cannot_read(self.at, "not read"),
            (State::Absent, Seen::Absent) | (State::Pinned, Seen::Present(_)) => self.draft.unchanged += 1,
            (State::Pinned, Seen::Absent) if self.desired.parting.contains(self.at) => self.draft.unchanged += 1,
            (State::Pinned, Seen::Absent) => {
                self.draft.missing(self.at, self.wanted, &format!("`existing: true`, but there is no such {}", S::WHAT));
            }
            (State::Absent, Seen::Present(have)) => {
                self.remove(self.at.clone(), &have, None);
            }
            (State::Present(want), have) => {
                let Ok(want) = serde_json::from_value::<Tagged<S>>(want.clone()) else {
                    return self.draft.cannot_read(self.at, "what is wanted does not read");
                };
                self.make_so(want, have.present());
            }
        }
    }

    /// Names are not unique to AWS, and a resource is only found by its name (facts §2.1).
    fn is_ambiguous<S: Spec>(&mut self) -> bool {
        let list = names_address(&self.live.home, self.at.kind);
        let count = self.live.get::<Names>(&list).present().map_or(0, |names| names.living(&self.at.name).count());
        if count > 1 {
            let message =
                format!("there are {count} resources of the kind {} that are called `{}`: rename all but one", S::WHAT, self.at.name);
            self.draft.find("name-not-unique", Severity::Error, message, &self.wanted.because);
        }
        count > 1
    }

    fn make_so<S: Spec>(&mut self, want: Tagged<S>, have: Option<Found<S>>) {
        let former = self.former::<S>();
        match (have, former) {
            (None, Some((_, former))) if S::RENAMES => drop(self.update(want, former)),
            (None, former) => {
                let sketch = self.sketch(Action::Create, Phase::Resources, json!(want), Value::Null);
                let made = self.draft.push(sketch);
                if let Some((old, former)) = former {
                    self.remove(old, &former, Some(made));
                }
            }
            (Some(have), former) => {
                let updated = self.update(want, have);
                if let Some((old, former)) = former {
                    self.remove(old, &former, updated);
                }
            }
        }
    }

    /// What is there under an earlier name, and is this plan's.
    fn former<S: Spec>(&self) -> Option<(Address, Found<S>)> {
        let places = self.wanted.was.iter().map(|was| Address { name: was.clone(), ..self.at.clone() });
        let found = places.filter_map(|old| seen::<S>(self.live, &old).present().map(|found| (old, found)));
        let ours = |found: &Found<S>| found.tags.get(OWNER_TAG).is_some_and(|tag| self.desired.owner.made(tag));
        found.into_iter().find(|(_, found)| ours(found))
    }

    fn sketch(&self, action: Action, phase: Phase, after: Value, before: Value) -> Sketch {
        let mut sketch = Sketch::new(self.at.clone(), action, phase, after, before).because(&self.wanted.because);
        sketch.users.insert(Origin::Resource(self.at.clone()));
        sketch
    }

    fn update<S: Spec>(&mut self, mut want: Tagged<S>, mut have: Found<S>) -> Option<usize> {
        if !self.may_write(S::WHAT, &have.tags) {
            return None;
        }
        if let Err(why) = want.spec.complete(&mut have.spec, self.at, self.live) {
            self.draft.cannot_read(self.at, &why);
            return None;
        }
        want.spec.leave_alone(&have.spec);
        let owned = have.tags.contains_key(OWNER_TAG);
        let kept = have.tags.iter().filter(|(name, _)| want.tags.contains_key(*name)).map(|(name, value)| (name.clone(), value.clone()));
        let now = Tagged { spec: have.spec.clone(), tags: kept.collect() };
        let rotates = self.desired.rotate.contains(self.at);
        // What AWS only keeps in another form — digests, versions, ARNs for ids — is not written again where nothing but tags differs.
        if !rotates && mean_the_same(&json!(want.spec), &json!(now.spec), self.live) {
            want.spec.clone_from(&now.spec);
        }
        let (after, before) = (with_id(&have.id, &want), with_id(&have.id, &now));
        if mean_the_same(&after, &before, self.live) && !rotates {
            self.draft.unchanged += 1;
            return None;
        }
        if let Some(why) = want.spec.cannot_become(&have.spec, self.live) {
            return self.replace(S::WHAT, &want, before, why);
        }
        let action = if owned { Action::Update } else { Action::Adopt };
        let mut sketch = self.sketch(action, Phase::Resources, after, before);
        sketch.note = if rotates { Some("its password is sent again (--rotate)".to_owned()) } else { want.spec.note(&have.spec) };
        if rotates && let Some(password) = sketch.after.pointer_mut("/IngressPointConfiguration/SmtpPassword") {
            password["Rotate"] = json!(true);
        }
        Some(self.draft.push(sketch))
    }

    fn replace<S: Spec>(&mut self, what: &str, want: &Tagged<S>, before: Value, why: String) -> Option<usize> {
        if self.desired.protected.contains(self.at) {
            let message = format!("{what} `{}` is protected and would have to be replaced: {why}", self.at.name);
            self.draft.find("protected", Severity::Error, message, &self.wanted.because);
            return None;
        }
        let sketch = self.sketch(Action::Replace, Phase::Resources, json!(want), before).needing(Flag::AllowDelete).note(why);
        Some(self.draft.push(sketch))
    }

    /// Whose it is, by its tag (contract/language.md).
    fn may_write(&mut self, what: &str, tags: &BTreeMap<String, String>) -> bool {
        let (name, plan) = (&self.at.name, &self.desired.owner);
        let message = match tags.get(OWNER_TAG) {
            Some(tag) if plan.made(tag) => return true,
            Some(tag) => format!("{what} `{name}` is another plan's (`{OWNER_TAG} = {tag}`): refer to it with `existing: true`"),
            None if self.wanted.adopt => return true,
            None => format!(
                "{what} `{name}` is there and carries no tag `{OWNER_TAG}`: say `existing: true` to only refer to it, or `adopt: true` to take it over"
            ),
        };
        self.draft.find("not-ours", Severity::Error, message, &self.wanted.because);
        false
    }

    /// It goes when it is this plan's; `after` is the change that made what takes its place.
    fn remove<S: Spec>(&mut self, at: Address, have: &Found<S>, after: Option<usize>) -> Option<usize> {
        let mut refuse = |code: &'static str, why: &str| {
            let message = format!("{} `{}` shall be absent, but {why}: it is left as it is", S::WHAT, at.name);
            self.draft.find(code, self.desired.refusal(self.at), message, &self.wanted.because);
            None
        };
        if !have.tags.get(OWNER_TAG).is_some_and(|tag| self.desired.owner.made(tag)) {
            return refuse("not-ours", "it is not this plan's");
        }
        if self.desired.protected.contains(self.at) {
            return refuse("protected", "it is protected (say `protect: false` first)");
        }
        let mut sketch = self.sketch(Action::Delete, Phase::Remove, Value::Null, json!(have)).needing(Flag::AllowDelete);
        sketch.users = [Origin::Resource(at.clone())].into();
        sketch.note = if at == *self.at { S::FAREWELL.map(str::to_owned) } else { Some(format!("renamed to `{}`", self.at.name)) };
        sketch.at = at;
        sketch.needs.extend(after);
        Some(self.draft.push(sketch))
    }
}

fn with_id<S: Serialize>(id: &str, tagged: &Tagged<S>) -> Value {
    let mut members = serde_json::Map::from_iter([("Id".to_owned(), json!(id))]);
    if let Value::Object(spec) = json!(tagged) {
        members.extend(spec);
    }
    Value::Object(members)
}
