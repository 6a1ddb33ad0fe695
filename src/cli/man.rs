//! `postroom man`: manual pages, made of the same declarations as `--help`.

use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;

use super::exit::{Exit, Stop};
use super::options::Format;
use super::printer::Printer;
use super::{command, manual};

/// Its arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "  postroom man | man -l -                              the first page
  postroom man plan | man -l -                         the page of one command
  postroom man -o ~/.local/share/man/man1              all of them, for `man postroom-plan`")]
pub(super) struct Args {
    /// The command whose page is written; without it the first page, or all of them into a folder
    #[arg(value_name = "COMMAND")]
    of: Option<String>,
    /// Writes into this folder, one file for each command, and makes it where it is missing
    #[arg(short, long, value_name = "FOLDER", env = "POSTROOM_OUT")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let mut root = command();
    root.build();
    if printer.format() == Format::Markdown {
        if args.of.is_some() || args.out.is_some() {
            return Err(Stop::usage("--format markdown writes all commands to standard output: leave COMMAND and --out away"));
        }
        printer.result(&manual::markdown(&root));
        return Ok(Exit::Done);
    }
    let pages = pages(&root, args.of.as_deref())?;
    match &args.out {
        Some(folder) => {
            let cannot = |path: &PathBuf, error: std::io::Error| Stop::usage(format!("cannot write `{}`: {error}", path.display()));
            std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
            for (name, text) in &pages {
                let file = folder.join(name);
                std::fs::write(&file, text).map_err(|error| cannot(&file, error))?;
            }
            printer.say(&format!("{} written into `{}`", crate::report::text::things(pages.len(), "page"), folder.display()));
        }
        None => printer.result(pages.first().map(|(_, text)| text.as_str()).unwrap_or_default()),
    }
    Ok(Exit::Done)
}

/// File names and pages: of one command, or the first page and then those of all.
fn pages(root: &Command, of: Option<&str>) -> Result<Vec<(String, String)>, Stop> {
    let commands: Vec<&Command> = match of {
        Some(name) => vec![root.find_subcommand(name).ok_or_else(|| unknown(root, name))?],
        None => std::iter::once(root).chain(root.get_subcommands().filter(|command| command.get_name() != "help")).collect(),
    };
    commands.into_iter().map(page).collect()
}

fn page(command: &Command) -> Result<(String, String), Stop> {
    let man = Man::new(command.clone()).manual("postroom");
    let mut text = Vec::new();
    man.render(&mut text).map_err(|error| Stop::usage(format!("the page cannot be written: {error}")))?;
    Ok((man.get_filename(), String::from_utf8_lossy(&text).into_owned()))
}

fn unknown(root: &Command, name: &str) -> Stop {
    let known: Vec<&str> = root.get_subcommands().map(Command::get_name).collect();
    Stop::Because(Exit::Error, format!("there is no command `{name}`"), Some(format!("one of {}", known.join(", "))))
}
