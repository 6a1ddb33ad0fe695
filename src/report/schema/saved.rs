//! A saved plan: what `plan -o` writes and `apply FILE` reads.

use serde_json::{Map, Value, json};

use super::documents::{defs, home, live};
use super::shape::{array, count, flag, list, map, named, object, or_null, text, texts};
use super::shared::{because, change, route};

pub(super) fn saved() -> (Value, Map<String, Value>) {
    let terms = object(
        "What was asked for beside the plan.",
        &[
            ("prune", "`--prune`.", flag()),
            ("only", "`--only`, as it was written.", texts()),
            ("rotate", "`--rotate`, as it was written.", texts()),
        ],
        &[],
    );
    let target = object(
        "What was planned for one target.",
        &[
            ("target", "Its name, where the plan has targets.", or_null(text())),
            ("set", "The changes.", named("set")),
            ("live", "The account as it was seen.", named("live")),
        ],
        &[],
    );
    let whole = object(
        "A plan that was looked at.",
        &[
            ("saved_plan", "The version of this format.", json!({ "const": crate::core::saved::SAVED_FORMAT })),
            ("checksum", "`sha256:` of everything else.", json!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })),
            ("postroom", "The version of the program that made it.", text()),
            ("plan", "The name of the plan.", text()),
            ("file", "The plan file, as it was named.", text()),
            ("text", "Its whole text.", text()),
            ("vars", "The variables from outside that it uses.", map(text())),
            ("files", "The files that it names, by their paths there.", map(text())),
            ("terms", "What was asked for beside the plan.", terms),
            ("strict", "Warnings count as errors.", flag()),
            ("targets", "What was planned, in the order of the plan.", array(target)),
        ],
        &[],
    );
    (whole, defs([("set", set()), ("live", live()), ("change", change()), ("route", route())]))
}

fn set() -> Value {
    let finding = object(
        "Something that should be known.",
        &[
            ("code", "From the closed list of docs/codes.md.", super::shared::code()),
            ("severity", "How much it weighs.", named("severity")),
            ("message", "What, and what to do.", text()),
            because(),
            ("doc", "The AWS page.", or_null(text())),
        ],
        &[("accepted", "The reason the plan gives for accepting it.", text())],
    );
    object(
        "All that is to be done in one account and region, in order.",
        &[
            ("plan", "The name of the plan.", text()),
            ("home", "Where.", home()),
            ("changes", "The acts.", list("change")),
            ("unchanged", "How many things are as they should be.", count()),
            ("findings", "What should be known.", array(finding)),
            ("unreadable", "What could not be read.", list("unreadable")),
            ("outputs", "What AWS decided about ingress endpoints, by address.", map(map(text()))),
            ("fingerprints", "`sha256:` of each object that it was computed from.", map(text())),
            ("mail", "The routes that it moves.", list("route")),
        ],
        &[],
    )
}
