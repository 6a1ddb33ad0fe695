//! What must be done to rule sets, rules and the pointer.

use serde_json::{Value, json};

use super::rule::{self, ReceiptAction, ReceiptRule};
use super::{LiveSet, Pointer, WantedSet, pointer_address};
use crate::core::address::{Address, AddressKind, Home};
use crate::core::change::{Action, Flag, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch, is_of_set};
use crate::core::ids::Arn;
use crate::core::live::{Live, Seen};
use crate::core::order;
use crate::core::origin::Origin;
use crate::core::problem::Severity;
use crate::kinds::key::behind_alias;

/// Every rule set of the plan.
pub(super) fn sets(desired: &Desired, live: &Live, draft: &mut Draft) {
    for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::ReceiptRuleSet) {
        match (&wanted.state, live.get::<LiveSet>(at)) {
            (_, Seen::Unreadable(why)) => draft.cannot_read(at, &why),
            (_, Seen::Unread) => draft.cannot_read(at, "not read"),
            (State::Absent, Seen::Absent) => draft.unchanged += 1,
            (State::Absent, Seen::Present(have)) => remove_set(at, wanted, &have, desired, live, draft),
            (State::Pinned, _) => {}
            (State::Present(want), have) => {
                let Ok(want) = serde_json::from_value::<WantedSet>(want.clone()) else { continue };
                let have = have.present().map(|have| by_keys(have, live));
                let mut set = Set { at, desired, draft, last: None, made: None, want };
                set.compare(wanted, have);
            }
        }
    }
}

/// The rules with their keys named as a plan's rule names them: somebody may have given SES the ARN of an alias. That of SES's own key is
/// kept.
fn by_keys(mut have: LiveSet, live: &Live) -> LiveSet {
    for action in have.rules.iter_mut().flat_map(|rule| &mut rule.actions) {
        let ReceiptAction::S3Action { kms_key_arn: Some(key), .. } = action else { continue };
        if !key.ends_with(":alias/aws/ses") {
            *key = behind_alias(key, live).unwrap_or_else(|| key.clone());
        }
    }
    have
}

/// A set goes when nothing is in it that the plan does not name; what the plan names in it is `absent` and goes first.
fn remove_set(at: &Address, wanted: &Wanted, have: &LiveSet, desired: &Desired, live: &Live, draft: &mut Draft) {
    let absent =
        |name: &str| desired.resources.get(&rule::address(&desired.home, &at.name, name)).is_some_and(|rule| rule.state == State::Absent);
    let others: Vec<_> = have.rules.iter().map(|rule| rule.name.as_str()).filter(|name| !absent(name)).collect();
    let parting = desired.parting.contains(at);
    if !others.is_empty() && parting {
        let others = others.join(", ");
        let message =
            format!("rule set `{}` stays, and goes on receiving if it does now: it holds rules that are not the plan's: {others}", at.name);
        draft.find("rule-set-not-empty", desired.refusal(at), message, &wanted.because);
        for rule in have.rules.iter().filter(|rule| absent(&rule.name)) {
            draft.push(delete_rule(&desired.home, &at.name, rule, ""));
        }
        return;
    }
    if !others.is_empty() {
        let message = format!(
            "rule set `{}` shall be absent, but holds rules that the plan does not remove: {}; list each with `absent: true`",
            at.name,
            others.join(", ")
        );
        draft.find("rule-set-not-empty", Severity::Error, message, &wanted.because);
        return;
    }
    let active = live.get::<Pointer>(&pointer_address(&desired.home)).present().and_then(|pointer| pointer.active);
    let moved = desired.resources.contains_key(&pointer_address(&desired.home));
    if active.as_deref() == Some(&at.name) && !moved && !parting {
        let message = format!(
            "rule set `{}` is the active one, and SES does not delete it; activate another, or say `receipt: {{ active: none }}`",
            at.name
        );
        draft.find("rule-set-active", Severity::Error, message, &wanted.because);
        return;
    }
    let mut needs = Vec::new();
    for rule in &have.rules {
        needs.push(draft.push(delete_rule(&desired.home, &at.name, rule, "")));
    }
    let mut sketch = Sketch::new(at.clone(), Action::Delete, Phase::Remove, Value::Null, json!({})).because(&wanted.because);
    sketch.needs.extend(needs);
    draft.push(sketch.needing(Flag::AllowDelete));
}

fn rule_origin(home: &Home, set: &str, rule: &str) -> Origin {
    let resource = format!("receipt-rule-set/{set}:receipt-rule/{rule}");
    Origin::Rule(Arn::new(&home.partition(), "ses", home.region.as_str(), home.account.as_str(), &resource))
}

fn delete_rule(home: &Home, set: &str, have: &ReceiptRule, note: &str) -> Sketch {
    let at = rule::address(home, set, &have.name);
    let mut sketch = Sketch::new(at, Action::Delete, Phase::Remove, Value::Null, json!(have)).needing(Flag::AllowDelete);
    sketch.users.insert(rule_origin(home, set, &have.name));
    if note.is_empty() { sketch } else { sketch.note(note) }
}

/// One set while its changes are found.
struct Set<'a> {
    at: &'a Address,
    desired: &'a Desired,
    draft: &'a mut Draft,
    want: WantedSet,
    /// The last change to a rule: later rules of a set wait for the earlier ones.
    last: Option<usize>,
    /// The change that makes the set.
    made: Option<usize>,
}

impl Set<'_> {
    fn compare(&mut self, wanted: &Wanted, have: Option<LiveSet>) {
        if have.is_none() {
            let sketch = Sketch::new(self.at.clone(), Action::Create, Phase::Resources, json!({}), Value::Null);
            self.made = Some(self.draft.push(sketch.because(&wanted.because)));
        } else {
            self.draft.unchanged += 1;
        }
        let have = have.map(|have| have.rules).unwrap_or_default();
        let mut names: Vec<String> = have.iter().map(|rule| rule.name.clone()).collect();
        for name in self.want.rules.clone() {
            if let Some(wanted) = self.wanted_rule(&name) {
                names = self.rule(&name, &wanted, &have, names);
            }
        }
        self.order(wanted, &names);
        self.removals(&have);
    }

    fn wanted_rule(&self, name: &str) -> Option<Wanted> {
        self.desired.resources.get(&rule::address(&self.desired.home, &self.at.name, name)).cloned()
    }

    /// One rule in its turn; gives the names in the set after it.
    fn rule(&mut self, name: &str, wanted: &Wanted, have: &[ReceiptRule], names: Vec<String>) -> Vec<String> {
        let at = rule::address(&self.desired.home, &self.at.name, name);
        let found = have.iter().find(|rule| rule.name == name).cloned().map(ReceiptRule::normalised);
        let State::Present(want) = &wanted.state else {
            match found {
                Some(_) => self.draft.unchanged += 1,
                None => self.draft.missing(&at, wanted, "`existing: true`, but there is no such rule"),
            }
            return names;
        };
        let Some(found) = found else {
            let after = order::place_of(name, &self.want.rules, &names);
            let mut spec = want.clone();
            if let Some(members) = spec.as_object_mut() {
                members.insert("After".to_owned(), json!(after));
            }
            let former = wanted.was.iter().find(|was| names.contains(was));
            let mut sketch = Sketch::new(at, Action::Create, Phase::Resources, spec, Value::Null);
            if let Some(former) = former {
                sketch = sketch.note(format!("made before `{former}` goes: for a moment both take the same mail"));
            }
            self.push_rule(name, wanted, sketch);
            return order::with_rule(name, after.as_deref(), &names);
        };
        let same = serde_json::from_value::<ReceiptRule>(want.clone()).is_ok_and(|want| want.means_the_same(&found));
        if same {
            self.draft.unchanged += 1;
        } else {
            let sketch = Sketch::new(at, Action::Update, Phase::Resources, want.clone(), json!(found));
            self.push_rule(name, wanted, sketch);
        }
        names
    }

    fn push_rule(&mut self, name: &str, wanted: &Wanted, mut sketch: Sketch) {
        sketch.users.insert(rule_origin(&self.desired.home, &self.at.name, name));
        sketch.needs.extend(self.last.or(self.made));
        self.last = Some(self.draft.push(sketch.because(&wanted.because)));
    }

    fn order(&mut self, wanted: &Wanted, names: &[String]) {
        if order::permutation(&self.want.rules, names).is_some() {
            // Only the relative order of the plan's rules is ours to say; the permutation is made of the set as it is then.
            let want: Vec<&String> = self.want.rules.iter().filter(|name| names.contains(name)).collect();
            let have: Vec<&String> = names.iter().filter(|name| self.want.rules.contains(name)).collect();
            let mut sketch = Sketch::new(self.at.clone(), Action::Reorder, Phase::Order, json!(want), json!(have));
            sketch.needs.extend(self.last);
            self.draft.push(sketch.because(&wanted.because));
        }
    }

    fn removals(&mut self, have: &[ReceiptRule]) {
        let home = &self.desired.home;
        let set = &self.at.name;
        for live in have {
            if self.want.rules.contains(&live.name) {
                continue;
            }
            let named = self.desired.resources.get(&rule::address(home, set, &live.name));
            let successor = self.want.rules.iter().find(|name| {
                let wanted = self.desired.resources.get(&rule::address(home, set, name));
                wanted.is_some_and(|wanted| wanted.was.contains(&live.name))
            });
            let sketch = match (named, successor) {
                (Some(wanted), _) => delete_rule(home, set, live, "").because(&wanted.because),
                (None, Some(successor)) => {
                    // New before old, in a part of the run as well.
                    let mut sketch = delete_rule(home, set, live, &format!("renamed to `{successor}`"));
                    sketch.needs.extend(self.last);
                    sketch
                }
                (None, None) if self.want.remove_other_rules => delete_rule(home, set, live, "in no plan line, and `other_rules: remove`"),
                (None, None) => {
                    let message = format!(
                        "rule `{}` of set `{set}` is live and in no plan line: it stays, and so do its grants; \
                         give it an entry with `absent: true`, or set `other_rules: remove`, to take it away",
                        live.name
                    );
                    let because = self.desired.resources.get(self.at).map(|set| set.because.clone()).unwrap_or_default();
                    self.draft.find("rule-not-in-plan", Severity::Info, message, &because);
                    continue;
                }
            };
            self.draft.push(sketch);
        }
    }
}

/// No set receives where the one that does is taken back: SES does not delete it while it is active.
/// <https://docs.aws.amazon.com/ses/latest/APIReference/API_DeleteReceiptRuleSet.html>
fn part(desired: &Desired, live: &Live, draft: &mut Draft) {
    let Some(have) = live.get::<Pointer>(&pointer_address(&desired.home)).present() else { return };
    let Some(active) = have.active.as_ref().map(|active| desired.home.at(AddressKind::ReceiptRuleSet, active.clone())) else { return };
    let goes = |other: &Sketch| other.at == active && other.action == Action::Delete;
    if desired.parting.contains(&active) && draft.sketches().iter().any(goes) {
        let because = desired.resources.get(&active).map(|set| set.because.clone()).unwrap_or_default();
        let note = format!("rule set `{}` receives now; from here on no mail is received", active.name);
        let sketch = Sketch::new(active, Action::Deactivate, Phase::Activate, json!(Pointer { active: None }), json!(have));
        draft.push(sketch.because(&because).needing(Flag::AllowActivate).note(note));
    }
}

/// Which set receives.
pub(super) fn pointer(desired: &Desired, live: &Live, draft: &mut Draft) {
    part(desired, live, draft);
    let at = pointer_address(&desired.home);
    let Some(wanted) = desired.resources.get(&at) else { return };
    let State::Present(want) = &wanted.state else { return };
    let Ok(want) = serde_json::from_value::<Pointer>(want.clone()) else { return };
    let have = match live.get::<Pointer>(&at) {
        Seen::Present(have) => have,
        Seen::Absent => Pointer { active: None },
        Seen::Unreadable(why) => return draft.cannot_read(&at, &why),
        Seen::Unread => return draft.cannot_read(&at, "not read"),
    };
    if want == have {
        draft.unchanged += 1;
        return;
    }
    let (action, set) = match (&want.active, &have.active) {
        (Some(set), _) => (Action::Activate, set),
        (None, Some(set)) => (Action::Deactivate, set),
        (None, None) => return,
    };
    let set_at = desired.home.at(AddressKind::ReceiptRuleSet, set.clone());
    let made = draft.sketches().iter().enumerate().filter(|(_, other)| other.phase < Phase::Activate && is_of_set(&other.at, set));
    let needs = made.map(|(index, _)| index).collect();
    let mut sketch = Sketch::new(set_at, action, Phase::Activate, json!(want), json!(have)).because(&wanted.because);
    if action == Action::Activate {
        // A set receives when all that the plan says of it is done.
        sketch.needs = needs;
    }
    if let Some(current) = &have.active {
        // Where nothing receives there is nobody to take mail from.
        sketch = sketch.needing(Flag::AllowActivate).note(format!("rule set `{current}` receives now"));
    }
    draft.push(sketch);
}
