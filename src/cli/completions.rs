//! `postroom completions`: what a shell must be told so that it completes commands, flags, and the names in a plan.

use clap::ValueEnum;
use clap_complete::env::Shells;

use super::complete::VARIABLE;
use super::exit::{Exit, Stop};
use super::printer::Printer;

/// The shells that are known.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    #[value(name = "powershell")]
    Pwsh,
    Zsh,
}

/// Its arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Put it where the shell reads it when it starts:
  bash        source <(postroom completions bash)                      in ~/.bashrc
  zsh         source <(postroom completions zsh)                       in ~/.zshrc, after compinit
  fish        postroom completions fish | source                       in ~/.config/fish/config.fish
  PowerShell  postroom completions powershell | Out-String | Invoke-Expression    in $PROFILE
  elvish      eval (postroom completions elvish | slurp)               in ~/.elvish/rc.elv
The script asks `postroom` itself for words, so make it anew with each version: do not keep it in a file.")]
pub(super) struct Args {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let name = args.shell.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let shells = Shells::builtins();
    let shell = shells.completer(&name).ok_or_else(|| Stop::usage(format!("nothing is known of the shell `{name}`")))?;
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "postroom", "postroom", "postroom", &mut script)
        .map_err(|error| Stop::usage(format!("the script cannot be written: {error}")))?;
    printer.result(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
