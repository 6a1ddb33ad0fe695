//! Receipt rule sets: their rules, the order of the rules, and which set receives.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use self::rule::ReceiptRule;
use super::Kind;
use crate::core::address::{Address, AddressKind, Home};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::Draft;
use crate::core::ids::Arn;
use crate::core::live::{Live, Seen};
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::plan::language::{OtherRules, Rule, RuleBody, RuleSet, RuleSpec};

mod compare;
pub mod rule;
mod users;

/// `DescribeReceiptRuleSet`: the rules in evaluation order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LiveSet {
    /// In evaluation order.
    pub rules: Vec<ReceiptRule>,
}

/// The set as the plan wants it: the plan's rules in order (others may stand between them) and what becomes of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WantedSet {
    /// Names, in evaluation order.
    pub rules: Vec<String>,
    /// Live rules that the plan does not name are removed.
    pub remove_other_rules: bool,
}

/// The one pointer of an account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pointer {
    /// The set that receives; none: no mail is received.
    pub active: Option<String>,
}

/// `ListReceiptRuleSets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetNames {
    /// The names of all sets.
    pub names: Vec<String>,
}

/// The row of the table.
#[derive(Debug)]
pub struct ReceiptRuleSets;

/// `receipt-rule-set-pointer/active`.
#[must_use]
pub fn pointer_address(home: &Home) -> Address {
    home.at(AddressKind::ActiveReceiptRuleSet, "active")
}

/// `receipt-rule-sets/all`.
#[must_use]
pub fn all_sets_address(home: &Home) -> Address {
    home.at(AddressKind::ReceiptRuleSets, "all")
}

fn set_address(home: &Home, set: &str) -> Address {
    home.at(AddressKind::ReceiptRuleSet, set)
}

impl Kind for ReceiptRuleSets {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::ReceiptRuleSet, AddressKind::ReceiptRuleSets, AddressKind::ReceiptRule, AddressKind::ActiveReceiptRuleSet]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let receipt = &scene.plan.receipt;
        if receipt.rule_sets.iter().any(|(_, set)| set.active.is_some() || set.absent) || receipt.active_none.is_some() {
            wanted.insert(pointer_address(scene.home()));
        }
        for (name, set) in &receipt.rule_sets {
            for (rule, spec) in ours(set) {
                let settled = ReceiptRule::settle(scene, rule.name.value.as_str(), spec);
                settled.actions.iter().for_each(|action| action.reads(scene, wanted));
            }
            for name in std::iter::once(&name.value).chain(set.was.iter().map(|was| &was.value)) {
                let at = set_address(scene.home(), name.as_str());
                let live = scene.live.get::<LiveSet>(&at).present();
                wanted.insert(at);
                // What a rule of ours, or one that goes in this run, points at now: a grant there may have to go.
                let leaving = live.iter().flat_map(|live| &live.rules).filter(|live| !stays(scene, name.as_str(), &live.name));
                leaving.flat_map(|live| &live.actions).for_each(|action| action.reads(scene, wanted));
            }
        }
        users::named(scene, wanted);
    }

    fn reads_of_tenants(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        users::anybody(scene, wanted);
    }

    fn grants(&self, scene: &Scene<'_>) -> Vec<Grant> {
        own_grants(scene)
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for (name, set) in &scene.plan.receipt.rule_sets {
            desire_set(scene, name.value.as_str(), set, desired);
        }
        let because = |spot| vec![scene.plan.cause(spot)];
        let active = scene.plan.receipt.rule_sets.iter().find_map(|(name, set)| set.active.as_ref().map(|spot| (name, spot)));
        let pointer = match (active, &scene.plan.receipt.active_none) {
            (Some((name, spot)), _) => Some((Some(name.value.to_string()), because(spot))),
            (None, Some(spot)) => Some((None, because(spot))),
            (None, None) => None,
        };
        if let Some((active, because)) = pointer {
            let state = State::Present(json!(Pointer { active }));
            desired.want(pointer_address(scene.home()), Wanted { state, because, was: Vec::new(), adopt: false });
        }
        tenants(scene, desired);
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        compare::sets(desired, live, draft);
        compare::pointer(desired, live, draft);
    }
}

/// The rules of a plan's set that are written by it.
fn ours(set: &RuleSet) -> impl Iterator<Item = (&Rule, &RuleSpec)> {
    set.rules.iter().filter_map(|rule| match &rule.body {
        RuleBody::Ours(spec) => Some((rule, spec)),
        RuleBody::Existing | RuleBody::Absent => None,
    })
}

fn desire_set(scene: &Scene<'_>, name: &str, set: &RuleSet, desired: &mut Desired) {
    let at = set_address(scene.home(), name);
    let because = vec![scene.plan.cause(&set.spot)];
    let in_order = set.rules.iter().filter(|rule| !matches!(rule.body, RuleBody::Absent));
    let wanted =
        WantedSet { rules: in_order.map(|rule| rule.name.value.to_string()).collect(), remove_other_rules: removes_others(scene, set) };
    for former in &set.was {
        // New before old: under its former name the set goes, with the rules that the new one has.
        let gone = || Wanted { state: State::Absent, because: because.clone(), was: Vec::new(), adopt: false };
        desired.want(set_address(scene.home(), former.value.as_str()), gone());
        for (rule, _) in ours(set) {
            desired.want(rule::address(scene.home(), former.value.as_str(), rule.name.value.as_str()), gone());
        }
    }
    let state = if set.absent { State::Absent } else { State::Present(json!(wanted)) };
    desired.want(at, Wanted { state, because, was: Vec::new(), adopt: false });
    for rule in &set.rules {
        let because = vec![scene.plan.cause(&rule.spot)];
        let rule_name = rule.name.value.as_str();
        let state = match &rule.body {
            RuleBody::Existing => State::Pinned,
            RuleBody::Absent => State::Absent,
            RuleBody::Ours(spec) => State::Present(json!(ReceiptRule::settle(scene, rule_name, spec))),
        };
        let was = rule.was.iter().map(|was| was.value.to_string()).collect();
        desired.want(rule::address(scene.home(), name, rule_name), Wanted { state, because, was, adopt: false });
    }
}

/// What the plan's own rules need.
fn own_grants(scene: &Scene<'_>) -> Vec<Grant> {
    let of_rule = |set: &str, rule: &Rule, spec: &RuleSpec| {
        let cause_of = |index: usize| spec.actions.get(index).map(|action| scene.plan.cause(&action.spot)).into_iter().collect();
        ReceiptRule::settle(scene, rule.name.value.as_str(), spec).grants(scene, set, cause_of)
    };
    let sets = scene.plan.receipt.rule_sets.iter();
    sets.flat_map(|(name, set)| ours(set).flat_map(|(rule, spec)| of_rule(name.value.as_str(), rule, spec)).collect::<Vec<_>>()).collect()
}

fn removes_others(scene: &Scene<'_>, set: &RuleSet) -> bool {
    set.other_rules.unwrap_or(scene.plan.defaults.other_rules) == OtherRules::Remove
}

/// Whether a live rule of a plan's set is somebody's who stays: not written by the plan, and not removed in this run.
fn is_tenant(scene: &Scene<'_>, set: &RuleSet, rule: &str) -> bool {
    let listed = set.rules.iter().find(|known| known.name.value.as_str() == rule);
    let renamed = set.rules.iter().any(|known| known.was.iter().any(|was| was.value.as_str() == rule));
    match listed.map(|rule| &rule.body) {
        Some(RuleBody::Existing) => true,
        Some(RuleBody::Ours(_) | RuleBody::Absent) => false,
        None => !renamed && !removes_others(scene, set),
    }
}

/// The rules that live on beside the plan's, with all that they use: no statement of ours that one of them needs is taken away.
fn tenants(scene: &Scene<'_>, desired: &mut Desired) {
    for at in scene.live.of_kind(AddressKind::ReceiptRuleSet) {
        let Some(live) = scene.live.get::<LiveSet>(at).present() else { continue };
        for rule in &live.rules {
            if stays(scene, &at.name, &rule.name) {
                desired.tenants.extend(rule.grants(scene, &at.name, |_| Vec::new()));
            }
        }
    }
}

/// The set and the rule that an ARN of this account and region names.
#[must_use]
pub fn rule_of(home: &Home, arn: &Arn) -> Option<(String, String)> {
    if arn.service() != "ses" || arn.account() != home.account.as_str() || arn.region() != home.region.as_str() {
        return None;
    }
    let (set, rule) = arn.resource().strip_prefix("receipt-rule-set/")?.split_once(":receipt-rule/")?;
    Some((set.to_owned(), rule.to_owned()))
}

/// Whether a rule lives: `None` when it cannot be said.
#[must_use]
pub fn lives(live: &Live, arn: &Arn) -> Option<bool> {
    let (set, rule) = rule_of(&live.home, arn)?;
    match live.get::<LiveSet>(&set_address(&live.home, &set)) {
        Seen::Present(found) => Some(found.rules.iter().any(|known| known.name == rule)),
        Seen::Absent => Some(false),
        Seen::Unreadable(_) | Seen::Unread => None,
    }
}

/// Whether a live rule of a set stays beside what the plan does: not written by it and not removed in this run.
#[must_use]
pub fn stays(scene: &Scene<'_>, set: &str, rule: &str) -> bool {
    let sets = &scene.plan.receipt.rule_sets;
    if let Some((_, set)) = sets.iter().find(|(known, _)| known.value.as_str() == set) {
        return is_tenant(scene, set, rule);
    }
    let renamed = sets.iter().find(|(_, candidate)| candidate.was.iter().any(|was| was.value.as_str() == set));
    renamed.is_none_or(|(_, set)| !ours(set).any(|(known, _)| known.name.value.as_str() == rule))
}

#[cfg(feature = "aws")]
mod wire {
    use serde_json::Value;

    use super::{LiveSet, Pointer, ReceiptRule, ReceiptRuleSets, SetNames};
    use crate::aws::{Answer, Ask, AwsError, RACES, Remote, Session, Soon};
    use crate::core::address::{Address, AddressKind};
    use crate::core::change::{Action, Change};
    use crate::core::order;
    use crate::core::world::Done;

    impl Remote for ReceiptRuleSets {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let ses = ask.aws.ses(ask.at).await?;
                Ok(match ask.at.kind {
                    AddressKind::ActiveReceiptRuleSet => {
                        let active = ask.aws.memo.active_set(&ses, ask.at).await?;
                        Answer::of(Some(Pointer { active: active.map(|active| active.name) }))
                    }
                    AddressKind::ReceiptRuleSets => Answer::of(Some(SetNames { names: ses.rule_set_names().await? })),
                    _ => {
                        let rules = match ask.aws.memo.rules_beside_active(&ses, ask.at).await {
                            Some(rules) => Some(rules),
                            None => ses.rule_set(&ask.at.name).await?,
                        };
                        Answer::of(rules.map(|rules| LiveSet { rules }))
                    }
                })
            })
        }

        fn is_paced(&self) -> bool {
            true
        }

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(async move { write(aws, change).await.map(|()| Done::Written) })
        }
    }

    async fn write(aws: &Session, change: &Change) -> Result<(), AwsError> {
        let ses = aws.ses(&change.address).await?;
        let name = &change.address.name;
        match (change.address.kind, change.action) {
            (AddressKind::ReceiptRule, action) => {
                let (set, rule) = name.split_once('/').unwrap_or((name, ""));
                if action == Action::Delete {
                    return ses.delete_rule(set, rule).await;
                }
                let wanted: ReceiptRule = serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?;
                if action == Action::Create {
                    return ses.create_rule(set, text(&change.after, "After"), &wanted).await;
                }
                ses.update_rule(set, &wanted).await
            }
            (_, Action::Create) => ses.create_rule_set(name).await,
            (_, Action::Delete) => ses.delete_rule_set(name).await,
            (_, Action::Activate) => ses.set_active(Some(name)).await,
            (_, Action::Deactivate) => ses.set_active(None).await,
            (_, Action::Reorder) => reorder(aws, &change.address, &names(&change.after)).await,
            _ => Ok(()),
        }
    }

    /// The permutation must be exact, so it is made of the set as it is now, others' new rules included; and made again when somebody was
    /// faster: SES names the rules it misses (`Positions for rules not found`), or the one that is gone.
    async fn reorder(aws: &Session, set: &Address, wanted: &[String]) -> Result<(), AwsError> {
        let ses = aws.ses(set).await?;
        let mut last = AwsError::refused("others keep changing this rule set");
        for _ in 0..RACES {
            let current: Vec<String> = ses.rule_set(&set.name).await?.unwrap_or_default().into_iter().map(|rule| rule.name).collect();
            let Some(permutation) = order::permutation(wanted, &current) else { return Ok(()) };
            match ses.reorder(&set.name, permutation).await {
                Err(error) if error.message.contains("Positions for rules not found") || error.code.starts_with("RuleDoesNotExist") => {
                    last = error
                }
                done => return done,
            }
        }
        Err(last)
    }

    fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
        value.get(member).and_then(Value::as_str)
    }

    fn names(value: &Value) -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
