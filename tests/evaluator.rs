//! What an independent simulator of IAM says of generated policies and requests, against what our evaluator says.
//!
//! The simulator is `@cloud-copilot/iam-simulate`: kept, and used by others to judge real accounts. It runs on Node, which a machine that
//! tests need not have, so its answers are recorded (`npm install --no-package-lock`, `node record.mjs 1 500` in `tests/evaluator`). A difference is settled by
//! the AWS pages: it is mended, or stands in `differences.json` with the page and the reason. Without what those are about, 200,000 further
//! policies gave none.

use std::collections::BTreeMap;

use postroom::policy::{Caller, Context, Decision, Document, Request, evaluate, evaluate_with_delegation, evaluate_with_denials};
use serde::Deserialize;
use serde_json::Value;

/// The account that owns what is asked for.
const HOME: &str = "111122223333";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    /// A service by its domain name, or an ARN.
    caller: String,
    action: String,
    resource: String,
    identity: Vec<Value>,
    resource_policy: Option<Value>,
    context: BTreeMap<String, Values>,
    answer: Answer,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Answer {
    Allowed,
    ExplicitlyDenied,
    ImplicitlyDenied,
    /// Ours alone.
    Depends,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// What we say instead, by the line of the recording, from 1.
    lines: BTreeMap<usize, Answer>,
    why: String,
    doc: String,
}

fn recorded() -> Vec<Case> {
    // Another recording than the one that is kept: `POSTROOM_RECORDED=… cargo test --test evaluator -- --nocapture`.
    let other = std::env::var_os("POSTROOM_RECORDED").map(|file| std::fs::read_to_string(file).expect("the recording"));
    let text = other.as_deref().unwrap_or(include_str!("evaluator/recorded.jsonl"));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn request(case: &Case) -> Request {
    let caller = if case.caller.starts_with("arn:") {
        Caller::Identity(case.caller.parse().expect("an ARN"))
    } else {
        Caller::Service(case.caller.clone())
    };
    let context = case.context.iter().fold(Context::closed(), |context, (key, values)| match values {
        Values::One(value) => context.with(key, [value]),
        Values::Many(values) => context.with(key, values),
    });
    Request { caller, action: case.action.clone(), resource: case.resource.clone(), context }
}

/// As AWS puts the policies of one request together.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
fn ours(case: &Case) -> Answer {
    let document = |value: &Value| Document::parse(&value.to_string()).expect("a policy");
    let identity: Vec<Document> = case.identity.iter().map(document).collect();
    let resource: Vec<Document> = case.resource_policy.iter().map(document).collect();
    let identity: Vec<(&str, &Document)> = identity.iter().map(|document| ("identity", document)).collect();
    let resource: Vec<(&str, &Document)> = resource.iter().map(|document| ("resource", document)).collect();
    let request = request(case);
    let is_elsewhere = case.caller.starts_with("arn:") && !case.caller.contains(HOME);
    let decisions = if is_elsewhere {
        vec![
            evaluate_with_denials(&identity, &resource, &request).decision,
            // Whom the other account lets in, its own policies must let out.
            evaluate_with_delegation(&resource, &request).decision,
        ]
    } else {
        vec![evaluate(&[identity, resource].concat(), &request).decision]
    };
    let has = |decision| decisions.contains(&decision);
    match () {
        () if has(Decision::ExplicitDeny) => Answer::ExplicitlyDenied,
        () if has(Decision::ImplicitDeny) => Answer::ImplicitlyDenied,
        () if has(Decision::Depends) => Answer::Depends,
        () => Answer::Allowed,
    }
}

#[test]
fn an_independent_simulator_says_the_same() {
    let differences: Vec<Difference> = serde_json::from_str(include_str!("evaluator/differences.json")).expect("the list reads");
    let known: BTreeMap<usize, Answer> = differences.iter().flat_map(|difference| difference.lines.clone()).collect();
    assert!(differences.iter().all(|difference| !difference.why.is_empty() && difference.doc.starts_with("https://docs.aws.amazon.com/")));

    let other = std::env::var_os("POSTROOM_RECORDED").is_some();
    let mut wrong = Vec::new();
    let mut found: BTreeMap<Answer, usize> = BTreeMap::new();
    for (line, case) in recorded().iter().enumerate().map(|(index, case)| (index + 1, case)) {
        *found.entry(case.answer).or_default() += 1;
        let ours = ours(case);
        let expected = known.get(&line).filter(|_| !other).copied().unwrap_or(case.answer);
        if ours != expected {
            wrong.push(format!("line {line}: {ours:?}, not {expected:?} (it: {:?})", case.answer));
        } else if known.contains_key(&line) && !other {
            assert_ne!(ours, case.answer, "line {line} is no difference any more");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), found.values().sum::<usize>(), wrong.join("\n"));
    assert!(known.keys().all(|line| *line <= found.values().sum()), "a difference stands for a line that is not there");
    assert!(found.len() == 3 && found.values().all(|count| *count >= 100), "enough of each answer: {found:?}");
}
