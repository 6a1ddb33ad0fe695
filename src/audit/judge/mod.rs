//! One file per finding: its code, how much it weighs, the AWS page, and the function that looks for it.
//!
//! A new finding is a file here, its `mod` line and its line in [`FINDINGS`].

mod default_topic_statement;
mod documented_without_condition;
mod lets_everybody_in;
mod no_source_condition;
mod orphan_statement;
mod public_acl;
mod referer_condition;
mod role_too_wide;
mod rule_gone;
mod rule_set_gone;
mod source_account_only;
mod source_account_other;
mod source_owner_condition;
mod wildcard_under_equals;

use super::entries::{Entry, LetsIn, Whose};
use super::needs::Needs;
use super::{Finding, Subject};
use crate::core::address::Address;
use crate::core::problem::Severity;

/// One thing to look for.
#[derive(Debug)]
pub struct Judgement {
    /// From the closed list of contract/cli.md.
    pub code: &'static str,
    /// How much it weighs, where the finding does not say otherwise.
    pub severity: Severity,
    /// The AWS page.
    pub doc: &'static str,
    /// What it is about and why it matters, for the documentation.
    pub about: &'static str,
    /// Looks for it.
    pub look: fn(&Look<'_>) -> Vec<Found>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    at: Address,
    statement: Option<String>,
    entry: Option<usize>,
    severity: Option<Severity>,
    message: String,
    remedy: String,
}

impl Found {
    fn of(entry: &Entry, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        let statement = Some(entry.name.clone());
        Self { at: entry.at.clone(), statement, entry: Some(entry.id), severity: None, message: message.into(), remedy: remedy.into() }
    }

    fn weighing(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }
}

/// Every finding, sorted by code.
pub static FINDINGS: &[&Judgement] = &[
    &default_topic_statement::JUDGEMENT,
    &documented_without_condition::JUDGEMENT,
    &lets_everybody_in::JUDGEMENT,
    &no_source_condition::JUDGEMENT,
    &orphan_statement::JUDGEMENT,
    &public_acl::JUDGEMENT,
    &referer_condition::JUDGEMENT,
    &role_too_wide::JUDGEMENT,
    &rule_gone::JUDGEMENT,
    &rule_set_gone::JUDGEMENT,
    &source_account_only::JUDGEMENT,
    &source_account_other::JUDGEMENT,
    &source_owner_condition::JUDGEMENT,
    &wildcard_under_equals::JUDGEMENT,
];

/// What a judgement sees.
#[derive(Debug)]
pub struct Look<'a> {
    /// The account.
    pub subject: &'a Subject<'a>,
    /// Every statement that lets SES in.
    pub entries: &'a [Entry],
    /// What live rules ask for.
    pub needs: &'a Needs,
}

impl Look<'_> {
    /// Looks at the statements that let SES in in one way.
    fn each(&self, lets_in: LetsIn, look: impl Fn(&Entry) -> Option<Found>) -> Vec<Found> {
        self.entries.iter().filter(|entry| entry.lets_in == lets_in).filter_map(look).collect()
    }

    /// The page says how it is done now: which form, and how one gets there.
    fn tighten(&self, entry: &Entry) -> String {
        let at = entry.at.seen_from(self.subject.home());
        match entry.whose {
            Whose::Ours => return "say `defaults: { confused_deputy: source_arn }` in the plan, and apply it".to_owned(),
            Whose::AnotherPlan => return "say `defaults: { confused_deputy: source_arn }` in its plan, and apply that".to_owned(),
            Whose::Somebody => {}
        }
        format!(
            "let a plan that names {at} put a statement there for the rules that need it, and take this one over with `replace:` \
             (`postroom audit --plan PLAN` shows the steps)"
        )
    }
}

/// Everything that is to be said, worst first.
#[must_use]
pub fn findings(subject: &Subject<'_>, entries: &[Entry], needs: &Needs) -> Vec<Finding> {
    let look = Look { subject, entries, needs };
    let of = |judgement: &&Judgement| {
        let finding = |found: Found| Finding {
            severity: found.severity.unwrap_or(judgement.severity),
            code: judgement.code,
            at: found.at,
            statement: found.statement,
            entry: found.entry,
            message: found.message,
            remedy: found.remedy,
            doc: judgement.doc,
            accepted: None,
        };
        (judgement.look)(&look).into_iter().map(finding).collect::<Vec<_>>()
    };
    let mut all: Vec<Finding> = FINDINGS.iter().flat_map(of).collect();
    all.sort();
    all.dedup();
    all
}

/// The page on confused deputies.
const CONFUSED_DEPUTY: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html";
/// The page on what SES needs to receive.
const RECEIVING: &str = "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html";

/// ` (the form of 2019, block P000-1)`, where a statement is one of these.
fn form(entry: &Entry) -> String {
    let old = entry.blocks.iter().find(|block| block.starts_with("P000"));
    old.map(|block| format!(" (the form of 2019, block {block})")).unwrap_or_default()
}

/// Condition keys in a sentence, spelled as AWS spells them.
fn keys<T: AsRef<str>>(keys: impl IntoIterator<Item = T>) -> String {
    const SPELLED: [&str; 8] = [
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceOwner",
        "aws:Referer",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceIp",
        "kms:ViaService",
    ];
    let spelled = |key: T| {
        let known = SPELLED.into_iter().find(|known| known.eq_ignore_ascii_case(key.as_ref()));
        known.map_or_else(|| key.as_ref().to_owned(), str::to_owned)
    };
    listed(keys.into_iter().map(spelled))
}

/// A list in a sentence.
fn listed<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| format!("`{}`", text.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_every_file_of_this_folder_is_in_the_table() {
        let codes: Vec<_> = FINDINGS.iter().map(|judgement| judgement.code).collect();
        assert!(codes.is_sorted());
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/judge");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let code = name.trim_end_matches(".rs").replace('_', "-");
            assert!(code == "mod" || codes.contains(&code.as_str()), "{name} is in no table");
        }
    }

    #[test]
    fn every_code_stands_in_the_contract_with_its_weight() {
        let contract = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/contract/cli.md");
        let contract = std::fs::read_to_string(contract).unwrap();
        for judgement in FINDINGS {
            assert!(contract.contains(&format!("| `{}` |", judgement.code)), "{} is not documented", judgement.code);
        }
    }
}
