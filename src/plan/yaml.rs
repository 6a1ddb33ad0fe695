//! YAML → [`Node`]: the only file that names the YAML library.
//!
//! Anchors, aliases and `<<` are resolved here, under a budget; everything that a plan may not hold (duplicate keys, tags of one's
//! own, a second document) is refused here. What comes out is plain data.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::node::{Entry, Key, Kind, Node, Span};
use super::{MOST_PROBLEMS, quote};
use crate::core::problem::{Place, Problem, Source};

/// No plan that people read comes near these; a text that does is a bomb or an accident.
const MAX_BYTES: usize = 4 << 20;
const MAX_NODES: usize = 200_000;
/// Of all texts together. Without aliases there is never more than half as much again as in the file, by way of escapes.
const MAX_TEXTS: usize = 2 * MAX_BYTES;
const MAX_DEPTH: usize = 64;

/// Reads a text as one YAML document.
pub(crate) fn read(source: &Arc<Source>) -> Result<Node, Vec<Problem>> {
    let place = |span: Range<usize>| Place { source: Arc::clone(source), start: span.start, end: span.end };
    if source.text.len() > MAX_BYTES {
        return Err(vec![Problem::new("too-big", "the plan is larger than 4 MiB", place(0..0), "")]);
    }
    if let Some((at, found)) = source.text.char_indices().find(|(_, c)| is_unprintable(*c)) {
        let message = format!("the character U+{:04X} may not stand in YAML", u32::from(found));
        let problem = Problem::new("yaml-syntax", message, place(at..at + found.len_utf8()), "this character");
        return Err(vec![problem.with_help("write it as an escape in double quotes, if it is meant")]);
    }
    let bom = if source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = &source.text[bom..];
    let mut reading = Reading {
        source,
        parser: Parser::new_from_str(text),
        offsets: text.char_indices().map(|(at, _)| bom + at).collect(),
        anchors: BTreeMap::new(),
        read: Size::default(),
        problems: Vec::new(),
    };
    match reading.document() {
        Ok(root) if reading.problems.is_empty() => Ok(root),
        Ok(_) => Err(reading.problems),
        Err(stop) => {
            reading.problems.push(*stop);
            Err(reading.problems)
        }
    }
}

/// What YAML 1.2 calls not printable, less the byte order mark that may begin a text.
fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}') || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Reading cannot go on.
type Stop = Box<Problem>;

/// How much there is of something.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    /// Of its texts.
    bytes: usize,
}

/// A value behind an alias, with what it costs to copy.
struct Anchored {
    node: Node,
    size: Size,
    depth: usize,
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    parser: Parser<'a, StrInput<'a>>,
    /// Character → byte: the library counts characters.
    offsets: Vec<usize>,
    anchors: BTreeMap<usize, Anchored>,
    /// Of all that was read, copies included.
    read: Size,
    problems: Vec<Problem>,
}

/// The entries of a mapping, and where each key stands.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    seen: BTreeMap<String, Span>,
}

impl Entries {
    fn push(&mut self, entry: Entry) {
        self.seen.insert(entry.key.text.clone(), entry.key.span);
        self.list.push(entry);
    }
}

type Next<'a> = (Event<'a>, Span);

impl<'a> Reading<'a> {
    fn document(&mut self) -> Result<Node, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    let stop = self.problem("many-documents", "a plan is one YAML document", span, "a second one begins here");
                    return Err(Box::new(stop.with_help("write two plans in two files")));
                }
                Event::DocumentStart(_) => {
                    let first = self.next()?;
                    root = Some(self.value(first, 0)?.0);
                }
                Event::Alias(_)
                | Event::Scalar(..)
                | Event::SequenceStart(..)
                | Event::SequenceEnd
                | Event::MappingStart(..)
                | Event::MappingEnd => return Err(self.unexpected(span)),
            }
        }
        root.ok_or_else(|| Box::new(self.problem("empty-plan", "the plan is empty", Span::default(), "nothing stands here")))
    }

    fn next(&mut self) -> Result<Next<'a>, Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(span))),
            Some(Err(error)) => {
                // What is missing at the end is missing behind the last word, not on the empty line behind that.
                let last = self.source.text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
                let at = self.byte(error.marker().index()).min(last);
                let help = quote::help_at(&self.source.text, at);
                let span = help.as_ref().map_or_else(|| self.mark(at), |help| help.span);
                let message = match &help {
                    Some(help) if !error.info().contains("anchor") => format!("a text cannot begin with `{}` without quotes", help.sign),
                    _ => quote::explain(error.info()),
                };
                let label = if help.is_some() { "this character means something else in YAML" } else { "reading stopped here" };
                let problem = self.problem("yaml-syntax", message, span, label);
                let help = help.map(|help| help.text).or_else(|| quote::general_help(&self.source.text, at, error.info()));
                Err(Box::new(Problem { help, ..problem }))
            }
            // The library ends every stream with `StreamEnd`, after which nobody asks.
            None => Err(self.unexpected(self.mark(self.source.text.len()))),
        }
    }

    /// A value that begins with `event`, and how deep it is.
    fn value(&mut self, (event, span): Next<'a>, depth: usize) -> Result<(Node, usize), Stop> {
        if depth > MAX_DEPTH {
            return Err(Box::new(self.problem("too-deep", format!("deeper than {MAX_DEPTH} levels"), span, "here")));
        }
        let before = self.read;
        self.count(Size { nodes: 1, bytes: 0 }, span)?;
        let (node, anchor, below) = match event {
            Event::Alias(id) => return self.alias(id, span, depth),
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = self.tag(tag.as_deref(), span);
                let text = text.into_owned();
                self.count(Size { nodes: 0, bytes: text.len() }, span)?;
                let plain = style == ScalarStyle::Plain && !quoted;
                if text.is_empty() && style == ScalarStyle::Plain {
                    self.anchor_on_nothing(anchor, span);
                }
                (Node { kind: Kind::Scalar { text, plain }, span: self.trimmed(span) }, anchor, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag.as_deref(), span);
                let (node, below) = self.sequence(span, depth)?;
                (node, anchor, below)
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag.as_deref(), span);
                let (node, below) = self.mapping(span, depth)?;
                (node, anchor, below)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return Err(self.unexpected(span)),
        };
        if anchor > 0 {
            // What is kept for an alias is a copy, too: anchors around anchors are many.
            let size = Size { nodes: self.read.nodes - before.nodes, bytes: self.read.bytes - before.bytes };
            self.count(size, span)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, depth: below });
        }
        Ok((node, below + 1))
    }

    fn alias(&mut self, id: usize, span: Span, depth: usize) -> Result<(Node, usize), Stop> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(Box::new(self.problem("yaml-syntax", "an alias inside of its own anchor", span, "refers to what holds it")));
        };
        let (size, below) = (anchored.size, anchored.depth);
        if depth + below > MAX_DEPTH {
            return Err(Box::new(self.problem("too-deep", format!("deeper than {MAX_DEPTH} levels"), span, "through this alias")));
        }
        self.count(size, span)?;
        let node = self.anchors.get(&id).map(|anchored| anchored.node.clone());
        node.map(|node| (node, below + 1)).ok_or_else(|| self.unexpected(span))
    }

    /// Stops before more is held than a plan may hold.
    fn count(&mut self, more: Size, span: Span) -> Result<(), Stop> {
        let Size { nodes, bytes } = &mut self.read;
        *nodes = nodes.saturating_add(more.nodes);
        *bytes = bytes.saturating_add(more.bytes);
        let message = if *nodes > MAX_NODES {
            format!("more than {MAX_NODES} values, anchors and aliases counted in full")
        } else if *bytes > MAX_TEXTS {
            format!("texts of more than {} MiB, anchors and aliases counted in full", MAX_TEXTS >> 20)
        } else {
            return Ok(());
        };
        Err(Box::new(self.problem("too-big", message, span, "with this one")))
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Result<(Node, usize), Stop> {
        let (mut items, mut below) = (Vec::new(), 0);
        loop {
            let next = self.next()?;
            if matches!(next.0, Event::SequenceEnd) {
                let end = self.end_of(next.1, items.last().map(|item: &Node| item.span));
                return Ok((Node { kind: Kind::Sequence(items), span: Span { start: start.start, end } }, below));
            }
            let (item, depth) = self.value(next, depth + 1)?;
            items.push(item);
            below = below.max(depth);
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Result<(Node, usize), Stop> {
        let (mut entries, mut merges, mut below) = (Entries::default(), Vec::new(), 0);
        loop {
            let next = self.next()?;
            if matches!(next.0, Event::MappingEnd) {
                let end = self.end_of(next.1, entries.list.last().map(|entry| entry.value.span));
                for node in merges {
                    self.merge(&mut entries, node);
                }
                return Ok((Node { kind: Kind::Mapping(entries.list), span: Span { start: start.start, end } }, below));
            }
            let (key, _) = self.value(next, depth + 1)?;
            let next = self.next()?;
            let (mut value, depth) = self.value(next, depth + 1)?;
            below = below.max(depth);
            if value.is_nothing() && value.span.start >= value.span.end {
                value.span = key.span; // nothing has no place of its own
            }
            match key {
                Node { kind: Kind::Scalar { text, plain: true }, .. } if text == "<<" => merges.push(value),
                Node { kind: Kind::Scalar { text, .. }, span } => self.entry(&mut entries, Entry { key: Key { text, span }, value }),
                Node { span, .. } => {
                    let problem = self.problem("yaml-syntax", "a key must be text", span, "this is a list or a mapping");
                    self.problems.push(problem.with_help("quote it, if it is meant as text"));
                }
            }
        }
    }

    fn entry(&mut self, entries: &mut Entries, entry: Entry) {
        let Some(first) = entries.seen.get(&entry.key.text) else { return entries.push(entry) };
        let first = self.place(*first);
        let message = format!("`{}` stands here twice", entry.key.text);
        let problem = self.problem("duplicate-key", message, entry.key.span, "the second time").and_at(first, "the first time");
        self.problems.push(problem);
    }

    /// `<<: *anchor` or `<<: [*one, *two]`: what stands in the mapping itself comes first, then what was merged first.
    fn merge(&mut self, entries: &mut Entries, node: Node) {
        let Node { kind, span } = node;
        match kind {
            Kind::Mapping(more) => {
                for entry in more {
                    if !entries.seen.contains_key(&entry.key.text) {
                        entries.push(entry);
                    }
                }
            }
            Kind::Sequence(nodes) if nodes.iter().all(|node| matches!(node.kind, Kind::Mapping(_))) => {
                for node in nodes {
                    self.merge(entries, node);
                }
            }
            Kind::Scalar { .. } | Kind::Sequence(_) => {
                let problem =
                    self.problem("yaml-syntax", "`<<` merges mappings", span, "expected an alias of a mapping, or a list of them");
                self.problems.push(problem);
            }
        }
    }

    /// Refuses tags of one's own; `true` when the tag says that the value is text.
    fn tag(&mut self, tag: Option<&Tag>, span: Span) -> bool {
        const KNOWN: [&str; 7] = ["str", "int", "float", "bool", "null", "map", "seq"];
        let Some(tag) = tag else { return false };
        if tag.is_yaml_core_schema() && KNOWN.contains(&tag.suffix.as_str()) {
            return tag.suffix == "str";
        }
        let (span, help) = match self.help_before(span.start, '!') {
            Some(help) => (help.span, help.text),
            None => (span, "if it is meant as text, quote it".to_owned()),
        };
        let problem = self.problem("yaml-syntax", "a plan has no tags of its own", span, "in YAML, `!` begins a tag");
        self.problems.push(problem.with_help(help));
        false
    }

    /// `name: &partner`: an anchor on nothing is a text that wants quotes.
    fn anchor_on_nothing(&mut self, anchor: usize, span: Span) {
        if anchor == 0 {
            return;
        }
        if let Some(help) = self.help_before(span.start, '&') {
            let problem = self.problem("yaml-syntax", "an anchor on nothing", help.span, "in YAML, `&` begins an anchor");
            self.problems.push(problem.with_help(help.text));
        }
    }

    /// The words that want quotes, as long as somebody may read so far.
    fn help_before(&self, at: usize, sign: char) -> Option<quote::Help> {
        if self.problems.len() < MOST_PROBLEMS { quote::help_before(&self.source.text, at, sign) } else { None }
    }

    fn unexpected(&self, span: Span) -> Stop {
        Box::new(self.problem("yaml-syntax", "this is not YAML", span, "reading stopped here"))
    }

    fn problem(&self, code: &'static str, message: impl Into<String>, span: Span, label: &str) -> Problem {
        Problem::new(code, message, self.place(span), label)
    }

    fn place(&self, span: Span) -> Place {
        Place { source: Arc::clone(self.source), start: span.start, end: span.end }
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        Span { start: self.byte(span.start.index()), end: self.byte(span.end.index()) }
    }

    fn byte(&self, character: usize) -> usize {
        self.offsets.get(character).copied().unwrap_or(self.source.text.len())
    }

    /// The character at `at`, so that there is something to underline.
    fn mark(&self, at: usize) -> Span {
        let width = self.source.text[at..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        Span { start: at, end: at + width }
    }

    /// Block scalars end behind their last line break.
    fn trimmed(&self, span: Span) -> Span {
        let words = self.source.text.get(span.start..span.end).unwrap_or_default().trim_end();
        Span { start: span.start, end: span.start + words.len() }
    }

    /// Where a collection ends: at its bracket, or behind its last value when it has none.
    fn end_of(&self, end: Span, last: Option<Span>) -> usize {
        let bracketed = matches!(self.source.text.get(end.start..end.end), Some("]" | "}"));
        last.filter(|_| !bracketed).map_or(end.end, |last| last.end)
    }
}
