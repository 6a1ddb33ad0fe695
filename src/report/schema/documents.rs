//! The documents, one function for each.

use serde_json::{Map, Value, json};

use super::shape::{account, anything, array, count, flag, list, map, named, object, or_null, text, texts, words};
use super::shared::{because, change, counts, document, route, target};
use crate::containers;
use crate::core::address::AddressKind;
use crate::core::drift::Class;

/// A class of `drift`.
pub(super) fn class() -> Value {
    words(&Class::ALL.map(Class::name))
}

pub(super) fn change_set() -> (Value, Map<String, Value>) {
    let summary = counts("How much of what.", &["create", "update", "replace", "delete", "unchanged", "widens", "narrows"]);
    let drift = object(
        "What has drifted.",
        &[
            ("by_class", "How many things of each class.", counts("How many things of each class.", &Class::ALL.map(Class::name))),
            ("objects", "How many things were compared.", count()),
            ("items", "Thing by thing.", list("item")),
        ],
        &[],
    );
    let part = target(
        "What changes in one account and region.",
        vec![
            ("summary", "How much of what.", summary),
            ("partial", "Whether only a part was asked for (`--only`).", flag()),
            ("changes", "The acts, in the order in which they are done.", list("change")),
            ("mail", "The change as the mail sees it: the routes that it moves.", or_null(list("route"))),
            ("findings", "What should be known before it is applied.", list("finding")),
            ("unreadable", "What AWS would not say.", list("unreadable")),
            ("outputs", "What AWS decided about ingress endpoints, by address.", map(map(text()))),
        ],
        vec![
            ("calls", "What went over the wire.", named("calls")),
            ("needs_flags", "Of `plan`: the flags that `apply` will want.", texts()),
            ("explained", "What AWS refused, in words.", array(refused())),
            ("drift", "Of `drift`: what has drifted.", drift),
            ("notes", "Of `drift`: what can never be told.", texts()),
        ],
    );
    let item = object(
        "One thing that has drifted.",
        &[
            ("class", "What sort.", class()),
            ("name", "Its address, with `#SID` for a statement; the code of a finding.", text()),
            ("message", "What is to be said of it.", text()),
            ("changes", "The ids of the changes that would put it right.", texts()),
        ],
        &[],
    );
    let saved =
        object("Where the plan was saved.", &[("file", "The file.", text()), ("checksum", "What `apply --expect` takes.", text())], &[]);
    let whole =
        document(part, &[("caveat", "Of `drift`: what it cannot tell.", text()), ("saved", "Of `plan -o`: where it was saved.", saved)]);
    (whole, defs([("change", change()), ("route", route()), ("item", item)]))
}

/// Calls that were refused for one reason.
fn refused() -> Value {
    object(
        "Calls that were refused for one reason.",
        &[
            ("cause", "The reason.", words(&crate::report::faults::WORDS)),
            ("by", "Which policy decides, as AWS calls it.", or_null(text())),
            ("caller", "Who called.", or_null(text())),
            ("account", "In which account.", account()),
            ("actions", "The permissions that are missing, or the calls.", texts()),
            ("objects", "What the calls were about.", texts()),
            because(),
            ("message", "What is wrong.", text()),
            ("help", "What to do.", text()),
            ("policy", "The policy that would give what is missing.", anything()),
        ],
        &[],
    )
}

pub(super) fn check() -> (Value, Map<String, Value>) {
    let part = target(
        "The answers of one account and region.",
        vec![
            ("summary", "How many of each answer.", counts("How many of each answer.", &ANSWERS)),
            ("checks", "Request by request.", array(asked())),
            ("calls", "What went over the wire.", named("calls")),
        ],
        vec![],
    );
    (document(part, &[]), Map::new())
}

const ANSWERS: [&str; 4] = ["allowed", "denied", "depends", "unreadable"];

/// One request that SES will make.
pub(super) fn asked() -> Value {
    object(
        "One request and its answer.",
        &[
            ("rule", "The ARN of what asks.", text()),
            ("action", "`s3:PutObject` and such.", text()),
            ("resource", "What it is done to.", text()),
            ("at", "The policy that decides, or would have to allow.", text()),
            ("answer", "Whether it is allowed.", words(&ANSWERS)),
            ("by", "The statement that decides.", or_null(text())),
            ("owner", "Whose it is.", or_null(words(&["ours", "another plan's", "foreign"]))),
            ("on", "What it hangs on, or why nothing could be read.", texts()),
            because(),
        ],
        &[],
    )
}

pub(super) fn validate() -> (Value, Map<String, Value>) {
    let whole = object(
        "What is wrong with a plan, and what should be known. A plan with problems has no findings yet.",
        &[
            ("format_version", "The version of this format.", named("version")),
            ("problems", "What is wrong with its text.", list("problem")),
            ("findings", "What should be known.", list("finding")),
        ],
        &[],
    );
    (whole, Map::new())
}

pub(super) fn explain() -> (Value, Map<String, Value>) {
    let one = object(
        "Why a statement or resource is there.",
        &[
            ("id", "Its address, with `#SID` for a statement.", text()),
            ("about", "What it is for, and what breaks without it.", text()),
            ("value", "The statement or spec.", anything()),
            because(),
            ("doc", "The AWS page.", or_null(text())),
            ("notes", "What else should be known.", texts()),
        ],
        &[("target", "The target that it is of.", text())],
    );
    let version = ("format_version", "The version of this format.", named("version"));
    let things = object(
        "Everything of the plan that has the id.",
        &[version.clone(), ("plan", "The name of the plan.", text()), ("explanations", "One for each.", array(one))],
        &[],
    );
    let code = object(
        "What a code means.",
        &[
            version,
            ("code", "The code.", super::shared::code()),
            ("about", "Its first sentence.", text()),
            ("text", "Cause, meaning and next step, in Markdown.", text()),
            ("page", "Its place in the source.", text()),
            ("url", "An address that a browser opens.", or_null(text())),
        ],
        &[],
    );
    (json!({ "anyOf": [things, code] }), Map::new())
}

pub(super) fn render() -> (Value, Map<String, Value>) {
    let statement = object(
        "Why one statement is there.",
        &[
            because(),
            ("doc", "The AWS page.", or_null(text())),
            ("note", "A sentence for the reader.", or_null(text())),
            ("then", "What it becomes once AWS has made the ids that it names.", anything()),
        ],
        &[],
    );
    let document_of = object(
        "A policy as IAM takes it.",
        &[("Version", "Of the policy language.", text()), ("Statement", "Our statements.", array(json!({ "type": "object" })))],
        &[],
    );
    let resource = object(
        "One thing that the plan asks for.",
        &[("address", "What.", text())],
        &[
            ("spec", "As it shall be.", anything()),
            ("existing", "Somebody else's: only referred to.", json!({ "const": true })),
            ("absent", "It shall not exist.", json!({ "const": true })),
            because(),
            ("document", "The policy.", document_of),
            ("statements", "Why each statement is there, by its Sid.", map(statement)),
            ("manage", "Not ours to write.", json!({ "const": false })),
        ],
    );
    let part = target(
        "What the plan asks for in one account and region.",
        vec![("resources", "Address by address.", array(resource)), ("findings", "What should be known.", list("finding"))],
        vec![],
    );
    (document(part, &[]), Map::new())
}

pub(super) fn permissions() -> (Value, Map<String, Value>) {
    let policy = object(
        "The policy of one account.",
        &[
            ("account", "The account.", account()),
            ("size", "As IAM counts.", count()),
            ("policy", "The document.", json!({ "type": "object", "required": ["Version", "Statement"] })),
        ],
        &[("target", "The target that it is for.", text())],
    );
    let whole = object(
        "The least that whoever runs it must be allowed.",
        &[
            ("format_version", "The version of this format.", named("version")),
            ("plan", "The name of the plan.", text()),
            ("for", "What it shall allow.", words(&["plan", "apply", "drift", "destroy"])),
            ("policies", "One for each account.", array(policy)),
        ],
        &[],
    );
    (whole, Map::new())
}

pub(super) fn import() -> (Value, Map<String, Value>) {
    let whole = object(
        "A plan that was made of an account.",
        &[
            ("format_version", "The version of this format.", named("version")),
            ("account", "The account.", account()),
            ("region", "The SES region.", text()),
            ("plan", "Its text.", text()),
            ("kept_out", "What the plan does not write, and why.", list("unreadable")),
            ("unreadable", "What AWS would not say.", list("unreadable")),
            ("calls", "What went over the wire.", named("calls")),
        ],
        &[],
    );
    (whole, Map::new())
}

/// A snapshot, of one account or of targets.
pub(super) fn facts() -> (Value, Map<String, Value>) {
    let live = live();
    let of_target = object(
        "What the account of one target says.",
        &[
            ("target", "Its name.", or_null(text())),
            ("account", "The account.", account()),
            ("region", "The region.", text()),
            ("live", "What it says.", named("live")),
        ],
        &[],
    );
    let several = object(
        "Snapshots of several targets.",
        &[("format_version", "The version of this format.", named("version")), ("targets", "Target by target.", array(of_target))],
        &[("plan", "The name of the plan.", text())],
    );
    (json!({ "anyOf": [named("live"), several] }), defs([("live", live)]))
}

/// An account and region.
pub(super) fn home() -> Value {
    object("Where it was seen from.", &[("account", "The account.", account()), ("region", "The region.", text())], &[])
}

/// A snapshot of one account.
pub(super) fn live() -> Value {
    object(
        "What one account says.",
        &[
            ("format_version", "The version of this format.", json!({ "const": crate::core::live::LIVE_FORMAT })),
            ("home", "Where it was seen from.", home()),
            ("caller", "Who looked.", or_null(text())),
            ("seen", "What was found, by address.", seen()),
        ],
        &[],
    )
}

pub(super) fn seen() -> Value {
    let kinds = |wanted: &dyn Fn(AddressKind) -> bool| {
        AddressKind::ALL.iter().copied().filter(|kind| wanted(*kind)).map(AddressKind::name).collect::<Vec<_>>().join("|")
    };
    let is_policy = |kind| containers::of(kind).is_some();
    let found = |value: Value| {
        json!({ "oneOf": [
            { "const": "absent", "description": "There is no such thing." },
            object("It is there.", &[("present", "What its reader made of it.", value)], &[]),
            object("AWS would not say.", &[("unreadable", "The code and the call.", text())], &[]),
        ] })
    };
    let policy =
        object("A policy as its service holds it.", &[("text", "The document.", text())], &[("revision", "Lambda's revision id.", text())]);
    json!({
        "type": "object",
        "patternProperties": {
            format!("^(?:{})/", kinds(&is_policy)): found(policy),
            format!("^(?:{})/", kinds(&|kind| !is_policy(kind))): found(anything()),
        },
        "additionalProperties": false,
    })
}

pub(super) fn defs<const N: usize>(all: [(&str, Value); N]) -> Map<String, Value> {
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
