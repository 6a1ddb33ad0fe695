//! The only file that prints: results to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::exit::Stop;
use super::options::{Colour, Format, Output};
use crate::report;
use crate::report::diagnostic::Diagnostic;

/// Where a command says what it has to say.
#[derive(Debug, Clone)]
pub(super) struct Printer {
    format: Format,
    colour: ColorChoice,
    quiet: bool,
}

impl Printer {
    pub(super) fn new(output: &Output) -> Self {
        let colour = match output.color {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        Self { format: output.format, colour, quiet: output.quiet }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// The same, where a result is JSON whatever was asked for.
    pub(super) fn for_programs(&self) -> Self {
        Self { format: Format::Json, ..self.clone() }
    }

    /// A result. A reader that went away (`| head`) is no error.
    pub(super) fn result(&self, text: &str) {
        let _ = AutoStream::new(std::io::stdout().lock(), self.colour).write_all(text.as_bytes());
    }

    pub(super) fn json(&self, value: &Value) {
        self.result(&(serde_json::to_string_pretty(value).unwrap_or_default() + "\n"));
    }

    /// What should be known beside the result.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// What must be known although the run goes on.
    pub(super) fn warn(&self, text: &str) {
        self.always(text);
    }

    fn always(&self, text: &str) {
        let _ = AutoStream::new(std::io::stderr().lock(), self.colour).write_all(format!("{text}\n").as_bytes());
    }

    /// Says why the run ends, and ends it.
    pub(super) fn stop(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Plan(problems) if self.is_json() => self.json(&report::problems::document(problems)),
            Stop::Plan(problems) => {
                let colour = AutoStream::new(std::io::stderr(), self.colour).current_choice() != ColorChoice::Never;
                self.always(report::problems::text(problems, colour).trim_end());
                if let Some(line) = report::codes::further(problems.iter().map(|problem| problem.code)) {
                    self.say(&line);
                }
            }
            Stop::Because(..) | Stop::Stale(_) => self.always(&stop.text()),
        }
        ExitCode::from(stop.exit().number())
    }

    /// The same for a command whose result is written for code scanning: what stopped it is part of the result.
    pub(super) fn stopped(&self, command: &str, stop: &Stop) -> ExitCode {
        let (problems, failure) = match stop {
            Stop::Plan(problems) => (problems.iter().map(Diagnostic::from).collect(), None),
            Stop::Because(_, message, _) => (Vec::new(), Some(message.clone())),
            Stop::Stale(_) => (Vec::new(), Some(stop.text())),
        };
        match self.format {
            Format::Sarif => self.json(&report::sarif::log(command, &problems, failure.as_slice())),
            Format::Github => {
                self.result(&report::github::annotations(&problems));
                self.result(&failure.map(|failure| report::github::failure(&failure)).unwrap_or_default());
            }
            Format::Text | Format::Json | Format::Markdown | Format::Junit => {}
        }
        if matches!((self.format, stop), (Format::Sarif | Format::Github, Stop::Plan(_))) {
            return ExitCode::from(stop.exit().number());
        }
        self.stop(stop)
    }

    /// Asks a question. Without a terminal there is nobody to answer.
    pub(super) fn confirm(&self, question: &str) -> bool {
        if !std::io::stdin().is_terminal() {
            return false;
        }
        let _ = write!(std::io::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    pub(super) fn can_ask() -> bool {
        std::io::stdin().is_terminal()
    }

    /// A bar on a terminal, nothing elsewhere.
    pub(super) fn progress(&self, what: &'static str, length: usize) -> ProgressBar {
        let shown = std::io::stderr().is_terminal() && !self.quiet && !self.is_json();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target((length > 0).then_some(length as u64), target).with_message(what);
        let template = if length > 0 { "{msg} {bar:30} {pos}/{len} {elapsed}" } else { "{msg} {spinner} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}
