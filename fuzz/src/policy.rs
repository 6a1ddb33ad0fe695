//! Documents as their services give them: parsed, compared, spliced.

use postroom::policy::{Document, Edits, Statement, equivalent};

/// A text is no policy, or one that loses nothing.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // It says itself whether it is one: that must be an answer, whichever.
    let is_equivalent = equivalent(text, text);
    let Ok(document) = Document::parse(text) else { return };
    assert_eq!(is_equivalent, Ok(true), "it does not mean itself");
    assert_eq!(document.text(), text, "parsing and printing it changes it");
    assert!(document.means_the_same(&document));
    assert!(document.size_without_whitespace() <= text.chars().count());
    for statement in document.statements() {
        let again = Statement::parse(statement.text()).expect("what was a statement is one alone");
        assert_eq!((again.text(), again.digest()), (statement.text(), statement.digest()));
        assert!(again.means_the_same(statement));
        assert!(statement.covers(statement) || !statement.allows(), "it does not cover itself: {}", statement.text());
    }
    assert_eq!(document.splice(&Edits::default()).text(), text, "an edit of nothing changes it");
    ours_in_and_out(&document);
}

const OURS: &str = r#"{"Sid":"PostroomAbc","Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}"#;

/// Ours goes in and out, and everybody else's is as it was, byte for byte and in its order.
fn ours_in_and_out(document: &Document) {
    let ours = Statement::parse(OURS).expect("a statement");
    let sid = ours.sid().expect("a Sid").to_owned();
    let others = |document: &Document| -> Vec<String> {
        let foreign = document.statements().filter(|statement| statement.sid() != Some(&sid));
        foreign.map(|statement| statement.text().to_owned()).collect()
    };
    let put = Edits { put: vec![ours.clone()], ..Edits::default() };
    let with = document.splice(&put);
    is_as_it_reads(&with);
    assert_eq!(others(&with), others(document), "a foreign statement was changed");
    assert_eq!(with.statements().filter(|statement| statement.sid() == Some(&sid)).count(), 1);
    assert!(with.statement(&sid).expect("it was put").means_the_same(&ours));
    assert_eq!(with.splice(&put).text(), with.text(), "the second time changes something");
    assert_eq!(with.version(), document.version());

    let drop = Edits { drop: [sid.clone()].into(), ..Edits::default() };
    let without = with.splice(&drop);
    is_as_it_reads(&without);
    assert_eq!(others(&without), others(document), "a foreign statement was changed");
    assert!(without.statement(&sid).is_none());
    assert_eq!(without.splice(&drop).text(), without.text(), "the second time changes something");
    if document.statement(&sid).is_none() {
        assert!(without.means_the_same(document), "{} is not {document}", without.text());
    }

    // By its digest goes whatever means the same, and nothing else.
    if let Some(first) = document.statements().next() {
        let digest = first.digest();
        let without = document.splice(&Edits { drop: [digest.clone()].into(), ..Edits::default() });
        is_as_it_reads(&without);
        let kept: Vec<&str> = document.statements().filter(|other| other.digest() != digest).map(Statement::text).collect();
        assert_eq!(without.statements().map(Statement::text).collect::<Vec<_>>(), kept);
    }
}

/// What the splice says of its text is what a reader finds in it.
fn is_as_it_reads(document: &Document) {
    let read = Document::parse(document.text()).unwrap_or_else(|error| panic!("{error}: {document}"));
    let texts = |document: &Document| document.statements().map(|statement| statement.text().to_owned()).collect::<Vec<_>>();
    assert_eq!(texts(&read), texts(document));
    assert!(read.means_the_same(document));
}
