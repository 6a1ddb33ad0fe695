//! What several documents hold.

use serde_json::{Map, Value, json};

use super::shape::{account, anything, array, count, list, map, named, object, or_null, text, texts, words};

/// The named schemas that all documents share.
pub(super) fn definitions() -> Map<String, Value> {
    let all = [
        ("version", json!({ "description": "The version of this format.", "const": crate::report::json::FORMAT })),
        ("severity", json!({ "description": "How much it weighs.", "enum": ["error", "warning", "info"] })),
        ("cause", cause()),
        ("finding", finding()),
        ("problem", problem()),
        ("unreadable", unreadable()),
        ("calls", calls()),
        ("error", error()),
        ("failed", failed()),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn cause() -> Value {
    object(
        "The words of the plan that asked for it.",
        &[
            ("file", "The plan, as it was named; `-` is standard input.", text()),
            ("line", "Counted from 1.", json!({ "type": "integer", "minimum": 1 })),
            ("column", "Counted from 1, in characters.", json!({ "type": "integer", "minimum": 1 })),
            ("path", "Where in the plan, as `receipt.rule_sets.primary.rules[0].actions[1].s3`.", text()),
        ],
        &[],
    )
}

fn finding() -> Value {
    object(
        "Something that should be known.",
        &[
            ("code", "From the closed list of docs/codes.md.", code()),
            ("severity", "How much it weighs.", named("severity")),
            ("message", "What, and what to do.", text()),
            ("because", "The plan lines it is about.", list("cause")),
            ("doc", "The AWS page.", or_null(text())),
            ("page", "Where the code is explained.", text()),
            ("accepted", "The reason the plan gives for accepting it, which silences it.", or_null(text())),
        ],
        &[
            ("target", "The target that it is of.", text()),
            ("class", "Of `drift`: what sort of drift it is.", or_null(super::documents::class())),
        ],
    )
}

/// The code of a finding or of a problem.
pub(super) fn code() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]+(?:-[a-z0-9]+)*$" })
}

fn problem() -> Value {
    let also = object(
        "Other words that it is about.",
        &[
            ("file", "The file.", text()),
            ("line", "Counted from 1.", count()),
            ("column", "Counted from 1, in characters.", count()),
            ("label", "What stands under the words.", text()),
        ],
        &[],
    );
    object(
        "What is wrong with the text of a plan.",
        &[
            ("code", "From the closed list of docs/codes.md.", code()),
            ("severity", "Always `error`.", json!({ "const": "error" })),
            ("message", "What is wrong.", text()),
            ("file", "The file.", text()),
            ("line", "Counted from 1.", count()),
            ("column", "Counted from 1, in characters.", count()),
            ("path", "Where in the plan; empty where the text is not yet one.", text()),
            ("label", "What was expected.", text()),
            ("help", "What to do, probably.", or_null(text())),
            ("also", "Other words that it is about.", array(also)),
            ("page", "Where the code is explained.", text()),
        ],
        &[],
    )
}

fn unreadable() -> Value {
    object(
        "What AWS would not say.",
        &[("address", "What.", text()), ("why", "The code and the call.", text())],
        &[("class", "Of `drift`: always `unreadable`.", super::documents::class())],
    )
}

fn calls() -> Value {
    let counted = object(
        "What went over the wire.",
        &[
            ("total", "Requests that were sent, with those that were sent again.", count()),
            ("by_operation", "How many of each operation.", map(count())),
            ("retries", "How many were sent again.", count()),
            ("throttles", "How often AWS asked to wait.", count()),
            ("objects", "How many things were read.", count()),
            ("waves", "In how many rounds.", count()),
            ("bytes_sent", "Bytes of the bodies of requests, as far as their length was said.", count()),
            ("bytes_received", "Bytes of the bodies of answers, as far as their length was said.", count()),
            ("seconds", "Seconds since the connection was made.", seconds()),
            ("seconds_paced", "Seconds that calls to SES waited for their turn, added up.", seconds()),
        ],
        &[
            ("retries", "Requests that were sent again.", count()),
            ("bytes_sent", "Of the bodies of requests, as far as their length was said.", count()),
            ("bytes_received", "Of the bodies of answers, as far as their length was said.", count()),
            ("seconds", "Since the connection was made.", json!({ "type": "number", "minimum": 0 })),
            ("seconds_paced", "How long calls to SES waited for their turn, added up.", json!({ "type": "number", "minimum": 0 })),
        ],
    );
    or_null(counted)
}

fn seconds() -> Value {
    json!({ "type": "number", "minimum": 0 })
}

fn error() -> Value {
    object(
        "What stopped one of several targets.",
        &[("message", "What is wrong.", text()), ("help", "What to do.", or_null(text()))],
        &[
            ("problems", "What is wrong with the plan.", list("problem")),
            ("stale", "Of a saved plan: what is different since it was made.", array(stale())),
        ],
    )
}

fn stale() -> Value {
    object("An object that moved.", &[("address", "Which.", text()), ("what", "What of it is different.", text())], &[])
}

fn failed() -> Value {
    object(
        "A target of which there is nothing to say but why.",
        &[
            ("target", "Its name.", text()),
            ("exit", "The exit code of a run with it alone.", count()),
            ("error", "What stopped it.", named("error")),
        ],
        &[],
    )
}

/// The members that each part `targets[]` has beside its own. With several targets there is an exit code, and perhaps an error.
pub(super) fn target(about: &str, must: Vec<super::shape::Member<'static>>, may: Vec<super::shape::Member<'static>>) -> Value {
    let mut all = vec![
        ("target", "Its name, where the plan has targets.", or_null(text())),
        ("account", "The account.", account()),
        ("region", "The SES region.", text()),
    ];
    all.extend(must);
    let mut others = vec![
        ("exit", "With several targets: the exit code of a run with it alone.", count()),
        ("error", "What stopped it after all of this was known.", named("error")),
    ];
    others.extend(may);
    json!({ "anyOf": [object(about, &all, &others), named("failed")] })
}

/// A whole document over targets.
pub(super) fn document(target: Value, may: &[super::shape::Member<'static>]) -> Value {
    object(
        "One report, target by target.",
        &[
            ("format_version", "The version of this format.", named("version")),
            ("plan", "The name of the plan; none for an account alone.", or_null(text())),
            ("targets", "In the order of the plan; one without a name where it has none.", array(target)),
        ],
        may,
    )
}

/// `allowed`, `denied` and so on: how many of each.
pub(super) fn counts(about: &str, names: &[&'static str]) -> Value {
    let members: Vec<_> = names.iter().map(|name| (*name, "How many.", count())).collect();
    object(about, &members, &[])
}

/// Used by documents that show a value with the lines that caused it.
pub(super) fn because() -> super::shape::Member<'static> {
    ("because", "The plan lines that asked for it.", list("cause"))
}

/// A change and what became of it.
pub(super) fn change() -> Value {
    object(
        "One act.",
        &[
            ("id", "`c1`, `c2`, … in the order in which they are done.", json!({ "type": "string", "pattern": "^c[0-9]+$" })),
            ("address", "What it is done to.", text()),
            ("statement", "The Sid, when it is done to one statement.", or_null(text())),
            (
                "action",
                "What is done.",
                words(&["create", "update", "replace", "delete", "reorder", "activate", "deactivate", "adopt", "none"]),
            ),
            ("permission", "What it does to permissions.", or_null(words(&["widened", "narrowed", "equivalent", "none"]))),
            ("phase", "When: make before break.", json!({ "type": "integer", "minimum": 1, "maximum": 8 })),
            ("before", "As it is; null when it is not there.", anything()),
            ("after", "As it shall be; null when it shall not be there.", anything()),
            ("unknown", "JSON pointers into `after` of what AWS makes only during the apply.", texts()),
            ("needs", "The ids that come before.", texts()),
            ("needs_flag", "The flag without which it is refused.", or_null(words(&["--allow-delete", "--allow-activate"]))),
            ("also_granted_by", "Foreign statements that grant the same.", texts()),
            because(),
            ("doc", "The AWS page that says why.", or_null(text())),
            ("note", "A sentence for the reader.", or_null(text())),
        ],
        &[
            ("status", "Of `apply` and `destroy`: what became of it.", words(&["done", "failed", "held", "unknown"])),
            ("error", "What AWS said, or what held it back.", or_null(text())),
            ("class", "Of `drift`: what sort of drift it is.", or_null(super::documents::class())),
        ],
    )
}

/// One route that a change moves.
pub(super) fn route() -> Value {
    object(
        "The route of a recipient, before and after.",
        &[
            ("to", "Whose: an address, `*@domain`, `*@*.domain`, `*` for everybody that nothing names.", text()),
            ("via", "The way in: `receipt-rule-set/NAME`, `ingress-endpoint/NAME`.", text()),
            ("have", "What is done with its mail now; where that hangs on something, each case.", texts()),
            ("want", "What will be done with it.", texts()),
            ("why", "What of that which it meets changed.", text()),
        ],
        &[],
    )
}
