//! `--target`, `--all-targets`, `--shard`: for which targets of the plan a command runs.

use super::exit::{Exit, Stop};
use super::options::TargetArgs;
use crate::plan::Draft;
use crate::plan::language::Target;

/// The targets in the order of the plan. A plan without targets is one target without a name. A shard may be empty.
pub(super) fn chosen(draft: &Draft, args: &TargetArgs) -> Result<Vec<Target>, Stop> {
    let mut targets = draft.targets().map_err(Stop::Plan)?;
    if targets.iter().any(|target| target.name.is_none()) {
        return match (args.target.first(), &args.shard) {
            (Some(name), _) => Err(Stop::usage(format!("the plan has no `targets:`, and --target asks for `{name}`"))),
            (None, Some(_)) => Err(Stop::usage("the plan has no `targets:` that --shard could split")),
            (None, None) => Ok(targets),
        };
    }
    let names = || targets.iter().filter_map(|target| target.name.as_deref());
    if let Some(unknown) = args.target.iter().find(|asked| names().all(|name| name != *asked)) {
        return Err(say_which(format!("the plan has no target `{unknown}`"), names()));
    }
    if args.target.is_empty() && !args.all_targets && targets.len() > 1 {
        let message = format!("the plan has {} targets, and none was asked for", targets.len());
        return Err(say_which(message, names()));
    }
    let asked = |target: &Target| args.target.is_empty() || args.target.iter().any(|name| Some(name) == target.name.as_ref());
    let here = |target: &Target| args.shard.zip(target.name.as_deref()).is_none_or(|(shard, name)| shard.takes(name));
    targets.retain(|target| asked(target) && here(target));
    Ok(targets)
}

fn say_which<'a>(message: String, names: impl Iterator<Item = &'a str>) -> Stop {
    const SHOWN: usize = 10;
    let names: Vec<&str> = names.collect();
    let more = names.len().checked_sub(SHOWN).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    let shown: Vec<&str> = names.into_iter().take(SHOWN).collect();
    Stop::Because(Exit::Error, message, Some(format!("say --target with one of {}{more}, or --all-targets", shown.join(", "))))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::problem::Source;
    use crate::plan;

    fn asked(text: &str, args: &TargetArgs) -> Result<Vec<String>, String> {
        let text = format!("postroom: 1\nname: acme\nregion: eu-west-1\n{text}");
        let draft = plan::parse(Arc::new(Source { name: "plan.yaml".to_owned(), text })).unwrap();
        let name = |target: Target| target.name.unwrap_or_else(|| "(none)".to_owned());
        chosen(&draft, args).map(|targets| targets.into_iter().map(name).collect()).map_err(|stop| format!("{stop:?}"))
    }

    fn only(names: &[&str]) -> TargetArgs {
        TargetArgs { target: names.iter().map(|name| (*name).to_owned()).collect(), ..TargetArgs::default() }
    }

    const MANY: &str = "targets: { c: { account: 333333333333 }, a: { account: 111111111111 }, b: { account: 222222222222 } }";

    #[test]
    fn targets_are_told_in_the_order_of_the_plan() {
        assert_eq!(asked(MANY, &TargetArgs { all_targets: true, ..TargetArgs::default() }).unwrap(), ["c", "a", "b"]);
        assert_eq!(asked(MANY, &only(&["b", "c", "b"])).unwrap(), ["c", "b"]);
    }

    #[test]
    fn which_one_is_meant_must_be_said_unless_there_is_one() {
        assert!(asked(MANY, &only(&[])).unwrap_err().contains("3 targets"));
        assert_eq!(asked("targets: { a: { account: 111111111111 } }", &only(&[])).unwrap(), ["a"]);
        assert!(asked(MANY, &only(&["a", "d"])).unwrap_err().contains("no target `d`"));
    }

    #[test]
    fn a_plan_without_targets_is_one_target_without_a_name() {
        for args in [only(&[]), TargetArgs { all_targets: true, ..TargetArgs::default() }] {
            assert_eq!(asked("", &args).unwrap(), ["(none)"]);
        }
        assert!(asked("", &only(&["a"])).is_err());
        // Sixteen jobs would each do the whole of it.
        let sharded = TargetArgs { all_targets: true, shard: "3/16".parse().ok(), ..TargetArgs::default() };
        assert!(asked("", &sharded).is_err());
    }

    #[test]
    fn shards_split_what_was_asked_for() {
        let part = |part: &str| TargetArgs { all_targets: true, shard: part.parse().ok(), ..TargetArgs::default() };
        let mut all: Vec<String> = ["1/3", "2/3", "3/3"].iter().flat_map(|text| asked(MANY, &part(text)).unwrap()).collect();
        all.sort();
        assert_eq!(all, ["a", "b", "c"]);
    }
}
