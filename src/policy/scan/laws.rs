//! What is found in one pass is what `serde_json` finds, and whoever asks a statement before it was worked out gets the answer that it gives
//! after.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::policy::{Caller, Context, Document, Request, Statement, evaluate};

/// Values of every sort, nested.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![any::<u64>(), 0..20_u64].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z*:/. äß]{0,6}".prop_map(Value::from),
        "[\"\\\\\n\u{1}a]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let members = proptest::collection::btree_map("[a-z]{0,2}", inner.clone(), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|it| Value::Object(it.into_iter().collect()))
        ]
    })
}

/// Members as policies have them, and as they should not have them.
fn statements() -> impl Strategy<Value = Value> {
    let names = select(vec!["ses.amazonaws.com", "SES.Amazonaws.COM", "sns.amazonaws.com", "*", "111122223333", "ses.amazonaws.com.x", ""]);
    let list = || prop_oneof![names.clone().prop_map(Value::from), proptest::collection::vec(names.clone(), 0..3).prop_map(Value::from)];
    let of_kind = (select(vec!["Service", "AWS", "Federated"]), list()).prop_map(|(kind, names)| json!({kind: names}));
    let principal =
        prop_oneof![4 => of_kind, 1 => list(), 1 => values(), 1 => values().prop_map(|odd| json!({"Service": ["ses.amazonaws.com", odd]}))];
    let effect = prop_oneof![6 => select(vec!["Allow", "Deny", "allow"]).prop_map(Value::from), 1 => values()];
    let sid = prop_oneof![4 => "[A-C]{0,1}".prop_map(Value::from), 1 => values()];
    let actions = select(vec!["s3:*", "S3:putObject", "s3:Put?bject", "s3:GetObject", "*", "", "kms:*"]);
    let action = prop_oneof![3 => actions.clone().prop_map(Value::from), 2 => proptest::collection::vec(actions, 0..3).prop_map(Value::from), 1 => values()];
    let but = proptest::option::weighted(0.2, list().prop_map(|names| json!({"Service": names})));
    let members = (
        proptest::option::of(sid),
        action,
        proptest::option::weighted(0.9, effect),
        proptest::option::weighted(0.9, principal),
        but,
        values(),
    );
    (members, 0..8_usize).prop_map(|((sid, action, effect, principal, but, odd), turn)| {
        let odd = (turn == 0).then_some(odd);
        let members = [("Sid", sid), ("Effect", effect), ("Principal", principal), ("NotPrincipal", but), ("Odd", odd)];
        let mut members: Vec<_> = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        members.extend([("Action".to_owned(), action), ("Resource".to_owned(), json!("*"))]);
        let turn = turn % members.len();
        members.rotate_left(turn);
        Value::Object(Map::from_iter(members))
    })
}

fn documents() -> impl Strategy<Value = Value> {
    let many = proptest::collection::vec(statements(), 0..4).prop_map(Value::from);
    let statement = prop_oneof![4 => many, 1 => statements(), 1 => values()];
    (statement, proptest::option::of(values())).prop_map(|(statement, odd)| {
        let mut document = json!({"Version": "2012-10-17", "Statement": statement});
        if let (Some(odd), Some(members)) = (odd, document.as_object_mut()) {
            members.insert("Odd".to_owned(), odd);
        }
        document
    })
}

/// What a text is broken with.
const PIECES: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0041",
    "-",
    "0",
    "7",
    "1e999",
    "true",
    "nul",
    " ",
    "\n",
    "\"Sid\":\"A\",",
    "\"Effect\":\"Deny\",\"Effect\":\"Allow\",",
    "\"a\":1,\"a\":1,",
    "{\"a\":1,\"a\":2}",
    "\u{b}",
];

/// A text that is nearly JSON: one of these pieces is put into it, or something of it is left out.
fn broken(text: &str, at: Index, length: usize, piece: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = at.index(characters.len() + 1);
    // Members go where members begin: there a name may be met again.
    let brace = characters[..at].iter().rposition(|c| *c == '{').filter(|_| piece.ends_with(','));
    let (at, length) = brace.map_or((at, length), |brace| (brace + 1, 0));
    let behind = (at + length).min(characters.len());
    characters[..at].iter().copied().chain(piece.chars()).chain(characters[behind..].iter().copied()).collect()
}

fn outcome(read: Result<Document, crate::policy::PolicyError>) -> String {
    let Ok(document) = read else { return "no policy".to_owned() };
    let said = |it: &Statement| format!("{} {:?} {:?} {:?} {:?}", it.text(), it.sid(), it.effect(), it.meaning().effect, it.value());
    let statements: Vec<String> = document.statements().map(said).collect();
    format!(
        "{:?} {:?} {:?} {:?} {statements:?}",
        document.text(),
        document.shape(),
        document.version(),
        document.placed().iter().map(|(at, _)| at).collect::<Vec<_>>()
    )
}

fn held(text: &str) -> Result<(), TestCaseError> {
    if super::document(text).is_some() {
        prop_assert_eq!(outcome(Document::parse(text)), outcome(Document::take_apart(&text.into())), "{}", text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn one_pass_finds_what_serde_finds_and_gives_up_where_it_refuses(
        document in documents(), pretty in any::<bool>(), breaks in proptest::collection::vec((any::<Index>(), 0..3_usize, select(PIECES.to_vec())), 0..3)
    ) {
        let mut text = if pretty { serde_json::to_string_pretty(&document).unwrap() } else { document.to_string() };
        held(&text)?;
        for (at, length, piece) in breaks {
            text = broken(&text, at, length, piece);
            held(&text)?;
        }
    }

    /// The same statements in a text that one pass does not read: it has a backslash.
    #[test]
    fn asked_before_it_was_worked_out_a_statement_answers_the_same(
        found in proptest::collection::vec(statements(), 1..4), ours in select(vec!["ses.amazonaws.com", "sns.amazonaws.com"]), caller in "(ses|SES|sns)"
    ) {
        let request = Request {
            caller: Caller::Service(format!("{caller}.amazonaws.com")),
            action: "s3:PutObject".to_owned(),
            resource: "arn:aws:s3:::b/x".to_owned(),
            context: Context::open(),
        };
        let plain = Document::parse(&json!({"Statement": &found}).to_string()).unwrap();
        let slow = Document::parse(&json!({"Id": "\\", "Statement": &found}).to_string()).unwrap();
        prop_assert_eq!(evaluate(&[("", &plain)], &request), evaluate(&[("", &slow)], &request));
        let ours = json!({"Effect": "Allow", "Principal": {"Service": ours}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/x"});
        let ours = Statement::from_value(ours).unwrap();
        let covers = |document: &Document| document.statements().map(|have| (have.allows(), have.covers(&ours))).collect::<Vec<_>>();
        prop_assert_eq!(covers(&plain), covers(&slow));
    }
}

#[test]
fn policies_as_services_keep_them_are_plain() {
    let blocks: Map<String, Value> = serde_json::from_str(include_str!("../documented.json")).unwrap();
    for (name, block) in blocks {
        let policy = if block.get("Statement").is_some() { block } else { json!({"Statement": [block]}) };
        for text in [policy.to_string(), serde_json::to_string_pretty(&policy).unwrap()] {
            assert!(super::document(&text).is_some(), "{name}: {text}");
        }
    }
}
