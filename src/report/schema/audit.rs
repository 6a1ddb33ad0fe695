//! What `audit` prints.

use serde_json::{Map, Value, json};

use super::shape::{anything, array, count, flag, named, object, or_null, text, texts, words};
use super::shared::{counts, document, target};

pub(super) fn audit() -> (Value, Map<String, Value>) {
    let part = target(
        "One account, judged.",
        vec![
            ("partial", "Whether the snapshot holds only what a plan looks at.", flag()),
            ("rules_in", "The regions whose rules were looked at.", texts()),
            ("summary", "How much of what.", counts("How much of what.", &["statements", "errors", "warnings", "infos"])),
            ("statements", "Every statement that lets SES in.", array(statement())),
            ("findings", "What is to be said of them, worst first.", array(finding())),
            ("migrations", "How old statements go, where the plan's own take their place.", array(migration())),
            ("unreadable", "What AWS would not say.", super::shape::list("unreadable")),
        ],
        vec![("calls", "What went over the wire.", named("calls"))],
    );
    (document(part, &[]), Map::new())
}

fn statement() -> Value {
    object(
        "A statement that lets SES in.",
        &[
            ("address", "Its policy.", text()),
            ("statement", "Its Sid, else its digest.", text()),
            ("index", "Its place, counted from 0.", count()),
            ("lets_in", "Whom.", words(&["ses", "everybody", "role"])),
            ("role", "By which role.", or_null(text())),
            ("owner", "Whose it is.", words(&["ours", "another plan's", "foreign"])),
            ("blocks", "Which blocks of the AWS pages it is.", texts()),
            ("document", "The statement.", anything()),
            ("findings", "The codes of what is to be said of it.", texts()),
        ],
        &[],
    )
}

fn finding() -> Value {
    object(
        "One thing that somebody should know.",
        &[
            ("code", "From the closed list of docs/codes.md.", super::shared::code()),
            ("severity", "How much it weighs.", named("severity")),
            ("address", "Where.", text()),
            ("statement", "Which statement.", or_null(text())),
            ("message", "What is wrong.", text()),
            ("remedy", "What to do.", text()),
            ("doc", "The AWS page.", text()),
            ("page", "Where the code is explained.", text()),
            ("accepted", "The reason the plan gives for accepting it.", or_null(text())),
        ],
        &[],
    )
}

fn migration() -> Value {
    let loss = object(
        "What a live rule would lose.",
        &[("rule", "The rule.", text()), ("action", "What it may not do then.", text()), ("resource", "On what.", text())],
        &[],
    );
    let add =
        object("What is added first.", &[("statements", "The Sids.", texts()), ("there", "Whether they are there already.", flag())], &[]);
    let verify = object(
        "What is tried without the old ones.",
        &[
            ("rules", "For which rules.", texts()),
            ("requests", "How many requests.", count()),
            ("loses", "What would be lost.", array(loss)),
        ],
        &[],
    );
    let remove = object(
        "What goes then.",
        &[
            ("statements", "The Sids or digests.", texts()),
            ("safe", "Whether nothing is lost.", flag()),
            ("plan", "The lines to paste into the plan.", or_null(text())),
        ],
        &[],
    );
    object(
        "How old statements of one policy go.",
        &[
            ("address", "The policy.", text()),
            ("add", "What is added first.", add),
            ("verify", "What is tried without the old ones.", verify),
            ("remove", "What goes then.", remove),
            ("notes", "What else should be known.", json!({ "type": "array", "items": { "type": "string" } })),
        ],
        &[],
    )
}
