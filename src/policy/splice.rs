//! Ours in, ours out, everybody else's untouched.

use std::collections::BTreeSet;

use super::document::{Document, Shape};
use super::statement::Statement;

/// What shall become of a document's statements. A statement named in both `put` and `drop` is put.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Each takes the place of the statement with its Sid, else it is appended, in this order. Of two with one Sid the first counts.
    /// One without a Sid is appended unless a statement without a Sid means the same.
    pub put: Vec<Statement>,
    /// Sids, or digests (`sha256:…`), of statements that shall go.
    pub drop: BTreeSet<String>,
}

impl Edits {
    /// Whether nothing shall become of any.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let Self { put, drop } = self;
        put.is_empty() && drop.is_empty()
    }

    fn takes_away(&self, statement: &Statement) -> bool {
        let by_digest = || self.drop.iter().any(|name| name.starts_with("sha256:")) && self.drop.contains(&statement.digest());
        statement.sid().is_some_and(|sid| self.drop.contains(sid)) || by_digest()
    }
}

/// A statement of the new document, and the white space to write before it.
struct Piece<'a> {
    lead: &'a str,
    statement: &'a Statement,
}

impl Document {
    /// The document with the edits made.
    ///
    /// Statements that are not named keep their bytes and their order, and so does all text around the statements.
    /// One that already means what is put keeps its bytes, too; where nothing changes, nothing at all does.
    #[must_use]
    pub fn splice(&self, edits: &Edits) -> Self {
        let mut pieces = Vec::new();
        let mut placed = BTreeSet::new();
        let mut changed = false;
        for (index, statement) in self.statements().enumerate() {
            let lead = self.lead(index);
            let put = statement.sid().and_then(|sid| edits.put.iter().find(|put| put.sid() == Some(sid)));
            let stays = match put {
                Some(put) => placed.insert(put.sid()).then(|| if put.means_the_same(statement) { statement } else { put }),
                None => (!edits.takes_away(statement)).then_some(statement),
            };
            changed |= stays.is_none_or(|stays| !std::ptr::eq(stays, statement));
            pieces.extend(stays.map(|statement| Piece { lead, statement }));
        }
        let last_lead = self.placed().len().checked_sub(1).map_or("", |last| self.lead(last));
        for put in &edits.put {
            let is_there = match put.sid() {
                Some(sid) => !placed.insert(Some(sid)),
                None => pieces.iter().any(|piece| piece.statement.sid().is_none() && piece.statement.means_the_same(put)),
            };
            if !is_there {
                changed = true;
                pieces.push(Piece { lead: last_lead, statement: put });
            }
        }
        if changed { self.write(&pieces) } else { self.clone() }
    }

    /// The white space that stands before a statement, behind its `[` or comma.
    fn lead(&self, index: usize) -> &str {
        let Some((at, _)) = self.placed().get(index) else { return "" };
        let Shape::Array(array) = self.shape() else { return "" };
        let before = index.checked_sub(1).and_then(|index| self.placed().get(index)).map_or(array.start, |(at, _)| at.end);
        let gap = self.text().get(before..at.start).unwrap_or_default();
        gap.rsplit(['[', ',']).next().unwrap_or_default()
    }

    fn write(&self, pieces: &[Piece<'_>]) -> Self {
        let old = self.text();
        let last_end = self.placed().last().map_or(0, |(at, _)| at.end);
        // What goes before the statements, what goes behind them, and where the old text goes on.
        let (opening, closing, until, resume) = match self.shape() {
            Shape::Object(at) if pieces.len() == 1 => ("", "", at.start, at.end),
            Shape::Object(at) => ("[", "]", at.start, at.end),
            Shape::Array(at) if pieces.is_empty() || last_end == 0 => ("[", "]", at.start, at.end),
            Shape::Array(at) => ("[", "", at.start, last_end),
            Shape::Missing { at, comma: true } => (",\"Statement\":[", "]", *at, *at),
            Shape::Missing { at, comma: false } => ("\"Statement\":[", "]", *at, *at),
        };
        let mut text = old.get(..until).unwrap_or_default().to_owned() + opening;
        let start = text.len() - usize::from(opening.ends_with('['));
        let mut statements = Vec::with_capacity(pieces.len());
        for (index, piece) in pieces.iter().enumerate() {
            text.push_str(if index > 0 { "," } else { "" });
            text.push_str(piece.lead);
            let from = text.len();
            text.push_str(piece.statement.text());
            statements.push((from..text.len(), piece.statement.clone()));
        }
        text.push_str(closing);
        // An array whose white space before the `]` was kept ends where the old one did, counted from the end.
        let end = match self.shape() {
            Shape::Array(at) => text.len() + at.end - resume,
            Shape::Object(_) | Shape::Missing { .. } => text.len(),
        };
        text.push_str(old.get(resume..).unwrap_or_default());
        let shape = if opening.is_empty() { Shape::Object(start..end) } else { Shape::Array(start..end) };
        self.rewritten(text, shape, statements)
    }
}

#[cfg(test)]
mod tests;
