//! Mail Manager rule sets: what happens to mail that an ingress endpoint has taken. A rule set is written whole.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateRuleSet.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::action::RuleAction;
use self::condition::RuleCondition;
use super::ours::{self, Spec};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::Kind;
use crate::plan::language::mail_manager::MailRuleSet as Written;

pub mod action;
pub mod condition;

/// The members of a rule set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleSet {
    /// Its name.
    pub rule_set_name: String,
    /// In evaluation order.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    /// AWS needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<RuleCondition>,
    /// None may hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<RuleCondition>,
    /// In execution order.
    pub actions: Vec<RuleAction>,
}

impl Spec for RuleSet {
    const KIND: AddressKind = AddressKind::MailRuleSet;
    const WHAT: &'static str = "rule set";
    const RENAMES: bool = true;
}

/// The row of the table.
#[derive(Debug)]
pub struct RuleSets;

impl Kind for RuleSets {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::MailRuleSet]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let sets = &scene.plan.mail_manager.rule_sets;
        ours::reads(scene, AddressKind::MailRuleSet, sets.iter().flat_map(ours::names), wanted);
        let written: Vec<RuleSet> = ours::written(scene, AddressKind::MailRuleSet, sets);
        written.iter().flat_map(|set| &set.rules).flat_map(|rule| &rule.actions).for_each(|action| action.reads(scene, wanted));
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let sets = &scene.plan.mail_manager.rule_sets;
        ours::desire(scene, desired, sets, |entry| entry.name.value.clone(), |name, set| settle(scene, name, set));
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<RuleSet>(desired, live, draft);
    }
}

/// The rule set that the plan asks for.
#[must_use]
pub fn settle(scene: &Scene<'_>, name: &str, set: &Written) -> RuleSet {
    let rule = |rule: &crate::plan::language::mail_manager::MailRule| Rule {
        name: rule.name.as_ref().map(|name| name.value.clone()),
        conditions: rule.when.iter().map(|condition| condition::settle(scene, &condition.value)).collect(),
        unless: rule.unless.iter().map(|condition| condition::settle(scene, &condition.value)).collect(),
        actions: rule.actions.iter().map(|action| action::settle(scene, &action.value)).collect(),
    };
    RuleSet { rule_set_name: name.to_owned(), rules: set.rules.iter().map(rule).collect() }
}
