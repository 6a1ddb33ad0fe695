use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn statement(value: Value) -> Statement {
    Statement::from_value(value).unwrap()
}

fn put(values: &[Value]) -> Edits {
    Edits { put: values.iter().cloned().map(statement).collect(), ..Edits::default() }
}

fn dropping(names: &[&str]) -> Edits {
    Edits { drop: names.iter().map(ToString::to_string).collect(), ..Edits::default() }
}

fn splice(text: &str, edits: &Edits) -> String {
    let spliced = Document::parse(text).unwrap().splice(edits);
    agrees_with_its_text(&spliced);
    spliced.text().to_owned()
}

/// A splice writes the text and knows where the statements are, without reading it again: both must agree.
fn agrees_with_its_text(document: &Document) {
    let read = Document::parse(document.text()).unwrap();
    assert_eq!(read.shape(), document.shape(), "{document}");
    let spans = |document: &Document| document.placed().iter().map(|(at, s)| (at.clone(), s.text().to_owned())).collect::<Vec<_>>();
    assert_eq!(spans(&read), spans(document), "{document}");
}

const PRETTY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Theirs", "Effect":"Allow" } ,
    {"Sid":"Ours","Effect":"Allow"},
    {"Effect" : "Deny"}
  ],
  "Id": "x"
}"#;

#[test]
fn a_statement_is_replaced_where_it_stands() {
    let spliced = splice(PRETTY, &put(&[json!({"Sid": "Ours", "Effect": "Deny"})]));
    assert_eq!(spliced, PRETTY.replace(r#"{"Sid":"Ours","Effect":"Allow"}"#, r#"{"Sid":"Ours","Effect":"Deny"}"#).replace("} ,", "},"));
}

#[test]
fn a_new_statement_goes_to_the_end_with_the_indentation_of_the_others() {
    let spliced = splice(PRETTY, &put(&[json!({"Sid": "B"}), json!({"Sid": "A"})]));
    assert!(
        spliced.ends_with("    {\"Effect\" : \"Deny\"},\n    {\"Sid\":\"B\"},\n    {\"Sid\":\"A\"}\n  ],\n  \"Id\": \"x\"\n}"),
        "{spliced}"
    );
}

#[test]
fn a_statement_leaves_without_a_trace() {
    let spliced = splice(PRETTY, &dropping(&["Ours", "NotThere"]));
    assert_eq!(spliced, PRETTY.replace("\n    {\"Sid\":\"Ours\",\"Effect\":\"Allow\"},", "").replace("} ,", "},"));
}

#[test]
fn a_statement_without_a_sid_is_dropped_by_its_digest() {
    let deny = statement(json!({"Effect": "Deny"}));
    let spliced = Document::parse(PRETTY).unwrap().splice(&dropping(&[&deny.digest()]));
    assert_eq!(spliced.statements().filter_map(Statement::sid).collect::<Vec<_>>(), ["Theirs", "Ours"]);
    assert_eq!(spliced.statements().count(), 2);
}

#[test]
fn the_last_statement_leaves_a_bare_document() {
    let bare = Document::parse(PRETTY).unwrap().splice(&Edits {
        drop: BTreeSet::from(["Theirs".into(), "Ours".into(), statement(json!({"Effect": "Deny"})).digest()]),
        ..Edits::default()
    });
    assert!(bare.is_bare());
    agrees_with_its_text(&bare);
    assert!(bare.text().contains("\"Statement\": [],"), "{bare}");
    let refilled = bare.splice(&put(&[json!({"Sid": "New"})]));
    agrees_with_its_text(&refilled);
    assert!(refilled.text().contains("\"Statement\": [{\"Sid\":\"New\"}],"), "{refilled}");
}

#[test]
fn a_lone_object_stays_one_until_it_gets_company() {
    let lone = r#"{"Statement": {"Sid":"A"} }"#;
    assert_eq!(splice(lone, &put(&[json!({"Sid": "A", "Effect": "Deny"})])), r#"{"Statement": {"Sid":"A","Effect":"Deny"} }"#);
    assert_eq!(splice(lone, &put(&[json!({"Sid": "B"})])), r#"{"Statement": [{"Sid":"A"},{"Sid":"B"}] }"#);
    assert_eq!(splice(lone, &dropping(&["A"])), r#"{"Statement": [] }"#);
}

#[test]
fn a_document_without_statements_gets_the_member() {
    assert_eq!(splice("{ }", &put(&[json!({"Sid": "A"})])), r#"{"Statement":[{"Sid":"A"}] }"#);
    assert_eq!(splice(r#"{"Id":"x" }"#, &put(&[json!({"Sid": "A"})])), r#"{"Id":"x","Statement":[{"Sid":"A"}] }"#);
    assert_eq!(splice(r#"{"Statement":[ ]}"#, &put(&[json!({"Sid": "A"})])), r#"{"Statement":[{"Sid":"A"}]}"#);
}

#[test]
fn what_already_means_the_same_keeps_its_bytes() {
    let text = r#"{"Statement":[{"Action":["S3:Put"],"Sid":"A"},{"Resource":["*"]}]}"#;
    assert_eq!(splice(text, &put(&[json!({"Sid": "A", "Action": "s3:put"}), json!({"Resource": "*"})])), text);
}

#[test]
fn one_without_a_sid_does_not_hide_behind_a_foreign_sid() {
    assert_eq!(splice(r#"{"Statement":[{"Sid":"Theirs"}]}"#, &put(&[json!({})])), r#"{"Statement":[{"Sid":"Theirs"},{}]}"#);
}

#[test]
fn a_sid_that_was_there_twice_is_there_once() {
    let text = r#"{"Statement":[{"Sid":"A","Effect":"Deny"},{"Sid":"T"},{"Sid":"A"}]}"#;
    assert_eq!(splice(text, &put(&[json!({"Sid": "A"})])), r#"{"Statement":[{"Sid":"A"},{"Sid":"T"}]}"#);
}

#[test]
fn what_is_put_and_dropped_is_put() {
    let edits = Edits { drop: BTreeSet::from(["A".into()]), ..put(&[json!({"Sid": "A", "Effect": "Deny"}), json!({"Sid": "A"})]) };
    assert_eq!(splice(r#"{"Statement":[{"Sid":"A"}]}"#, &edits), r#"{"Statement":[{"Sid":"A","Effect":"Deny"}]}"#);
}

/// Texts of statements with odd spacing and escapes; half of the Sids are in the hands of the edits.
fn a_statement() -> impl Strategy<Value = String> {
    let sid = prop_oneof![Just(String::new()), "[a-f]".prop_map(|sid| format!("\"Sid\" :\"{sid}\" ,"))];
    let effect = prop_oneof![Just("Allow"), Just("Deny")];
    (sid, effect, "[ \\n\\t]{0,3}", "[a-zé,\\[\\]{}]{0,6}").prop_map(|(sid, effect, space, text)| {
        format!("{{{space}{sid}{space}\"Effect\":{space}\"{effect}\", \"Resource\" : [\"{text}\", \"\\u0041\"]{space}}}")
    })
}

fn a_document() -> impl Strategy<Value = String> {
    let statements = proptest::collection::vec(a_statement(), 0..6);
    let member = (statements, "[ \\n]{0,3}", 0..4).prop_map(|(statements, space, shape)| match (shape, statements.as_slice()) {
        (0, [only]) => format!("\"Statement\":{space}{only}"),
        (1, []) => "\"X\":1".to_owned(),
        _ => format!("\"Statement\":[{space}{}{space}]", statements.join(&format!("{space},{space}"))),
    });
    (member, "[ \\n]{0,2}", any::<bool>()).prop_map(|(member, space, first)| {
        if first {
            format!("{space}{{{member}{space},\"Version\":\"2012-10-17\"}}")
        } else {
            format!("{{\"Id\":\"[,\",{space}{member}{space}}}{space}")
        }
    })
}

fn some_edits() -> impl Strategy<Value = Edits> {
    let put = proptest::collection::vec(("[a-c]|", any::<bool>()), 0..4).prop_map(|puts| {
        let value = |(sid, allow)| json!({"Sid": sid, "Effect": if allow { "Allow" } else { "Deny" }, "Resource": "ours"});
        puts.into_iter().map(|put| statement(value(put))).collect()
    });
    (put, proptest::collection::btree_set("[c-d]", 0..3)).prop_map(|(put, drop)| Edits { put, drop })
}

proptest! {
    #[test]
    fn foreign_statements_survive_any_edits_byte_for_byte_and_in_order(text in a_document(), edits in some_edits()) {
        let document = Document::parse(&text).unwrap();
        let spliced = document.splice(&edits);
        agrees_with_its_text(&spliced);

        let touched: BTreeSet<_> = edits.put.iter().filter_map(Statement::sid).chain(edits.drop.iter().map(String::as_str)).collect();
        let foreign = |document: &Document| -> Vec<String> {
            document.statements().filter(|s| s.sid().is_none_or(|sid| !touched.contains(sid))).map(|s| s.text().to_owned()).collect()
        };
        let (before, mut after) = (foreign(&document), foreign(&spliced));
        after.truncate(before.len()); // Ours without a Sid stand behind them.
        prop_assert_eq!(before, after);
    }

    #[test]
    fn every_edit_is_made_and_nothing_is_put_twice(text in a_document(), edits in some_edits()) {
        let spliced = Document::parse(&text).unwrap().splice(&edits);
        for put in edits.put.iter().filter(|put| put.sid().is_some()) {
            let first = edits.put.iter().find(|other| other.sid() == put.sid()).unwrap();
            let found: Vec<_> = spliced.statements().filter(|s| s.sid() == put.sid()).collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert!(found[0].means_the_same(first));
        }
        for dropped in &edits.drop {
            prop_assert!(spliced.statement(dropped).is_none() || edits.put.iter().any(|put| put.sid() == Some(dropped)));
        }
    }

    #[test]
    fn a_second_splice_changes_no_byte(text in a_document(), edits in some_edits()) {
        let once = Document::parse(&text).unwrap().splice(&edits);
        let twice = once.splice(&edits);
        prop_assert_eq!(twice.text(), once.text());
    }

    #[test]
    fn no_edits_change_no_byte(text in a_document()) {
        let document = Document::parse(&text).unwrap();
        let spliced = document.splice(&Edits::default());
        prop_assert_eq!(spliced.text(), text);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[\\{\\}\\[\\]\",:a\\\\u0041 ]{0,40}") {
        if let Ok(document) = Document::parse(&text) {
            prop_assert_eq!(document.text(), text);
        }
    }
}
