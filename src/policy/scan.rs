//! A policy as it is mostly written, read in one pass and without a copy: where its statements stand, and what tells soonest of each whom it
//! is about.
//!
//! It judges nothing. At whatever is not plain (a backslash, a number that is no short row of digits, a member named twice, an object of many
//! members, a fault) it gives up, and `serde_json` reads the text and says what there is to say.

use std::ops::Range;

use memchr::memchr;

use super::document::Shape;
use super::meaning::{Effect, effect};

/// A document that could be read so.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) shape: Shape,
    pub(super) statements: Vec<Outline>,
    pub(super) version: Option<Range<usize>>,
    /// Top-level members beside `Version`, `Id` and `Statement`: name and value.
    pub(super) other: Vec<(Range<usize>, Range<usize>)>,
}

/// A statement whose text is plain, by its place in the text of its document.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    pub(super) at: Range<usize>,
    /// What stands between the quotation marks.
    pub(super) sid: Option<Range<usize>>,
    pub(super) effect: Option<Effect>,
    /// `Principal`, where it is what the grammar knows: one text, or lists of texts by kind.
    pub(super) principal: Option<Range<usize>>,
    /// `Action`, where it is a text or a list of texts.
    pub(super) action: Option<Range<usize>>,
}

/// The document, where `Statement` is among its members and all of it is plain.
pub(super) fn document(text: &str) -> Option<Plain> {
    if memchr(b'\\', text.as_bytes()).is_some() {
        return None;
    }
    // Looked for at once, so that no text in it need be looked through for them.
    let has_controls = text.bytes().fold(false, |has, byte| has | (byte < 0x20));
    let mut scan = Scan { text, at: 0, names: Vec::new(), has_controls };
    let (mut shape, mut statements, mut version, mut other) = (None, Vec::new(), None, Vec::new());
    scan.next_is(b'{')?;
    scan.members(MOST_DEPTH, |scan, name| {
        match scan.part(&name)? {
            b"Statement" => shape = Some(scan.statements(&mut statements)?),
            b"Version" => version = Some(scan.value(MOST_DEPTH)?),
            b"Id" => _ = scan.value(MOST_DEPTH)?,
            _ => other.push((name, scan.value(MOST_DEPTH)?)),
        }
        Some(())
    })?;
    let is_all = scan.skip_white().is_none();
    Some(Plain { shape: shape.filter(|_| is_all)?, statements, version, other })
}

/// Deeper than any policy, and far from what `serde_json` refuses.
const MOST_DEPTH: usize = 32;
/// An object of more members is held against itself by a set, elsewhere.
const MOST_MEMBERS: usize = 32;
/// A row of digits that is a number as it stands.
const MOST_DIGITS: usize = 15;

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The names met in the objects that are open.
    names: Vec<Range<usize>>,
    /// Line ends or tabs between the parts; or what may stand in no text.
    has_controls: bool,
}

impl<'a> Scan<'a> {
    fn part(&self, at: &Range<usize>) -> Option<&'a [u8]> {
        self.text.as_bytes().get(at.clone())
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that says something.
    fn skip_white(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn next_is(&mut self, byte: u8) -> Option<()> {
        (self.skip_white()? == byte).then_some(())
    }

    /// A text, from its first quotation mark: the place of what it holds.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at + 1;
        let inside = self.text.as_bytes().get(start..)?;
        let length = memchr(b'"', inside)?;
        self.at = start + length + 1;
        let is_plain = !self.has_controls || inside.iter().take(length).all(|byte| *byte >= 0x20);
        is_plain.then_some(start..start + length)
    }

    /// Any value, from its first byte.
    fn value(&mut self, depth: usize) -> Option<Range<usize>> {
        let start = self.at;
        match self.peek()? {
            b'"' => _ = self.string()?,
            b'{' => self.members(depth, |scan, _| scan.value(depth - 1).map(drop))?,
            b'[' => self.items(depth, |scan| scan.value(depth - 1).map(drop))?,
            b'0'..=b'9' => self.digits()?,
            _ => {
                let word = ["true", "false", "null"].into_iter().find(|word| self.rest().starts_with(word.as_bytes()))?;
                self.at += word.len();
            }
        }
        Some(start..self.at)
    }

    /// A fraction or an exponent behind them is met by whoever looks for what comes next.
    fn digits(&mut self) -> Option<()> {
        let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_plain = length == 1 || (length <= MOST_DIGITS && self.peek() != Some(b'0'));
        self.at += length;
        is_plain.then_some(())
    }

    /// An object, from its brace. `each` begins at a value and ends behind it.
    fn members(&mut self, depth: usize, mut each: impl FnMut(&mut Self, Range<usize>) -> Option<()>) -> Option<()> {
        depth.checked_sub(1)?;
        self.at += 1;
        let before = self.names.len();
        if self.skip_white()? != b'}' {
            loop {
                self.next_is(b'"')?;
                let name = self.string()?;
                let text = self.part(&name);
                let known = self.names.get(before..)?;
                if known.len() == MOST_MEMBERS || known.iter().any(|known| self.part(known) == text) {
                    return None;
                }
                self.names.push(name.clone());
                self.next_is(b':')?;
                self.at += 1;
                self.skip_white()?;
                each(self, name)?;
                if !self.goes_on(b'}')? {
                    break;
                }
            }
        }
        self.at += 1;
        self.names.truncate(before);
        Some(())
    }

    /// An array, from its bracket. `each` begins at an element and ends behind it.
    fn items(&mut self, depth: usize, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        depth.checked_sub(1)?;
        self.at += 1;
        if self.skip_white()? != b']' {
            loop {
                each(self)?;
                if !self.goes_on(b']')? {
                    break;
                }
            }
        }
        self.at += 1;
        Some(())
    }

    /// Steps over a comma to what comes behind it, or says that it stands at the end.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        match self.skip_white()? {
            b',' => {
                self.at += 1;
                self.skip_white().map(|_| true)
            }
            byte => (byte == end).then_some(false),
        }
    }

    fn statements(&mut self, found: &mut Vec<Outline>) -> Option<Shape> {
        let start = self.at;
        if self.peek()? == b'[' {
            self.items(MOST_DEPTH, |scan| scan.statement().map(|outline| found.push(outline)))?;
            return Some(Shape::Array(start..self.at));
        }
        found.push(self.statement()?);
        Some(Shape::Object(start..self.at))
    }

    fn statement(&mut self) -> Option<Outline> {
        (self.peek()? == b'{').then_some(())?;
        let start = self.at;
        let (mut sid, mut told, mut principal, mut action) = (None, None, None, None);
        self.members(MOST_DEPTH, |scan, name| {
            let is_text = scan.peek() == Some(b'"');
            match scan.part(&name)? {
                b"Sid" if is_text => sid = Some(scan.string()?),
                b"Effect" if is_text => {
                    let word = scan.string()?;
                    told = effect(scan.text.get(word)?);
                }
                b"Principal" => principal = scan.principal()?,
                b"Action" => action = scan.texts()?,
                _ => _ = scan.value(MOST_DEPTH)?,
            }
            Some(())
        })?;
        Some(Outline { at: start..self.at, sid, effect: told, principal, action })
    }

    /// A text or a list of texts. Outside: it is not plain. Inside: it is something else.
    fn texts(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        let mut is_known = matches!(self.peek()?, b'"' | b'[');
        if self.peek()? == b'[' {
            self.items(MOST_DEPTH, |scan| {
                is_known &= scan.peek() == Some(b'"');
                scan.value(MOST_DEPTH).map(drop)
            })?;
        } else {
            self.value(MOST_DEPTH)?;
        }
        Some(is_known.then_some(start..self.at))
    }

    /// A text, or texts by kind; as above.
    fn principal(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        let mut is_known = matches!(self.peek()?, b'"' | b'{');
        if self.peek()? == b'{' {
            self.members(MOST_DEPTH, |scan, _| scan.texts().map(|texts| is_known &= texts.is_some()))?;
        } else {
            self.value(MOST_DEPTH)?;
        }
        Some(is_known.then_some(start..self.at))
    }
}

#[cfg(test)]
mod laws;
