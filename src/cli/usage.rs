//! Wrong usage, explained: a flag before its command, a flag of another command, a flag that is nearly one.

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::plan::suggest;

/// The same error, with a tip that helps where the parser has none: it looks at one command only.
pub(super) fn explained(mut error: Error, command: &mut Command, words: &[String]) -> Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg).cloned() else { return error };
    let Some((tip, usage)) = tip(command, &flag, words) else { return error };
    error.remove(ContextKind::SuggestedArg);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    error
}

fn tip(command: &mut Command, flag: &str, words: &[String]) -> Option<(String, clap::builder::StyledStr)> {
    command.build();
    let long = flag.strip_prefix("--")?;
    let behind = |word: &String| command.find_subcommand(word).map(Command::get_name);
    let place = words.iter().position(|word| behind(word).is_some());
    let named = place.and_then(|at| behind(&words[at])).map(str::to_owned);
    let name = command.get_name().to_owned();
    let given = words.iter().position(|word| word == flag || word.starts_with(&format!("{flag}=")));
    if let Some(sub) = named.as_deref().and_then(|sub| command.find_subcommand_mut(sub)) {
        let usage = sub.render_usage();
        if has(sub, long) && given < place {
            return Some((format!("flags of `{0}` stand behind it: '{name} {0} {flag} …'", sub.get_name()), usage));
        }
        if let Some(near) = suggest(long, longs(sub)) {
            return Some((format!("did you mean '--{near}'?"), usage));
        }
    }
    let takers: Vec<String> = command.get_subcommands().filter(|sub| has(sub, long)).map(|sub| format!("'{}'", sub.get_name())).collect();
    let usage = match named.as_deref().and_then(|sub| command.find_subcommand_mut(sub)) {
        Some(sub) => sub.render_usage(),
        None => command.render_usage(),
    };
    match (takers.is_empty(), &named) {
        (true, _) => None,
        (false, Some(sub)) => Some((format!("'{sub}' has no such flag; {} have", takers.join(", ")), usage)),
        (false, None) => Some((format!("it is a flag of {}, and stands behind the command", takers.join(", ")), usage)),
    }
}

fn longs(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().filter_map(clap::Arg::get_long)
}

fn has(command: &Command, long: &str) -> bool {
    longs(command).any(|other| other == long)
}

#[cfg(test)]
mod tests {
    use super::explained;

    fn said(words: &[&str]) -> String {
        let mut command = super::super::command();
        let error = command.try_get_matches_from_mut(std::iter::once("postroom").chain(words.iter().copied())).unwrap_err();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        explained(error, &mut command, &words).to_string()
    }

    #[test]
    fn a_flag_that_is_not_there_is_explained() {
        for (words, tip) in [
            (&["--region", "eu-west-1", "plan"] as &[&str], "flags of `plan` stand behind it: 'postroom plan --region …'"),
            (&["--region=eu-west-1", "plan"], "flags of `plan` stand behind it: 'postroom plan --region …'"),
            (&["plan", "--allow-delete"], "'plan' has no such flag; 'apply', 'destroy' have"),
            (&["--allow-delete"], "it is a flag of 'apply', 'destroy', and stands behind the command"),
            (&["plan", "--ony", "x"], "did you mean '--only'?"),
            (&["apply", "--alow-delete"], "did you mean '--allow-delete'?"),
        ] {
            let said = said(words);
            assert!(said.contains(tip) && said.contains("Usage: postroom"), "{words:?}: {said}");
        }
    }

    #[test]
    fn what_nobody_knows_gets_no_tip() {
        assert!(!said(&["plan", "--frobnicate"]).contains("flag"));
    }
}
