//! `${…}`: a tree with variables → the same tree without. Spans stay where the words are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::{Entry, Key, Kind, Node, Span};
use super::path::{Path, Step};
use super::suggest::suggest;
use super::{Given, MOST_PROBLEMS, is_ignored};
use crate::core::ids::{Partition, Region};
use crate::core::problem::{Place, Problem, Source};

/// One text, and all texts of a plan together, with their variables replaced.
const MAX_TEXT: usize = 64 << 10;
const MAX_TOTAL: usize = 4 << 20;
/// Nobody has mistyped one of more.
const MOST_SUGGESTED: usize = 1000;
/// In so many places. Each is held against all that could have been meant.
const MOST_HELPED: usize = 100;
/// Variables in variables.
const MAX_CHAIN: usize = 32;

/// The variables that are not of the plan's own making.
const BUILT_IN: [&str; 5] = ["account", "region", "partition", "target", "name"];

/// Keys of the plan whose values are taken as written: the name is what all else hangs on, `vars` are replaced where they are used, and who a
/// target is must be known before anything else is.
const AS_WRITTEN: [&str; 4] = ["postroom", "name", "vars", "targets"];

/// A plan without variables.
pub(crate) struct Replaced {
    pub(crate) root: Node,
    pub(crate) problems: Vec<Problem>,
    /// Texts with a variable that could not be replaced. They are as they were, and nobody need look at them again.
    pub(crate) broken: Vec<Span>,
}

/// Replaces every variable of a plan.
pub(crate) fn replace(root: &Node, given: &Given, source: &Arc<Source>) -> Replaced {
    let (known, trail, problems, broken, path) = Default::default();
    let own = root.get("vars").map(Node::entries).unwrap_or_default();
    let target = given.target.as_deref().and_then(|target| root.get("targets")?.get(target));
    let of_target = target.and_then(|target| target.get("vars")).map(Node::entries).unwrap_or_default();
    // Those of the target stand in the place of the plan's.
    let vars = own.iter().chain(of_target).map(|entry| (entry.key.text.as_str(), &entry.value)).collect();
    let mut scope = Scope { source, given, root, target, vars, known, trail, total: 0, problems, broken, path };
    let entries = root.entries().iter().map(|entry| {
        if AS_WRITTEN.contains(&entry.key.text.as_str()) || is_ignored(&entry.key.text) {
            return entry.clone();
        }
        scope.entry(entry)
    });
    let kind = if let Kind::Mapping(_) = root.kind { Kind::Mapping(entries.collect()) } else { root.kind.clone() };
    let name = given.target.as_deref().unwrap_or_default();
    let places = own.iter().map(|entry| (vec!["vars"], entry)).chain(of_target.iter().map(|entry| (vec!["targets", name, "vars"], entry)));
    for (section, entry) in places {
        scope.path = Path::default();
        for key in section.into_iter().chain([entry.key.text.as_str()]) {
            scope.path.push(Step::Key(key.to_owned()));
        }
        drop(scope.lookup(&format!("var.{}", entry.key.text), entry.value.span)); // unused ones have their problems too
    }
    Replaced { root: Node { kind, span: root.span }, problems: scope.problems, broken: scope.broken }
}

/// A variable could not be replaced; the problem has been told.
struct Told;

/// A piece of a text with variables.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
    /// A `${` that nothing closes.
    Open(&'a str),
}

struct Scope<'a> {
    source: &'a Arc<Source>,
    given: &'a Given,
    root: &'a Node,
    /// The target that was asked for.
    target: Option<&'a Node>,
    vars: BTreeMap<&'a str, &'a Node>,
    /// What was looked up before; `None` has a problem that was told.
    known: BTreeMap<String, Option<String>>,
    /// The variables that are being looked up now, outermost first.
    trail: Vec<String>,
    total: usize,
    problems: Vec<Problem>,
    broken: Vec<Span>,
    path: Path,
}

impl Scope<'_> {
    fn node(&mut self, node: &Node) -> Node {
        let kind = match &node.kind {
            Kind::Scalar { text, plain } => Kind::Scalar { text: self.text_or_as_is(text, node.span), plain: *plain },
            Kind::Sequence(items) => Kind::Sequence(items.iter().enumerate().map(|(at, item)| self.below(Step::Item(at), item)).collect()),
            Kind::Mapping(entries) => {
                let entries: Vec<_> = entries.iter().map(|entry| self.entry(entry)).collect();
                self.same_keys(&entries);
                Kind::Mapping(entries)
            }
        };
        Node { kind, span: node.span }
    }

    /// Keys that were two and are one with their variables replaced.
    fn same_keys(&mut self, entries: &[Entry]) {
        let mut seen = BTreeMap::new();
        for Key { text, span } in entries.iter().map(|entry| &entry.key) {
            if let Some(Span { start, end }) = seen.insert(text, *span) {
                let first = Place { source: Arc::clone(self.source), start, end };
                let message = format!("`{text}` stands here twice, with its variables replaced");
                self.problem("duplicate-key", message, *span, "the second time").also.push((first, "the first time".to_owned()));
                self.broken.push(*span);
            }
        }
    }

    fn entry(&mut self, entry: &Entry) -> Entry {
        let key = Key { text: self.text_or_as_is(&entry.key.text, entry.key.span), span: entry.key.span };
        Entry { value: self.below(Step::Key(key.text.clone()), &entry.value), key }
    }

    fn below(&mut self, step: Step, node: &Node) -> Node {
        self.path.push(step);
        let node = self.node(node);
        self.path.pop();
        node
    }

    fn text_or_as_is(&mut self, text: &str, span: Span) -> String {
        let replaced = self.text(text, span).unwrap_or_else(|Told| {
            self.broken.push(span);
            text.to_owned()
        });
        let before = self.total;
        self.total = before.saturating_add(replaced.len());
        if before <= MAX_TOTAL && self.total > MAX_TOTAL {
            self.problem("too-big", "with its variables replaced, the plan is larger than 4 MiB", span, "from here on");
        }
        if self.total > MAX_TOTAL { text.to_owned() } else { replaced }
    }

    fn text(&mut self, text: &str, span: Span) -> Result<String, Told> {
        if !text.contains("${") {
            return Ok(text.to_owned());
        }
        let mut replaced = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => replaced.push_str(text),
                Piece::Variable(name) => {
                    let at = self.within(span, &format!("${{{name}}}"));
                    replaced.push_str(&self.lookup(name, at)?);
                }
                Piece::Open(rest) => {
                    let at = self.within(span, rest);
                    let problem = self.problem("bad-variable", "a `${` that nothing closes", at, "expected `}`");
                    problem.help = Some("write `$${` for the characters `${`".to_owned());
                    return Err(Told);
                }
            }
            if replaced.len() > MAX_TEXT {
                self.problem("too-big", "with its variables replaced, this text is longer than 64 KiB", span, "this text");
                return Err(Told);
            }
        }
        Ok(replaced)
    }

    fn lookup(&mut self, name: &str, span: Span) -> Result<String, Told> {
        if let Some(known) = self.known.get(name) {
            return known.clone().ok_or(Told);
        }
        if !self.exists(name) {
            return self.unknown(name, span); // at each of its uses
        }
        if let Some(first) = self.trail.iter().position(|on| on == name) {
            let ring: Vec<_> = self.trail[first..].iter().map(String::as_str).chain([name]).map(|on| format!("`{on}`")).collect();
            self.problem(
                "variable-cycle",
                format!("variables that refer in a circle: {}", ring.join(" → ")),
                span,
                "this closes the circle",
            );
            return Err(Told);
        }
        if self.trail.len() >= MAX_CHAIN {
            self.problem(
                "variable-cycle",
                format!("more than {MAX_CHAIN} variables that refer to each other"),
                span,
                "too far from its text",
            );
            return Err(Told);
        }
        self.trail.push(name.to_owned());
        let value = self.value(name, span);
        self.trail.pop();
        self.known.insert(name.to_owned(), value.as_ref().ok().cloned());
        value
    }

    fn value(&mut self, name: &str, span: Span) -> Result<String, Told> {
        if let Some(var) = name.strip_prefix("var.") {
            return self.var(var);
        }
        let root = self.root;
        let said = |key| self.target.and_then(|target| target.get(key)).or_else(|| root.get(key));
        let (given, own) = match name {
            "account" => (self.given.account.as_ref().map(ToString::to_string), said("account")),
            "region" => (self.given.region.as_ref().map(ToString::to_string), said("region")),
            "partition" => {
                let region = self.lookup("region", span)?;
                // A region that is none has its problem where it stands.
                return region.parse::<Region>().map(|region| Partition::of(&region).to_string()).map_err(|_| Told);
            }
            "target" => (self.given.target.clone(), None),
            "name" => (None, root.get("name")),
            _ => (None, None),
        };
        if let Some(given) = given {
            return Ok(given);
        }
        match own.and_then(Node::scalar) {
            Some((text, _)) if !text.is_empty() => {
                let own = own.map_or(span, |own| own.span);
                self.text(text, own)
            }
            _ => self.not_known(name, span),
        }
    }

    fn exists(&self, name: &str) -> bool {
        match name.strip_prefix("var.") {
            Some(var) => self.given.vars.contains_key(var) || self.vars.contains_key(var),
            None => BUILT_IN.contains(&name),
        }
    }

    /// A variable of the plan; what is given from outside is taken as it is.
    fn var(&mut self, name: &str) -> Result<String, Told> {
        if let Some(given) = self.given.vars.get(name) {
            return Ok(given.clone());
        }
        let own = *self.vars.get(name).ok_or(Told)?;
        let (text, _) = own.scalar().ok_or(Told)?; // the walk over the structure says that it must be text
        self.text(text, own.span)
    }

    fn unknown(&mut self, name: &str, span: Span) -> Result<String, Told> {
        let near = if self.problems.len() < MOST_HELPED { self.near(name) } else { None };
        let help = match near {
            Some(near) => format!("did you mean `${{{near}}}`?"),
            None if name.starts_with("var.") => "give it under `vars:`, or with `--var`".to_owned(),
            None => "write `$${` for the characters `${`".to_owned(),
        };
        let label = "expected `var.NAME`, `account`, `region`, `partition`, `target` or `name`";
        let label = if name.starts_with("var.") { "no variable of this name" } else { label };
        self.problem("unknown-variable", format!("unknown variable `{name}`"), span, label).help = Some(help);
        Err(Told)
    }

    /// The variable that was probably meant.
    fn near(&self, name: &str) -> Option<String> {
        let own = self.vars.keys().copied().chain(self.given.vars.keys().map(String::as_str));
        let vars: Vec<_> = own.take(MOST_SUGGESTED).map(|var| format!("var.{var}")).collect();
        let vars = || vars.iter().map(String::as_str);
        let near = suggest(name, vars().chain(BUILT_IN)).or_else(|| suggest(&format!("var.{name}"), vars()));
        near.map(str::to_owned)
    }

    fn not_known(&mut self, name: &str, span: Span) -> Result<String, Told> {
        let help = match name {
            "account" => "write `account:` in the plan, or give `--account`",
            "region" => "write `region:` in the plan, or give `--region`",
            "target" => "it is the name that `--target` gives",
            _ => "write `name:` in the plan",
        };
        let problem = self.problem("unknown-variable", format!("`{name}` is not known here"), span, "nothing gives it a value");
        problem.help = Some(help.to_owned());
        Err(Told)
    }

    fn problem(&mut self, code: &'static str, message: impl Into<String>, span: Span, label: &str) -> &mut Problem {
        let place = Place { source: Arc::clone(self.source), start: span.start, end: span.end };
        // Of so many nobody reads where they are.
        let path = if self.problems.len() < MOST_PROBLEMS { self.path.as_str() } else { "" };
        self.problems.push(Problem::new(code, message, place, label).with_path(path));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Where `words` stand in the text at `span`, if they stand there as they are (they may be escaped).
    fn within(&self, span: Span, words: &str) -> Span {
        let found = self.source.text.get(span.start..span.end).and_then(|text| text.find(words));
        found.map_or(span, |at| Span { start: span.start + at, end: span.start + at + words.len() })
    }
}

/// Takes a text apart at its variables. `$${` is the text `${`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            pieces.extend([Piece::Text(before), Piece::Text("${")]);
            rest = &from[2..];
            continue;
        }
        pieces.push(Piece::Text(before));
        let Some(end) = from.find('}') else {
            pieces.push(Piece::Open(from));
            return pieces;
        };
        pieces.push(Piece::Variable(&from[2..end]));
        rest = &from[end + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}
