//! A plan, and an account that it is held against, with so many policy statements.
//!
//! A rule of the plan stores mail in a bucket and tells a topic that is encrypted with a key of its own: three documents, and in each of them
//! a statement of ours among those of others.

mod foreign;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::compile::{compile, reads};
use postroom::core::desired::{Desired, State};
use postroom::core::ids::{AccountId, Malformed, Region};
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::core::problem::Source;
use postroom::core::saved::Terms;
use postroom::core::scene::Scene;
use postroom::plan::language::Plan;
use postroom::plan::{self, Given};
use postroom::policy::{Document, Edits};
use serde_json::{Value, json};

/// The account id of all that is made here.
pub const ACCOUNT: &str = "111122223333";
/// Its region.
pub const REGION: &str = "eu-west-1";

/// A rule set holds no more: <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>.
const RULES_OF_A_SET: usize = 200;
/// Statements in a document of [`Shape::Spread`]: some 4 KB of the 20 KB that a bucket policy may have.
const STATEMENTS_OF_A_DOCUMENT: usize = 10;
/// The documents that a rule needs something of.
const DOCUMENTS_OF_A_RULE: usize = 3;

/// How the statements lie in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Ten in each: a bucket, a topic and a key for every rule.
    Spread,
    /// A third in each: one bucket, one topic and one key for all rules, far over what AWS allows.
    Huge,
}

impl Shape {
    fn rules(self, statements: usize) -> usize {
        match self {
            Self::Spread => (statements / STATEMENTS_OF_A_DOCUMENT / DOCUMENTS_OF_A_RULE).max(1),
            // A document of any size serves no more of them: what grows is what others keep in it.
            Self::Huge => 3,
        }
    }
}

/// What was done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The plan was applied: nothing is to be done.
    Applied,
    /// It was not: everything of ours is to be made.
    Nothing,
}

/// What is measured, and how it is called.
pub const SUBJECTS: [(&str, Shape, Before); 4] = [
    ("spread, applied", Shape::Spread, Before::Applied),
    ("spread, new", Shape::Spread, Before::Nothing),
    ("huge, applied", Shape::Huge, Before::Applied),
    ("huge, new", Shape::Huge, Before::Nothing),
];

/// A plan and an account.
#[derive(Debug)]
pub struct Subject {
    /// The plan, as its file has it.
    pub text: String,
    /// The plan.
    pub plan: Plan,
    /// The account, as `postroom snapshot` writes it.
    pub live: Live,
}

impl Subject {
    /// One with so many statements, less those of ours that are yet to be made.
    ///
    /// # Panics
    /// The plan does not load: the generator is wrong.
    #[must_use]
    pub fn new(shape: Shape, before: Before, statements: usize) -> Self {
        let rules = shape.rules(statements);
        let text = plan_text(shape, rules);
        let plan = load(&text);
        let home = home().expect("an account and a region");
        let account = Account { others: others(shape, rules, statements) };
        let mut live = Live::new(home);
        account.observe(&plan, &mut live);
        if before == Before::Applied {
            let desired = compile(&Scene::new(&plan, &live));
            apply(&desired, &mut live);
            account.observe(&plan, &mut live);
        }
        Self { text, plan, live }
    }

    /// The same again, out of the files that it was written to.
    ///
    /// # Panics
    /// They are of something else.
    #[must_use]
    pub fn read(text: String, snapshot: &[u8]) -> Self {
        Self { plan: load(&text), text, live: serde_json::from_slice(snapshot).expect("a snapshot") }
    }

    /// The one of this name, with so many statements.
    #[must_use]
    pub fn named(name: &str, statements: usize) -> Option<Self> {
        let (_, shape, before) = SUBJECTS.iter().find(|(known, ..)| *known == name)?;
        Some(Self::new(*shape, *before, statements))
    }

    /// The same, of which nothing was read yet.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self { text: self.text.clone(), plan: self.plan.clone(), live: self.live.clone() }
    }

    /// What `postroom plan` works out.
    #[must_use]
    pub fn changes(&self) -> postroom::core::change::ChangeSet {
        Terms::default().changes(&self.plan, &self.live)
    }

    /// The texts of all policy documents.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        let texts = self.live.seen.keys().filter_map(|at| self.live.get::<PolicyText>(at).present());
        texts.map(|policy| policy.text).collect()
    }

    /// The account as the bytes of a snapshot.
    ///
    /// # Panics
    /// Never: an account is JSON.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        serde_json::to_vec(&self.live).expect("an account is JSON")
    }
}

fn home() -> Result<Home, Malformed> {
    Ok(Home { account: ACCOUNT.parse::<AccountId>()?, region: REGION.parse::<Region>()? })
}

/// Reads a plan for the account of all that is made here.
///
/// # Panics
/// It does not load: the generator is wrong.
#[must_use]
pub fn load(text: &str) -> Plan {
    let source = Source { name: "plan.yaml".to_owned(), text: text.to_owned() };
    let home = home().expect("an account and a region");
    let given = Given { account: Some(home.account), region: Some(home.region), ..Given::default() };
    plan::load(Arc::new(source), &given).expect("a plan")
}

/// A plan of so many rules.
#[must_use]
pub fn plan_text(shape: Shape, rules: usize) -> String {
    let mut text = String::from("postroom: 1\nname: bench\nreceipt:\n  rule_sets:\n");
    for rule in 0..rules {
        if rule % RULES_OF_A_SET == 0 {
            let active = if rule == 0 { "\n      active: true" } else { "" };
            let _ = write!(text, "    s{:03}:{active}\n      rules:\n", rule / RULES_OF_A_SET);
        }
        let at = if shape == Shape::Spread { rule } else { 0 };
        let _ = write!(
            text,
            "        - name: r{rule:05}\n          recipients: [d{rule:05}.example]\n          actions:\n            - s3: {{ bucket: mail-{at:05}, prefix: in/{rule:05}/, topic: events-{at:05} }}\n"
        );
    }
    text
}

/// How many statements of others each document has, by its address as people write it; ours are one for each rule and document, or in one
/// document one for each prefix.
fn others(shape: Shape, rules: usize, statements: usize) -> BTreeMap<String, usize> {
    let kinds = [("bucket-policy", "mail"), ("topic-policy", "events"), ("key-policy", "k")];
    let documents = if shape == Shape::Spread { rules } else { 1 };
    let each = statements / (documents * kinds.len());
    let ours = |kind: &str| if shape == Shape::Huge && kind == "bucket-policy" { rules } else { 1 };
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for document in 0..documents {
        for (kind, name) in kinds {
            others.insert(format!("{kind}/{name}-{document:05}"), each.saturating_sub(ours(kind)));
        }
    }
    // What does not divide goes into the first.
    if let Some(first) = others.values_mut().next() {
        *first += statements - each * documents * kinds.len();
    }
    others
}

/// What AWS answers.
struct Account {
    others: BTreeMap<String, usize>,
}

impl Account {
    fn observe(&self, plan: &Plan, live: &mut Live) {
        loop {
            let missing = live.missing(&reads(&Scene::new(plan, live)));
            if missing.is_empty() {
                return;
            }
            for at in missing {
                let seen = self.answer(&at, live);
                live.seen.insert(at, seen);
            }
        }
    }

    fn answer(&self, at: &Address, live: &Live) -> Observed {
        let present = |value: Value| Observed::Present(value);
        match at.kind {
            AddressKind::BucketPolicy | AddressKind::TopicPolicy | AddressKind::KeyPolicy => {
                let count = self.others.get(&at.seen_from(&live.home)).copied().unwrap_or_default();
                present(json!({"text": foreign::document(at, count)}))
            }
            AddressKind::Bucket => present(json!({"region": REGION})),
            AddressKind::Topic => {
                let key = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", at.name.replace("events-", "k-"));
                present(json!({"owner": ACCOUNT, "key": key, "fifo": false}))
            }
            AddressKind::Key => {
                let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", at.name);
                present(
                    json!({"arn": arn, "state": "Enabled", "manager": "CUSTOMER", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}),
                )
            }
            AddressKind::ActiveReceiptRuleSet => present(json!({"Active": "s000"})),
            AddressKind::ReceiptRuleSets => {
                let names: Vec<&str> = live.of_kind(AddressKind::ReceiptRuleSet).map(|set| set.name.as_str()).collect();
                present(json!({"Names": names}))
            }
            _ => Observed::Absent,
        }
    }
}

/// Puts what is wanted into the account, as an apply would have.
fn apply(desired: &Desired, live: &mut Live) {
    let mut sets: BTreeMap<Address, Vec<Value>> = BTreeMap::new();
    for (at, wanted) in &desired.resources {
        if let (AddressKind::ReceiptRule, State::Present(rule), Some((set, _))) = (at.kind, &wanted.state, at.name.split_once('/')) {
            sets.entry(live.home.at(AddressKind::ReceiptRuleSet, set)).or_default().push(rule.clone());
        }
    }
    for (at, rules) in sets {
        live.seen.insert(at, Observed::Present(json!({"Rules": rules})));
    }
    for (at, container) in &desired.containers {
        let text = live.get::<PolicyText>(at).present().map_or_else(|| Document::empty().to_string(), |policy| policy.text);
        let put = container.statements.values().map(|wanted| wanted.statement.clone()).collect();
        let document = Document::parse(&text).expect("a policy").splice(&Edits { put, ..Edits::default() });
        live.put(at.clone(), &PolicyText { text: document.to_string(), revision: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(subject: &Subject) -> usize {
        subject.documents().iter().map(|text| Document::parse(text).unwrap().statements().count()).sum()
    }

    #[test]
    fn a_plan_that_was_applied_changes_nothing_and_has_the_statements_that_were_asked_for() {
        for shape in [Shape::Spread, Shape::Huge] {
            for count in [100, 1000] {
                let subject = Subject::new(shape, Before::Applied, count);
                let changes = subject.changes().changes;
                assert!(changes.is_empty(), "{shape:?} {count}: {:?}", changes.first());
                assert_eq!(statements(&subject), count, "{shape:?}");
            }
        }
    }

    #[test]
    fn before_the_first_run_every_rule_and_every_grant_is_a_change() {
        let subject = Subject::new(Shape::Spread, Before::Nothing, 300);
        let changes = subject.changes().changes;
        let grants = changes.iter().filter(|change| change.statement.is_some()).count();
        assert_eq!((grants, statements(&subject)), (30, 270));
        assert!(changes.len() > 40, "{}", changes.len());
    }

    #[test]
    fn the_same_is_made_every_time() {
        let made = || Subject::new(Shape::Huge, Before::Applied, 200).snapshot();
        assert_eq!(made(), made());
    }
}
