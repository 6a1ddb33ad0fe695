//! Values → the text of a plan: block YAML with comments, short things on one line, every text quoted unless it surely reads back as itself.
//!
//! Its own emitter, because a plan needs what no library writes at once: comments, `${` as `$${`, and the choice between lines and blocks.

mod scalar;

use std::fmt::Write;
use std::ops::Range;

use crate::core::address::Address;
use scalar::{is_unseen, scalar};

/// What fits on one line.
const WIDTH: usize = 118;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Yaml {
    /// A text, quoted where it must be.
    Text(String),
    /// A number, a truth value or a bare word of the language: written as it is.
    Word(String),
    /// A list; on one line where it fits.
    List(Vec<Item>),
    /// A list of which each item has a line, but for bare words alone.
    Lines(Vec<Item>),
    /// A mapping; on one line where it fits.
    Map(Map),
}

/// One value of a list, or of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Comments that stand above it.
    pub notes: Vec<String>,
    /// What of the account it is: asked for again when something is wrong with these lines.
    pub about: Option<Address>,
    /// The value.
    pub value: Yaml,
}

/// A mapping in the order it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    entries: Vec<(String, Item)>,
    /// One key a line, however short it is.
    lines: bool,
}

impl Map {
    /// One that is written over several lines.
    #[must_use]
    pub fn of_lines() -> Self {
        Self { lines: true, ..Self::default() }
    }

    /// Adds a key.
    pub fn put(&mut self, key: &str, value: impl Into<Item>) {
        self.entries.push((key.to_owned(), value.into()));
    }

    /// Adds a key where there is a value.
    pub fn maybe(&mut self, key: &str, value: Option<impl Into<Item>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// The same with one more key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Item>) -> Self {
        self.put(key, value);
        self
    }

    /// The value of a key, where nothing stands beside it.
    #[must_use]
    pub fn only(&self, key: &str) -> Option<Item> {
        match self.entries.as_slice() {
            [(one, item)] if one == key => Some(item.clone()),
            _ => None,
        }
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Item {
    /// With a comment above it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With what it is of the account.
    #[must_use]
    pub fn about(mut self, at: Address) -> Self {
        self.about = Some(at);
        self
    }
}

impl<T: Into<Yaml>> From<T> for Item {
    fn from(value: T) -> Self {
        Self { notes: Vec::new(), about: None, value: value.into() }
    }
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Self::Word(value.to_string())
    }
}

impl From<Map> for Yaml {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<Vec<String>> for Yaml {
    fn from(texts: Vec<String>) -> Self {
        Self::List(texts.into_iter().map(Item::from).collect())
    }
}

impl Yaml {
    /// A number or a word of the language.
    #[must_use]
    pub fn word(word: impl ToString) -> Self {
        Self::Word(word.to_string())
    }

    /// A mapping of one key.
    #[must_use]
    pub fn one(key: &str, value: impl Into<Item>) -> Self {
        Map::default().with(key, value).into()
    }
}

/// A text, and which of its bytes speak of what.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Outer ranges before the inner ones that begin where they do.
    pub about: Vec<(Range<usize>, Address)>,
}

impl Written {
    /// What the innermost lines around a byte speak of, and then what is around those.
    pub fn around(&self, byte: usize) -> impl Iterator<Item = &Address> {
        let mut around: Vec<_> = self.about.iter().filter(|(range, _)| range.contains(&byte)).collect();
        around.sort_by_key(|(range, _)| range.len());
        around.into_iter().map(|(_, at)| at)
    }
}

/// Writes a document; `head` are comments that stand before everything.
#[must_use]
pub fn document(head: &[String], plan: &Map) -> Written {
    let mut written = Written::default();
    for line in head {
        comment(&mut written.text, 0, line);
    }
    map(&mut written, 0, plan, false);
    written
}

/// A comment, whatever it holds. What does not fit on a line goes on in the next, a little further in.
fn comment(text: &mut String, indent: usize, words: &str) {
    let clean: String = words.chars().map(|c| if is_unseen(c) { ' ' } else { c }).collect();
    let (mut line, mut begins) = (String::new(), "# ");
    for word in clean.split(' ').filter(|word| !word.is_empty()) {
        let used = indent + begins.len() + line.chars().count();
        if !line.is_empty() && used + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{:indent$}{begins}{line}", "");
            (line, begins) = (String::new(), "#   ");
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(text, "{:indent$}{begins}{line}", "");
}

/// `first`: the first key stands behind a dash.
fn map(written: &mut Written, indent: usize, map: &Map, mut first: bool) {
    for (place, (key, item)) in map.entries.iter().enumerate() {
        // The sections of a plan stand apart.
        if indent == 0 && place > 0 && (has_lines(&item.value) || !item.notes.is_empty()) {
            written.text.push('\n');
        }
        for note in &item.notes {
            comment(&mut written.text, indent, note);
        }
        if !std::mem::take(&mut first) {
            let _ = write!(written.text, "{:indent$}", "");
        }
        let start = written.text.len();
        let place = written.about.len();
        let _ = write!(written.text, "{}:", scalar(key));
        let used = indent + scalar(key).len() + 2;
        match flow(&item.value).filter(|line| used + line.len() <= WIDTH || !has_parts(&item.value)) {
            Some(line) => {
                let _ = writeln!(written.text, " {line}");
            }
            None => {
                written.text.push('\n');
                block(written, indent + 2, &item.value);
            }
        }
        mark(written, start, place, item);
    }
}

fn mark(written: &mut Written, start: usize, place: usize, item: &Item) {
    if let Some(at) = &item.about {
        let range = start..written.text.len();
        written.about.insert(place, (range, at.clone()));
    }
}

fn block(written: &mut Written, indent: usize, value: &Yaml) {
    match value {
        Yaml::Map(inner) => map(written, indent, inner, false),
        Yaml::List(items) | Yaml::Lines(items) => {
            for item in items {
                list_item(written, indent, item);
            }
        }
        Yaml::Text(_) | Yaml::Word(_) => {}
    }
}

fn list_item(written: &mut Written, indent: usize, item: &Item) {
    // A comment on the first key of a mapping would stand behind the dash.
    let inner = match &item.value {
        Yaml::Map(inner) => inner.entries.first().map(|(_, first)| first.notes.as_slice()),
        _ => None,
    };
    for note in item.notes.iter().chain(inner.unwrap_or_default()) {
        comment(&mut written.text, indent, note);
    }
    let (start, place) = (written.text.len(), written.about.len());
    let _ = write!(written.text, "{:indent$}- ", "");
    match flow(&item.value).filter(|line| indent + 2 + line.len() <= WIDTH || !has_parts(&item.value)) {
        Some(line) => {
            // `- s3: bucket` reads better than `- { s3: bucket }`.
            let one_key = matches!(&item.value, Yaml::Map(inner) if inner.entries.len() == 1);
            let bare = line.strip_prefix("{ ").and_then(|line| line.strip_suffix(" }")).filter(|_| one_key);
            let _ = writeln!(written.text, "{}", bare.unwrap_or(&line));
        }
        None => match &item.value {
            Yaml::Map(inner) => {
                let mut inner = inner.clone();
                if let Some((_, first)) = inner.entries.first_mut() {
                    first.notes.clear();
                }
                map(written, indent + 2, &inner, true);
            }
            other => {
                written.text.push('\n');
                block(written, indent + 2, other);
            }
        },
    }
    mark(written, start, place, item);
}

fn has_lines(value: &Yaml) -> bool {
    matches!(value, Yaml::Map(Map { lines: true, .. }))
}

fn has_parts(value: &Yaml) -> bool {
    match value {
        Yaml::List(items) | Yaml::Lines(items) => !items.is_empty(),
        Yaml::Map(map) => !map.is_empty(),
        Yaml::Text(_) | Yaml::Word(_) => false,
    }
}

/// A value on one line; none where a comment stands in it, or it is meant to have lines.
fn flow(value: &Yaml) -> Option<String> {
    Some(match value {
        Yaml::Text(text) => scalar(text),
        Yaml::Word(word) => word.clone(),
        Yaml::List(items) | Yaml::Lines(items) if items.is_empty() => "[]".to_owned(),
        Yaml::Lines(items) if !items.iter().all(|item| matches!(item.value, Yaml::Word(_))) => return None,
        Yaml::List(items) | Yaml::Lines(items) => {
            let parts: Vec<String> = items.iter().map(flow_item).collect::<Option<_>>()?;
            format!("[{}]", parts.join(", "))
        }
        Yaml::Map(map) if map.entries.is_empty() => "{}".to_owned(),
        Yaml::Map(map) if map.lines => return None,
        Yaml::Map(map) => {
            let part = |(key, item): &(String, Item)| Some(format!("{}: {}", scalar(key), flow_item(item)?));
            let parts: Vec<String> = map.entries.iter().map(part).collect::<Option<_>>()?;
            format!("{{ {} }}", parts.join(", "))
        }
    })
}

fn flow_item(item: &Item) -> Option<String> {
    if item.notes.is_empty() && item.about.is_none() { flow(&item.value) } else { None }
}

#[cfg(test)]
mod tests;
