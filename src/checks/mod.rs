//! One file per finding: its code, how much it weighs, the AWS page, and the function that looks for it. What `plan` can know and SES would
//! only say when the rule is saved, or never.
//!
//! A new check is a file here, its `mod` line and its line in [`CHECKS`].

mod accept_unknown;
mod action_never_reached;
mod archive_pending_deletion;
mod bounce_codes_disagree;
mod bucket_key_aws_managed;
mod bucket_key_by_alias;
mod bucket_missing;
mod bucket_name_over_62;
mod bucket_object_lock_retention;
mod bucket_region_needs_role;
mod client_side_encryption;
mod duplicate_recipient;
mod fifo_topic;
mod filter_contradiction;
mod foreign_deny_blocks_ses;
mod function_missing;
mod grant_missing;
mod identity_missing;
mod ingress_not_active;
mod key_disabled;
mod key_missing;
mod key_region;
mod key_wrong_spec;
mod list_member_pattern;
mod mail_size_150kb;
mod mail_size_40mb;
mod not_used;
mod prefix_overlap;
mod region_not_receiving;
mod role_unused;
mod rule_never_reached;
mod rule_without_actions;
mod secret_deleted;
mod secret_json_unchecked;
mod secret_key_aws_managed;
mod secret_missing;
mod secret_without_value;
mod ses_alias_missing;
mod sns_action_alone;
mod tag_with_space;
mod tls_fips_region;
mod tls_optional_with_login;
mod too_many_tags;
mod topic_key_aws_managed;
mod topic_missing;
mod traffic_policy_lets_nothing_in;
mod wildcard_under_equals;
mod wrong_region;

use std::collections::BTreeMap;

use crate::core::address::Address;
use crate::core::change::Finding;
use crate::core::desired::Desired;
use crate::core::ids::Arn;
use crate::core::live::Seen;
use crate::core::problem::{Cause, Severity};
use crate::core::scene::{KeyRef, Scene};
use crate::kinds::receipt_rule_set::rule::{ReceiptAction, ReceiptRule, key_named};
use crate::kinds::secret::{self, Secret};
use crate::plan::language::mail_manager::MailAction;
use crate::plan::language::{Placed, RuleBody};
#[cfg(feature = "aws")]
pub(crate) use bucket_region_needs_role::RECEIVING;

/// One thing to look for.
#[derive(Debug)]
pub struct Check {
    /// From the closed list of contract/cli.md.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The AWS page.
    pub doc: &'static str,
    /// What it is about and why it matters, for the documentation.
    pub about: &'static str,
    /// Looks for it.
    pub look: fn(&Look<'_>) -> Vec<Found>,
}

/// What was found: the sentence, and the plan lines it is about.
#[derive(Debug)]
pub struct Found {
    /// What is wrong and what to do.
    pub message: String,
    /// The plan lines.
    pub because: Vec<Cause>,
}

/// Every check, sorted by code.
pub static CHECKS: &[&Check] = &[
    &accept_unknown::CHECK,
    &action_never_reached::CHECK,
    &archive_pending_deletion::CHECK,
    &bounce_codes_disagree::CHECK,
    &bucket_key_aws_managed::CHECK,
    &bucket_key_by_alias::CHECK,
    &bucket_missing::CHECK,
    &bucket_name_over_62::CHECK,
    &bucket_object_lock_retention::CHECK,
    &bucket_region_needs_role::CHECK,
    &client_side_encryption::CHECK,
    &duplicate_recipient::CHECK,
    &fifo_topic::CHECK,
    &filter_contradiction::CHECK,
    &foreign_deny_blocks_ses::CHECK,
    &function_missing::CHECK,
    &grant_missing::CHECK,
    &identity_missing::CHECK,
    &ingress_not_active::CHECK,
    &key_disabled::CHECK,
    &key_missing::CHECK,
    &key_region::CHECK,
    &key_wrong_spec::CHECK,
    &list_member_pattern::CHECK,
    &mail_size_150kb::CHECK,
    &prefix_overlap::CHECK,
    &region_not_receiving::CHECK,
    &role_unused::CHECK,
    &rule_never_reached::CHECK,
    &rule_without_actions::CHECK,
    &secret_deleted::CHECK,
    &secret_json_unchecked::CHECK,
    &secret_key_aws_managed::CHECK,
    &secret_missing::CHECK,
    &secret_without_value::CHECK,
    &ses_alias_missing::CHECK,
    &sns_action_alone::CHECK,
    &tag_with_space::CHECK,
    &tls_fips_region::CHECK,
    &tls_optional_with_login::CHECK,
    &too_many_tags::CHECK,
    &topic_key_aws_managed::CHECK,
    &topic_missing::CHECK,
    &traffic_policy_lets_nothing_in::CHECK,
    &wildcard_under_equals::CHECK,
    &wrong_region::CHECK,
];

/// What is worth saying once: `validate` says it, and no other command says it again.
pub static LESSONS: &[&Check] = &[&mail_size_40mb::CHECK, &not_used::CHECK];

/// The codes that comparing gives rise to, with what each means. With [`CHECKS`] they are the closed list.
pub static COMPARING: &[(&str, &str)] = &[
    ("existing-missing", "something that the plan only refers to (`existing: true`) is not there"),
    ("grant-stays", "a grant of the plan is still needed, or not ours to write: it stays when the plan is taken back"),
    ("name-not-unique", "several Mail Manager resources of one kind bear the plan's name, and nothing else tells them apart"),
    ("not-ours", "a role or a Mail Manager resource of the plan's name is there and is not this plan's"),
    ("policy-too-large", "a policy document would not fit its container"),
    ("protected", "something that the plan protects would have to be deleted or replaced"),
    ("replace-uncovered", "`replace:` names a foreign statement that live rules need and ours do not cover"),
    ("resource-in-use", "something that stays names a resource of the plan: it stays when the plan is taken back"),
    ("role-in-use", "a role shall be absent, but something of somebody else's is on it"),
    ("role-path-fixed", "a role has another path than the plan says, and IAM cannot move it"),
    ("rule-not-in-plan", "a live rule is in no plan line: it stays, with its grants"),
    ("rule-set-active", "a rule set shall be absent, and is the active one"),
    ("rule-set-not-empty", "a rule set shall be absent, and holds rules that the plan does not remove"),
    ("test-failed", "a message of the plan's `tests:` does not end up where it must"),
];

/// One action of a rule of the plan, as SES will have it.
#[derive(Debug)]
pub struct Subject {
    /// `SET/RULE`.
    pub rule: String,
    /// The action.
    pub action: ReceiptAction,
    /// Its plan line.
    pub because: Cause,
}

/// What a check sees.
#[derive(Debug)]
pub struct Look<'a> {
    /// The plan and the account.
    pub scene: &'a Scene<'a>,
    /// What is wanted.
    pub desired: &'a Desired,
    /// Every action of every rule of the plan.
    pub actions: Vec<Subject>,
}

impl Look<'_> {
    /// Looks at each action that `pick` picks something from; `say` turns what was picked into a sentence where something is wrong. One
    /// finding for each distinct sentence, with all its plan lines.
    fn each<T>(&self, pick: impl Fn(&Subject) -> Vec<T>, say: impl Fn(&Subject, &T) -> Option<String>) -> Vec<Found> {
        let picked = self.actions.iter().flat_map(|subject| pick(subject).into_iter().map(move |picked| (subject, picked)));
        once(picked.filter_map(|(subject, picked)| say(subject, &picked).map(|message| (message, subject.because.clone()))))
    }

    /// The same for the actions of Mail Manager.
    fn each_of_mail_manager(&self, say: impl Fn(&MailAction) -> Option<String>) -> Vec<Found> {
        let plan = self.scene.plan;
        once(plan.mail_manager.actions().filter_map(|action| say(&action.value).map(|message| (message, plan.cause(&action.spot)))))
    }

    /// The secrets that relays and ingress endpoints log in with.
    fn secrets(&self, say: impl Fn(&str, Seen<Secret>) -> Option<String>) -> Vec<Found> {
        let plan = self.scene.plan;
        let of = |named: &Placed<String>| {
            let found = self.scene.live.get::<Secret>(&secret::address(self.scene, &named.value));
            say(&named.value, found).map(|message| (message, plan.cause(&named.spot)))
        };
        once(plan.mail_manager.secrets().filter_map(of))
    }

    fn buckets(&self, say: impl Fn(&Subject, &Address) -> Option<String>) -> Vec<Found> {
        self.each(|subject| subject.bucket(self.scene).into_iter().collect(), say)
    }

    fn topics(&self, say: impl Fn(&Subject, &Arn) -> Option<String>) -> Vec<Found> {
        self.each(|subject| subject.action.topic().and_then(|topic| topic.parse().ok()).into_iter().collect(), say)
    }

    fn message_keys(&self, say: impl Fn(&Subject, &KeyRef) -> Option<String>) -> Vec<Found> {
        self.each(|subject| subject.message_key(self.scene).into_iter().collect(), say)
    }
}

/// One finding for each distinct sentence, with all its plan lines.
fn once(said: impl Iterator<Item = (String, Cause)>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (message, because) in said {
        let place = *places.entry(message).or_insert_with_key(|message| {
            found.push(Found { message: message.clone(), because: Vec::new() });
            found.len() - 1
        });
        found[place].because.push(because);
    }
    found
}

impl Subject {
    fn bucket(&self, scene: &Scene<'_>) -> Option<Address> {
        match &self.action {
            ReceiptAction::S3Action { bucket_name, .. } => Some(scene.bucket(bucket_name)),
            _ => None,
        }
    }

    fn message_key(&self, scene: &Scene<'_>) -> Option<KeyRef> {
        match &self.action {
            ReceiptAction::S3Action { kms_key_arn, .. } => kms_key_arn.as_ref().map(|key| key_named(scene, key)),
            _ => None,
        }
    }
}

/// Everything that is to be said about a plan in an account. What the plan accepts is kept, with the reason it gives.
#[must_use]
pub fn run(scene: &Scene<'_>, desired: &Desired) -> Vec<Finding> {
    findings(CHECKS, &Look { scene, desired, actions: actions(scene) })
}

/// What [`LESSONS`] have to say of a plan.
#[must_use]
pub fn lessons(scene: &Scene<'_>, desired: &Desired) -> Vec<Finding> {
    findings(LESSONS, &Look { scene, desired, actions: actions(scene) })
}

fn findings(checks: &[&Check], look: &Look<'_>) -> Vec<Finding> {
    let of = |check: &&Check| {
        let finding = |found: Found| Finding {
            code: check.code.to_owned(),
            severity: check.severity,
            message: found.message,
            because: found.because,
            doc: Some(check.doc.to_owned()),
            accepted: None,
        };
        (check.look)(look).into_iter().map(finding).collect::<Vec<_>>()
    };
    checks.iter().flat_map(of).collect()
}

fn actions(scene: &Scene<'_>) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for (set, rules) in &scene.plan.receipt.rule_sets {
        for rule in &rules.rules {
            let RuleBody::Ours(spec) = &rule.body else { continue };
            let settled = ReceiptRule::settle(scene, rule.name.value.as_str(), spec);
            let placed = settled.actions.into_iter().zip(&spec.actions);
            subjects.extend(placed.map(|(action, written)| Subject {
                rule: format!("{}/{}", set.value, rule.name.value),
                action,
                because: scene.plan.cause(&written.spot),
            }));
        }
    }
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_every_file_of_this_folder_is_in_the_table() {
        let of = |checks: &[&Check]| checks.iter().map(|check| check.code).collect::<Vec<_>>();
        assert!(of(CHECKS).is_sorted() && of(LESSONS).is_sorted() && COMPARING.is_sorted());
        let codes = [of(CHECKS), of(LESSONS)].concat();
        assert!(codes.iter().all(|code| COMPARING.iter().all(|(other, _)| other != code)));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let code = name.trim_end_matches(".rs").replace('_', "-");
            assert!(code == "mod" || codes.contains(&code.as_str()), "{name} is in no table");
        }
    }
}
