//! All commands and flags as one Markdown page, made of the declarations that `--help` is made of: docs/reference/commands.md.

use std::fmt::Write;

use clap::{Arg, Command};

/// The page. What every command takes stands once, at its end.
pub(super) fn markdown(root: &Command) -> String {
    let mut page = format!("# Commands\n\n{}\n\n", about(root));
    let commands = || root.get_subcommands().filter(|command| command.get_name() != "help");
    page.push_str("| command | what it does |\n|---|---|\n");
    for command in commands() {
        let _ = writeln!(page, "| [`postroom {0}`](#postroom-{0}) | {1} |", command.get_name(), cell(&short(command)));
    }
    page.push_str("\nEvery flag can be given by its environment variable instead. [Flags of every command](#flags-of-every-command) stand at the end.\n");
    for command in commands() {
        section(&mut page, command);
    }
    page.push_str("\n## Flags of every command\n\n");
    table(&mut page, root.get_arguments().filter(|arg| arg.is_global_set() && !arg.is_hide_set()));
    page
}

fn section(page: &mut String, command: &Command) {
    let _ = write!(page, "\n## postroom {}\n\n{}\n\n", command.get_name(), about(command));
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let _ = write!(page, "```text\n{usage}\n```\n\n");
    let own = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    let mut args: Vec<&Arg> = command.get_arguments().filter(own).collect();
    args.sort_by_key(|arg| arg.get_index().is_none());
    table(page, args.into_iter());
    if let Some(more) = command.get_after_help() {
        let _ = write!(page, "\n```text\n{}\n```\n", more.to_string().trim_end());
    }
}

fn table<'a>(page: &mut String, args: impl Iterator<Item = &'a Arg>) {
    let mut args = args.peekable();
    if args.peek().is_none() {
        return;
    }
    page.push_str("| | what it says | default | environment |\n|---|---|---|---|\n");
    for arg in args {
        let mut says = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let choices: Vec<String> =
            arg.get_possible_values().iter().filter(|value| !value.is_hide_set()).map(|value| format!("`{}`", value.get_name())).collect();
        if !choices.is_empty() && arg.get_action().takes_values() {
            let _ = write!(says, ": {}", choices.join(", "));
        }
        let default: Vec<String> = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
        let default = if arg.get_action().takes_values() { default.join(", ") } else { String::new() };
        let variable = arg.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
        let _ = writeln!(page, "| {} | {} | {default} | {variable} |", name(arg), cell(&says));
    }
}

/// `-o`, `--out FILE`, or `PLAN`.
fn name(arg: &Arg) -> String {
    let value = || {
        let names = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        if names.is_empty() { arg.get_id().as_str().to_uppercase() } else { names }
    };
    let Some(long) = arg.get_long() else { return format!("`{}`", cell(&value())) };
    let short = arg.get_short().map(|letter| format!("`-{letter}`, ")).unwrap_or_default();
    let taken = if arg.get_action().takes_values() { format!(" {}", cell(&value())) } else { String::new() };
    format!("{short}`--{long}{taken}`")
}

fn about(command: &Command) -> String {
    let text = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    sentence(&text)
}

fn short(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn sentence(text: &str) -> String {
    if text.is_empty() || text.ends_with(['.', '?', '!', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// In a table a bar ends the cell, and so does a line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
