//! What `trace` prints.

use serde_json::{Map, Value};

use super::shape::{account, array, flag, named, object, or_null, text, texts, words};
use super::shared::document;

pub(super) fn trace() -> (Value, Map<String, Value>) {
    let act = object(
        "One action.",
        &[("action", "The word of the plan language.", text()), ("with", "With what.", text()), ("rule", "The rule that does it.", text())],
        &[
            ("note", "What else must be known.", text()),
            ("checks", "With `--live`: whether SES would be allowed.", array(super::documents::asked())),
        ],
    );
    let step = object(
        "One thing that the message meets.",
        &[
            ("what", "What: `rule store`, `filter block-bad-net`.", text()),
            ("outcome", "What comes of it.", text()),
            ("why", "Why.", text()),
            ("actions", "What is done.", array(act)),
        ],
        &[],
    );
    let way = object(
        "One way, and what it supposes of what is not known.",
        &[
            ("supposing", "What is supposed.", texts()),
            ("end", "How it ends.", words(&["blocked", "unmatched", "closed", "bounced", "dropped", "unknown", "done"])),
            ("route", "What is done, in order, in words.", texts()),
            ("steps", "What is met, in order.", array(step)),
        ],
        &[],
    );
    let route = object(
        "What happens to the message by one way in.",
        &[
            ("via", "The way in.", text()),
            ("active", "Whether it surely receives.", flag()),
            ("to", "The recipient.", or_null(text())),
            ("complete", "Whether these are all ways.", flag()),
            ("ways", "Way by way.", array(way)),
        ],
        &[],
    );
    let may = [
        ("exit", "With several targets: the exit code of a run with it alone.", super::shape::count()),
        ("error", "What stopped it.", named("error")),
    ];
    let part = object(
        "The ways of a message in one account and region.",
        &[
            ("target", "Its name, where the plan has targets.", or_null(text())),
            ("account", "The account, where it is known.", or_null(account())),
            ("region", "The SES region, where it is known.", or_null(text())),
            ("routes", "By each way in, and for each recipient.", array(route)),
            ("not_read", "What could not be read, or was not.", texts()),
        ],
        &may,
    );
    (document(serde_json::json!({ "anyOf": [part, named("failed")] }), &[]), Map::new())
}
