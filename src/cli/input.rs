//! From the arguments to a plan, and to the accounts seen through it: one for each target.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

use super::connect::{Connected, connect};
use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet, of, side_by_side};
use super::options::{AssumeArgs, AwsArgs, PlanArgs, PruneArgs};
use super::printer::Printer;
use super::{reading, snapshots, targets};
use crate::audit;
use crate::audit::marks::{self, TooMuch};
use crate::aws::Session;
use crate::core::address::Home;
use crate::core::ids::{AccountId, Region};
use crate::core::live::Live;
use crate::core::observe::{observe, observe_all};
use crate::core::owner::Owner;
use crate::core::problem::{Problem, Source};
use crate::core::saved::Saved;
use crate::plan::language::{Plan, Target};
use crate::plan::{self, Draft, Given};

pub(super) fn variables(args: &PlanArgs) -> Result<BTreeMap<String, String>, Stop> {
    let mut vars = BTreeMap::new();
    let mut set = |text: &str, from: &str| match text.split_once('=') {
        Some((name, value)) => {
            vars.insert(name.trim().to_owned(), value.to_owned());
            Ok(())
        }
        None => Err(Stop::usage(format!("{from}: expected NAME=VALUE, found `{text}`"))),
    };
    for file in &args.var_file {
        let lines = reading::plan(file)?;
        for line in lines.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            set(line, &file.display().to_string())?;
        }
    }
    args.vars.iter().try_for_each(|text| set(text, "--var"))?;
    Ok(vars)
}

/// Where the files are that a plan names: beside it, and in the working directory when it comes by standard input.
pub(super) fn folder(plan: &Path) -> PathBuf {
    let beside = plan.parent().filter(|folder| !folder.as_os_str().is_empty());
    beside.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A file of the plan's folder, without the line end that editors put behind everything.
pub(super) fn plan_file(plan: &Path, path: &str, most: usize) -> Result<String, String> {
    let text = plan::files::read(Some(&folder(plan)), path, most + 2).map_err(|why| format!("cannot be read: {why}"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// A plan that reads, and the targets that were asked for.
#[derive(Debug)]
pub(super) struct Asked {
    /// The text.
    pub(super) draft: Draft,
    /// In the order of the plan.
    pub(super) targets: Vec<Target>,
    /// What it stands on.
    pub(super) ground: Ground,
    /// The plan by target, where it was looked at before anybody was called; whoever needs it takes it.
    settled: Mutex<BTreeMap<(Option<String>, Home), Plan>>,
}

/// What is outside of a plan's text and belongs to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ground {
    /// Variables from outside.
    pub(super) vars: BTreeMap<String, String>,
    /// Where the files are that it names.
    pub(super) folder: PathBuf,
    /// What a saved plan has kept of them.
    pub(super) kept: Option<BTreeMap<String, String>>,
}

impl Asked {
    /// A plan for these targets.
    pub(super) fn new(draft: Draft, targets: Vec<Target>, ground: Ground) -> Self {
        Self { draft, targets, ground, settled: Mutex::default() }
    }

    /// The name of the plan.
    pub(super) fn plan(&self) -> String {
        self.draft.name().map(|name| name.to_string()).unwrap_or_default()
    }
}

/// Reads the plan's text, and whom it is for.
pub(super) fn asked(args: &PlanArgs) -> Result<Asked, Stop> {
    if args.plan.as_os_str() != "-" && !args.plan.exists() {
        let help = "write a first plan with `postroom init`, or name yours behind the command: `postroom plan FILE`".to_owned();
        return Err(Stop::Because(Exit::Error, format!("there is no plan `{}`", args.plan.display()), Some(help)));
    }
    asked_of(reading::plan(&args.plan)?, args)
}

/// The same of a text that was read already.
pub(super) fn asked_of(text: String, args: &PlanArgs) -> Result<Asked, Stop> {
    let name = args.plan.display().to_string();
    if Saved::is_meant(&text) {
        let help = Some(format!("`postroom apply {name}` does it"));
        return Err(Stop::Because(Exit::Error, format!("`{name}` is a saved plan, and this command takes a plan"), help));
    }
    let draft = plan::parse(Arc::new(Source { name, text })).map_err(Stop::Plan)?;
    let targets = targets::chosen(&draft, &args.targets)?;
    Ok(Asked::new(draft, targets, Ground { vars: variables(args)?, folder: folder(&args.plan), kept: None }))
}

/// The plan for an account and region, with what the arguments say.
pub(super) fn settle(asked: &Asked, target: &Target, home: &Home) -> Result<Plan, Stop> {
    let known = asked.settled.lock().unwrap_or_else(PoisonError::into_inner).remove(&(target.name.clone(), home.clone()));
    if let Some(plan) = known {
        return Ok(plan);
    }
    let (account, region) = (Some(home.account.clone()), Some(home.region.clone()));
    let Ground { vars, folder, kept } = asked.ground.clone();
    let given = Given { vars, account, region, target: target.name.clone(), folder: Some(folder), kept };
    asked.draft.settle(&given).map_err(Stop::Plan)
}

/// What a target is for, and what the flags say of it: they may say what is left open, and not contradict it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) account: Option<AccountId>,
    pub(super) region: Option<Region>,
}

pub(super) fn wanted(args: &PlanArgs, target: &Target) -> Result<Wanted, Stop> {
    let account = target.account.as_ref().map(|account| account.value.clone());
    let region = target.region.as_ref().map(|region| region.value.clone());
    let name = target.name.as_deref();
    Ok(Wanted {
        account: agree(name, "account", args.account.clone(), account)?,
        region: agree(name, "region", args.region.clone(), region)?,
    })
}

fn agree<T: PartialEq + ToString>(target: Option<&str>, what: &str, flag: Option<T>, plan: Option<T>) -> Result<Option<T>, Stop> {
    match (flag, plan) {
        (Some(flag), Some(plan)) if flag != plan => {
            let whose = target.map_or_else(|| "the plan".to_owned(), |name| format!("target {name}"));
            Err(Stop::refused(format!("{whose} is for {what} {}, and --{what} says {}", plan.to_string(), flag.to_string())))
        }
        (flag, plan) => Ok(plan.or(flag)),
    }
}

/// Account and region without asking AWS. `stand_in` is used where neither plan nor flag says: for checks that do not depend on it.
pub(super) fn offline_home(args: &PlanArgs, target: &Target, stand_in: bool) -> Result<Home, Stop> {
    let Wanted { account, region } = wanted(args, target)?;
    let region = region.or_else(environment_region);
    let account = account.or_else(|| stand_in.then(|| "000000000000".parse::<AccountId>().ok()).flatten());
    let region = region.or_else(|| stand_in.then(|| "us-east-1".parse::<Region>().ok()).flatten());
    match (account, region) {
        (Some(account), Some(region)) => Ok(Home { account, region }),
        (None, _) => Err(Stop::usage("which account is not known: write `account:` in the plan, or pass --account")),
        (_, None) => Err(no_region()),
    }
}

pub(super) fn environment_region() -> Option<Region> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| std::env::var(name).ok()?.parse().ok())
}

pub(super) fn no_region() -> Stop {
    Stop::usage("which region is not known: write `region:` in the plan, pass --region, or set AWS_REGION")
}

/// The plan for every target, without AWS; accounts and regions that are not known stand for nothing in particular. What is wrong with the
/// plan is wrong before anybody is called, and said once for all targets that it is wrong for.
pub(super) fn settle_all(asked: &Asked, args: &PlanArgs) -> Result<Fleet<(Plan, Home)>, Stop> {
    let (mut found, mut plans): (Vec<(Problem, Vec<String>)>, Fleet<_>) = Default::default();
    for target in &asked.targets {
        let name = target.name.clone();
        let home = offline_home(args, target, true)?;
        match settle(asked, target, &home) {
            Ok(plan) => plans.push(Each { name, result: Ok((plan, home)) }),
            Err(Stop::Plan(problems)) => {
                for problem in problems {
                    let name = name.clone().unwrap_or_default();
                    match found.iter_mut().find(|(other, _)| *other == problem) {
                        Some((_, names)) => names.push(name),
                        None => found.push((problem, vec![name])),
                    }
                }
            }
            Err(stop) => return Err(stop),
        }
    }
    if found.is_empty() {
        return Ok(plans);
    }
    let named = |(mut problem, names): (Problem, Vec<String>)| {
        if names.len() < asked.targets.len() {
            let more = names.len().checked_sub(4).map(|more| format!(" and {} more", more + 1)).unwrap_or_default();
            let shown = if more.is_empty() { names.join(", ") } else { names[..3].join(", ") };
            problem.message = format!("{} (for target {shown}{more})", problem.message);
        }
        problem
    };
    let mut problems: Vec<Problem> = found.into_iter().map(named).collect();
    problems.sort_by_key(|problem| (problem.place.start, problem.place.end));
    Err(Stop::Plan(problems))
}

/// Looks at the plan for every target before anybody is called, and keeps it for whoever is.
fn look_at_plan(asked: &Asked, args: &PlanArgs) -> Result<(), Stop> {
    let plans = settle_all(asked, args)?;
    let plans = plans.into_iter().filter_map(|each| each.result.ok().map(|(plan, home)| ((each.name, home), plan)));
    asked.settled.lock().unwrap_or_else(PoisonError::into_inner).extend(plans);
    Ok(())
}

/// The plan without AWS for every target, and what is to be taken for live.
pub(super) fn offline(args: &PlanArgs, assume: &AssumeArgs) -> Result<(Asked, Fleet<(Plan, Live)>), Stop> {
    let asked = asked(args)?;
    look_at_plan(&asked, args)?;
    let facts = assume.assume.as_ref().map(|file| reading::snapshot(file).map(|text| (file, text))).transpose()?;
    let one = |target: &Target| {
        let home = offline_home(args, target, false)?;
        let plan = settle(&asked, target, &home)?;
        let live = match &facts {
            Some((file, text)) => snapshots::facts(file, text, target.name.as_deref(), &home)?,
            None => Live::new(home),
        };
        Ok((plan, live))
    };
    let fleet = asked.targets.iter().map(|target| Each { name: target.name.clone(), result: one(target) }).collect();
    Ok((asked, fleet))
}

/// The same where no plan is given: an empty one for the account that the arguments say.
pub(super) fn offline_without(args: &PlanArgs, name: &str) -> Result<(Asked, Fleet<(Plan, Live)>), Stop> {
    let asked = asked_nothing(args, name)?;
    let one = |target: &Target| {
        let home = offline_home(args, target, false)?;
        Ok((settle(&asked, target, &home)?, Live::new(home)))
    };
    let fleet = asked.targets.iter().map(|target| Each { name: target.name.clone(), result: one(target) }).collect();
    Ok((asked, fleet))
}

/// What a command that looks at an account has in hand.
#[derive(Debug)]
pub(super) struct Seen {
    /// The plan.
    pub(super) plan: Plan,
    /// The account.
    pub(super) live: Live,
    /// The connection; none with `--live`.
    pub(super) session: Option<Session>,
    /// The whole account was looked through: what carries the plan's mark and is not in it shall go.
    pub(super) prune: bool,
}

/// Reads the plan and what it looks at, for every target.
pub(super) async fn look(plan: &PlanArgs, aws: &AwsArgs, patience: Duration, printer: &Printer) -> Result<(Asked, Fleet<Seen>), Stop> {
    look_also(plan, aws, patience, printer, |_| None).await
}

/// The same, and what another version of the plan looks at beside.
pub(super) async fn look_also(
    plan: &PlanArgs,
    aws: &AwsArgs,
    patience: Duration,
    printer: &Printer,
    also: impl Fn(&Plan) -> Option<Plan>,
) -> Result<(Asked, Fleet<Seen>), Stop> {
    let asked = asked(plan)?;
    let fleet = look_with(&asked, plan, aws, patience, printer, also).await?;
    Ok((asked, fleet))
}

async fn look_with(
    asked: &Asked,
    plan: &PlanArgs,
    aws: &AwsArgs,
    patience: Duration,
    printer: &Printer,
    also: impl Fn(&Plan) -> Option<Plan>,
) -> Result<Fleet<Seen>, Stop> {
    if let Some(file) = &aws.live {
        return snapshots::all(asked, plan, file);
    }
    look_at_plan(asked, plan)?;
    let connected = connect(asked, plan, aws, patience, printer).await?;
    let fleet = read(asked, connected, aws, printer, async |_, session, plan| {
        let other = also(plan);
        let plans: Vec<&Plan> = std::iter::once(plan).chain(&other).collect();
        Ok(observe_all(&session.fresh(), &plans, blank(session)).await)
    })
    .await;
    Ok(fleet)
}

/// Reads the plan, what it looks at, and with `--prune` everything that may carry its mark, for every target.
pub(super) async fn look_through(
    plan: &PlanArgs,
    aws: &AwsArgs,
    prune: &PruneArgs,
    patience: Duration,
    printer: &Printer,
) -> Result<(Asked, Fleet<Seen>), Stop> {
    let asked = asked(plan)?;
    let fleet = look_at(&asked, plan, aws, prune, patience, printer).await?;
    Ok((asked, fleet))
}

/// The same for a plan that was read already.
pub(super) async fn look_at(
    asked: &Asked,
    plan: &PlanArgs,
    aws: &AwsArgs,
    prune: &PruneArgs,
    patience: Duration,
    printer: &Printer,
) -> Result<Fleet<Seen>, Stop> {
    if !prune.prune {
        return look_with(asked, plan, aws, patience, printer, |_| None).await;
    }
    let whole = |seen| Ok(Seen { prune: true, ..seen });
    if let Some(file) = &aws.live {
        let looked_through = |seen: Seen| {
            if marks::is_whole(&seen.live) {
                return whole(seen);
            }
            Err(Stop::usage(format!("`{}` holds only what the plan looks at: take it with `snapshot --prune`", file.display())))
        };
        return Ok(snapshots::all(asked, plan, file)?.into_iter().map(|each| each.and(looked_through)).collect());
    }
    look_at_plan(asked, plan)?;
    let connected = connect(asked, plan, aws, patience, printer).await?;
    let fleet = read(asked, connected, aws, printer, async |bar, session, plan| {
        let wave = |done: usize, all: usize| bar.set_message(format!("looking through the account, {done} of {all}"));
        let observed = marks::observe(&session.fresh(), plan, blank(session), prune.scan_limit, &wave).await;
        let live = observed.map_err(|TooMuch { wanted }| {
            let help = "allow it with --scan-limit, or name what is left behind in `retired:`".to_owned();
            let message = format!("looking through the account takes {wanted} reads or more, and --scan-limit allows {}", prune.scan_limit);
            Stop::Because(Exit::Refused, message, Some(help))
        })?;
        let home = &session.home;
        printer.say(&format!("looked through {} things in {} {}", live.seen.len(), home.account, home.region));
        Ok(live)
    })
    .await;
    Ok(fleet.into_iter().map(|each| each.and(whole)).collect())
}

/// Nothing of an account yet but who looks at it.
pub(super) fn blank(session: &Session) -> Live {
    let mut live = Live::new(session.home.clone());
    live.caller = session.caller().cloned();
    live
}

/// Reads the whole account, and what the plan looks at where one is given. An audit without a plan looks with the eyes of an empty one.
pub(super) async fn scan(
    args: &PlanArgs,
    planned: bool,
    aws: &AwsArgs,
    rules_in: &[Region],
    patience: Duration,
    printer: &Printer,
) -> Result<(Asked, Fleet<Seen>), Stop> {
    let asked = if planned { asked(args)? } else { asked_nothing(args, "audit")? };
    if let Some(file) = &aws.live {
        let whole = |seen: Seen| {
            let owner = Owner::new(&seen.plan.name, &seen.live.home, &[]);
            Ok(Seen { live: audit::scan::seen_by(seen.live.clone(), &owner.inline_policy()), ..seen })
        };
        let fleet = snapshots::all(&asked, args, file)?.into_iter().map(|each| each.and(whole)).collect();
        return Ok((asked, fleet));
    }
    look_at_plan(&asked, args)?;
    let connected = connect(&asked, args, aws, patience, printer).await?;
    let fleet = read(&asked, connected, aws, printer, async |_, session, plan| {
        let fresh = session.fresh();
        let live = audit::scan::observe(&fresh, plan, blank(session), rules_in).await;
        Ok(if planned { observe(&fresh, plan, live).await } else { live })
    })
    .await;
    Ok((asked, fleet))
}

/// Reads all accounts side by side, and says on the way which are done.
async fn read(
    asked: &Asked,
    connected: Fleet<Connected>,
    aws: &AwsArgs,
    printer: &Printer,
    look: impl AsyncFn(&ProgressBar, &Session, &Plan) -> Result<Live, Stop>,
) -> Fleet<Seen> {
    let progress = printer.progress("reading", 0);
    let bar = &progress;
    let fleet = side_by_side(connected, aws.parallel, async |name, connected: Connected| {
        let (session, plan, mut live) = connected.look(asked, async |session, plan| look(bar, session, plan).await).await?;
        live.caller = session.caller().cloned();
        if name.is_some() {
            printer.say(&of(name, "read"));
        }
        Ok(Seen { plan, live, session: Some(session), prune: false })
    })
    .await;
    printer.finish(&progress);
    fleet
}

/// An empty plan, for what looks at an account by itself.
fn asked_nothing(args: &PlanArgs, name: &str) -> Result<Asked, Stop> {
    let source = Source { name: "no plan".to_owned(), text: format!("postroom: 1\nname: {name}\n") };
    let draft = plan::parse(Arc::new(source)).map_err(Stop::Plan)?;
    let targets = targets::chosen(&draft, &args.targets)?;
    Ok(Asked::new(draft, targets, Ground::default()))
}

/// Everything the plan looks at, read anew.
pub(super) async fn see(session: &Session, plan: &Plan) -> Live {
    observe(&session.fresh(), plan, blank(session)).await
}
