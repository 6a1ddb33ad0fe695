//! What statements mean: two spellings of one thing are equal, and what covers another allows all that it allows.

use arbitrary::{Result, Unstructured};
use postroom::policy::{Decision, Document, Statement, equivalent, evaluate};

use super::evaluator::request;
use super::spelling::{Said, VERSIONS, document};

pub fn check(data: &[u8]) {
    // Too few bytes are no document.
    let _ = laws(&mut Unstructured::new(data));
}

fn laws(u: &mut Unstructured<'_>) -> Result<()> {
    let (said, others): (Vec<Said>, Vec<Said>) = (several(u)?, several(u)?);
    let (version, another) = (*u.choose(&VERSIONS)?, *u.choose(&VERSIONS)?);
    let (one, again) = (document(u, &said, version)?, document(u, &said, version)?);
    let other = document(u, &others, another)?;
    assert_eq!(equivalent(&one, &again), Ok(true), "two spellings of one policy:\n{one}\n{again}");
    let there = equivalent(&one, &other).expect("both are policies");
    assert_eq!(equivalent(&other, &one), Ok(there), "not the same from the other side:\n{one}\n{other}");
    assert_eq!(equivalent(&again, &other), Ok(there), "another spelling, another answer:\n{one}\n{again}\n{other}");

    let parse = |text: &str| Document::parse(text).expect("a policy");
    let digests = |document: &Document| document.statements().map(Statement::digest).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(digests(&parse(&one)), digests(&parse(&again)), "a digest is of the meaning");

    let (one, other) = (parse(&one), parse(&other));
    for _ in 0..4 {
        let asked = request(u)?;
        for wide in one.statements() {
            for narrow in other.statements().filter(|narrow| wide.covers(narrow)) {
                let alone = |statement: &Statement| parse(&format!("{{\"Version\":\"2012-10-17\",\"Statement\":{}}}", statement.text()));
                let allows = |statement: &Statement| evaluate(&[("alone", &alone(statement))], &asked).decision;
                if allows(narrow) == Decision::Allowed {
                    assert_eq!(allows(wide), Decision::Allowed, "{}\ncovers\n{}\nand not {asked:?}", wide.text(), narrow.text());
                }
            }
        }
    }
    Ok(())
}

fn several(u: &mut Unstructured<'_>) -> Result<Vec<Said>> {
    let mut said = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        said.push(u.arbitrary()?);
    }
    Ok(said)
}
