//! The targets of a run, side by side: one that fails stops no other and is told in its place. A plan without targets is a fleet of one
//! without a name, whose error is the command's.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;

use super::exit::{Exit, Stop};
use super::printer::Printer;
use crate::report;
use crate::report::diagnostic::Diagnostic;

/// One target, and how far it came.
#[derive(Debug)]
pub(super) struct Each<T> {
    /// What `--target` calls it.
    pub(super) name: Option<String>,
    /// What there is of it.
    pub(super) result: Result<T, Stop>,
}

/// All targets of a run, in the order of the plan.
pub(super) type Fleet<T> = Vec<Each<T>>;

impl<T> Each<T> {
    /// Goes on where nothing has failed.
    pub(super) fn and<U>(self, work: impl FnOnce(T) -> Result<U, Stop>) -> Each<U> {
        Each { name: self.name, result: self.result.and_then(work) }
    }
}

/// Goes on with all targets side by side, `at_once` of them at a time. `work` is told the name.
pub(super) async fn side_by_side<T, U>(
    fleet: Fleet<T>,
    at_once: usize,
    work: impl AsyncFn(Option<&str>, T) -> Result<U, Stop>,
) -> Fleet<U> {
    let work = &work;
    let one = async |(at, Each { name, result }): (usize, Each<T>)| {
        let result = match result {
            Ok(value) => work(name.as_deref(), value).await,
            Err(stop) => Err(stop),
        };
        (at, Each { name, result })
    };
    // Not in order: a slow one at the front would keep others from beginning.
    let mut done: Vec<_> = stream::iter(fleet.into_iter().enumerate().map(one)).buffer_unordered(at_once.max(1)).collect().await;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, each)| each).collect()
}

/// What a command has to say of one target.
#[derive(Debug)]
pub(super) struct Told {
    /// How it ended.
    pub(super) exit: Exit,
    /// For people.
    pub(super) text: String,
    /// For programs: the document of a run with this target alone.
    pub(super) json: Value,
    /// What went over the wire, where that was asked for.
    pub(super) stats: Option<Value>,
    /// What stood in the way after all of that was known.
    pub(super) stop: Option<Stop>,
}

impl Told {
    pub(super) fn new(exit: Exit, text: String, json: Value) -> Self {
        Self { exit, text, json, stats: None, stop: None }
    }

    /// The same, of which only the one is made that was asked for.
    pub(super) fn as_asked(printer: &Printer, exit: Exit, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) -> Self {
        if printer.is_json() { Self::new(exit, String::new(), json()) } else { Self::new(exit, text(), Value::Null) }
    }

    /// With what `--stats` asks for.
    pub(super) fn counting(self, stats: Option<Value>) -> Self {
        Self { stats, ..self }
    }

    /// With what stood in the way.
    pub(super) fn stopped(self, stop: Option<Stop>) -> Self {
        Self { exit: stop.as_ref().map_or(self.exit, Stop::exit), stop, ..self }
    }
}

/// One report in the order of the targets, and one exit: the worst.
pub(super) fn tell(plan: &str, fleet: Fleet<Told>, printer: &Printer) -> Result<Exit, Stop> {
    let (mut exits, mut documents, mut frame) = (Vec::new(), Vec::new(), None);
    let nobody = fleet.is_empty();
    for Each { name, result } in fleet {
        let Some(name) = name else {
            let mut told = result?;
            if let (Some(stop), Some(target)) = (&told.stop, told.json.pointer_mut("/targets/0").and_then(Value::as_object_mut)) {
                target.insert("error".to_owned(), stop.json());
            }
            if printer.is_json() {
                printer.json(&told.json)
            } else {
                one(None, &told, printer)
            }
            return told.stop.map_or(Ok(told.exit), Err);
        };
        exits.push(result.as_ref().map_or_else(Stop::exit, |told| told.exit));
        let exit = exits.last().map_or(0, |exit| exit.number());
        match result {
            Ok(told) => {
                let stop = told.stop.as_ref().map(Stop::json);
                if !printer.is_json() {
                    one(Some(&name), &told, printer);
                }
                let mut document = told.json;
                documents.push(report::json::of_target(&name, exit, Some(&mut document), stop));
                frame.get_or_insert(document);
            }
            Err(stop) => {
                if !printer.is_json() {
                    printer.result(&format!("{}{}\n", report::text::heading(&name), stop.text()));
                }
                documents.push(report::json::of_target(&name, exit, None, Some(stop.json())));
            }
        }
    }
    if nobody {
        printer.say("no target is in this shard: nothing to do");
    }
    if printer.is_json() {
        printer.json(&report::json::of_targets(plan, frame.as_ref(), documents));
    } else if exits.len() > 1 {
        printer.result(&report::text::fleet(exits.iter().map(|exit| exit.words())));
    }
    Ok(Exit::worst(exits))
}

/// What there is of each target, by its name, or why there is nothing.
pub(super) type Parts<'a, T> = [(Option<&'a str>, Result<&'a T, String>)];

/// A report that is one document over all targets.
pub(super) fn whole<T>(
    fleet: &Fleet<T>,
    printer: &Printer,
    exit: impl Fn(&T) -> Exit,
    write: impl Fn(&Parts<'_, T>) -> Result<String, Stop>,
) -> Result<Exit, Stop> {
    if let [Each { name: None, result: Err(stop) }] = fleet.as_slice() {
        return Err(stop.clone());
    }
    let parts: Vec<_> = fleet.iter().map(|each| (each.name.as_deref(), each.result.as_ref().map_err(|stop| stop.text()))).collect();
    printer.result(&write(&parts)?);
    Ok(Exit::worst(fleet.iter().map(|each| each.result.as_ref().map_or_else(Stop::exit, &exit))))
}

/// What is to be said of the plan's lines, over all targets, as SARIF or annotations. `say` is told the target.
pub(super) fn diagnosed<T>(
    command: &str,
    fleet: &Fleet<T>,
    printer: &Printer,
    exit: impl Fn(&T) -> Exit,
    say: impl Fn(Option<&str>, &T) -> Vec<Diagnostic>,
) -> Result<Exit, Stop> {
    whole(fleet, printer, exit, |parts| {
        let found: Vec<Diagnostic> =
            parts.iter().filter_map(|(name, part)| part.as_ref().ok().map(|part| say(*name, part))).flatten().collect();
        let failed = parts.iter().filter_map(|(name, part)| part.as_ref().err().map(|why| of(*name, why)));
        let failed: Vec<String> = failed.collect();
        Ok(printer.diagnosed(command, found, &failed))
    })
}

fn one(name: Option<&str>, told: &Told, printer: &Printer) {
    let heading = name.map(report::text::heading).unwrap_or_default();
    let stop = told.stop.as_ref().filter(|_| name.is_some()).map(|stop| stop.text() + "\n").unwrap_or_default();
    printer.result(&format!("{heading}{}{stop}", told.text));
    if let Some(stats) = &told.stats {
        let whose = name.map(|name| format!("{name}: ")).unwrap_or_default();
        printer.stats(&whose, stats);
    }
}

/// `prod-eu: text`, or the text alone where there is one target without a name.
pub(super) fn of(name: Option<&str>, text: &str) -> String {
    name.map_or_else(|| text.to_owned(), |name| format!("{name}: {text}"))
}
