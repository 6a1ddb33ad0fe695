//! From the arguments to a plan, and to the account seen through it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::{Exit, Stop};
use super::options::{AssumeArgs, AwsArgs, PlanArgs, PruneArgs};
use super::printer::Printer;
use crate::audit;
use crate::audit::marks::{self, TooMuch};
use crate::aws::{AwsError, Clients, Session, Settings};
use crate::core::address::{Address, Home};
use crate::core::ids::{AccountId, Region};
use crate::core::live::{LIVE_FORMAT, Live, Observed};
use crate::core::observe::{observe, observe_all};
use crate::core::owner::Owner;
use crate::core::problem::Source;
use crate::plan::language::Plan;
use crate::plan::{self, Draft, Given};

/// A plan file is a page or two; what is larger is not one.
const LARGEST_FILE: u64 = 16 << 20;

fn read_text(path: &Path) -> Result<String, Stop> {
    let cannot = |error: std::io::Error| {
        let help = (error.kind() == std::io::ErrorKind::NotFound).then(|| "name the plan: `postroom plan FILE`".to_owned());
        Stop::Because(Exit::Error, format!("cannot read `{}`: {error}", path.display()), help)
    };
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(cannot)?;
    } else {
        std::fs::File::open(path).map_err(cannot)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(cannot)?;
    }
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Stop::usage(format!("`{}` is larger than {} MB", path.display(), LARGEST_FILE >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| Stop::usage(format!("`{}` is not UTF-8: {error}", path.display())))
}

/// The plan's text, read as YAML.
pub(super) fn draft(args: &PlanArgs) -> Result<Draft, Stop> {
    let source = Source { name: args.plan.display().to_string(), text: read_text(&args.plan)? };
    plan::parse(Arc::new(source)).map_err(Stop::Plan)
}

fn variables(args: &PlanArgs) -> Result<BTreeMap<String, String>, Stop> {
    let mut vars = BTreeMap::new();
    let mut set = |text: &str, from: &str| match text.split_once('=') {
        Some((name, value)) => {
            vars.insert(name.trim().to_owned(), value.to_owned());
            Ok(())
        }
        None => Err(Stop::usage(format!("{from}: expected NAME=VALUE, found `{text}`"))),
    };
    for file in &args.var_file {
        let lines = read_text(file)?;
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

/// The plan for an account and region, with what the arguments say.
pub(super) fn settle(draft: &Draft, args: &PlanArgs, home: &Home) -> Result<Plan, Stop> {
    let (account, region) = (Some(home.account.clone()), Some(home.region.clone()));
    let given = Given { vars: variables(args)?, account, region, target: None, folder: Some(folder(&args.plan)) };
    draft.settle(&given).map_err(Stop::Plan)
}

/// A flag may say what the plan leaves open, and not contradict it.
fn agree<T: PartialEq + ToString>(what: &str, flag: Option<T>, plan: Option<T>) -> Result<Option<T>, Stop> {
    match (flag, plan) {
        (Some(flag), Some(plan)) if flag != plan => {
            Err(Stop::refused(format!("the plan is for {what} {}, and --{what} says {}", plan.to_string(), flag.to_string())))
        }
        (flag, plan) => Ok(plan.or(flag)),
    }
}

/// Account and region without asking AWS. `stand_in` is used where neither plan nor flag says: for checks that do not depend on it.
pub(super) fn offline_home(draft: &Draft, args: &PlanArgs, stand_in: bool) -> Result<Home, Stop> {
    let account = agree("account", args.account.clone(), draft.account())?;
    let region = agree("region", args.region.clone(), draft.region())?.or_else(environment_region);
    let account = account.or_else(|| stand_in.then(|| "000000000000".parse::<AccountId>().ok()).flatten());
    let region = region.or_else(|| stand_in.then(|| "us-east-1".parse::<Region>().ok()).flatten());
    match (account, region) {
        (Some(account), Some(region)) => Ok(Home { account, region }),
        (None, _) => Err(Stop::usage("which account is not known: write `account:` in the plan, or pass --account")),
        (_, None) => Err(no_region()),
    }
}

fn environment_region() -> Option<Region> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| std::env::var(name).ok()?.parse().ok())
}

fn no_region() -> Stop {
    Stop::usage("which region is not known: write `region:` in the plan, pass --region, or set AWS_REGION")
}

/// The plan without AWS, and what is to be taken for live.
pub(super) fn offline(args: &PlanArgs, assume: &AssumeArgs) -> Result<(Plan, Live), Stop> {
    let draft = draft(args)?;
    let home = offline_home(&draft, args, false)?;
    let plan = settle(&draft, args, &home)?;
    let live = match &assume.assume {
        Some(file) => facts(file, &home)?,
        None => Live::new(home),
    };
    Ok((plan, live))
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

/// Reads the plan and what it looks at.
pub(super) async fn look(plan: &PlanArgs, aws: &AwsArgs, patience: std::time::Duration, printer: &Printer) -> Result<Seen, Stop> {
    look_also(plan, aws, patience, printer, |_| None).await
}

/// The same, and what another version of the plan looks at beside.
pub(super) async fn look_also(
    plan: &PlanArgs,
    aws: &AwsArgs,
    patience: std::time::Duration,
    printer: &Printer,
    also: impl Fn(&Plan) -> Option<Plan>,
) -> Result<Seen, Stop> {
    let draft = draft(plan)?;
    if let Some(file) = &aws.live {
        return from_snapshot(&draft, plan, file);
    }
    // A plan that does not read is told before anybody is called. Which account it is for changes nothing about that.
    settle(&draft, plan, &offline_home(&draft, plan, true)?)?;
    let session = connect(&draft, plan, aws, patience).await?;
    let settled = settle(&draft, plan, &session.home)?;
    let progress = printer.progress("reading", 0);
    let mut live = Live::new(session.home.clone());
    live.caller.clone_from(&session.caller);
    let other = also(&settled);
    let plans: Vec<&Plan> = std::iter::once(&settled).chain(&other).collect();
    let live = observe_all(&session.fresh(), &plans, live).await;
    progress.finish_and_clear();
    Ok(Seen { plan: settled, live, session: Some(session), prune: false })
}

/// Reads the plan, what it looks at, and with `--prune` everything that may carry its mark.
pub(super) async fn look_through(
    plan: &PlanArgs,
    aws: &AwsArgs,
    prune: &PruneArgs,
    patience: std::time::Duration,
    printer: &Printer,
) -> Result<Seen, Stop> {
    if !prune.prune {
        return look(plan, aws, patience, printer).await;
    }
    let draft = draft(plan)?;
    if let Some(file) = &aws.live {
        let seen = from_snapshot(&draft, plan, file)?;
        if !marks::is_whole(&seen.live) {
            return Err(Stop::usage(format!("`{}` holds only what the plan looks at: take it with `snapshot --prune`", file.display())));
        }
        return Ok(Seen { prune: true, ..seen });
    }
    settle(&draft, plan, &offline_home(&draft, plan, true)?)?;
    let session = connect(&draft, plan, aws, patience).await?;
    let settled = settle(&draft, plan, &session.home)?;
    let mut live = Live::new(session.home.clone());
    live.caller.clone_from(&session.caller);
    let progress = printer.progress("looking through the account", 1);
    let wave = |done: usize, all: usize| {
        progress.set_length(all as u64);
        progress.set_position(done as u64);
    };
    let observed = marks::observe(&session.fresh(), &settled, live, prune.scan_limit, &wave).await;
    progress.finish_and_clear();
    let live = observed.map_err(|TooMuch { wanted }| {
        let help = "allow it with --scan-limit, or name what is left behind in `retired:`".to_owned();
        let message = format!("looking through the account takes {wanted} reads or more, and --scan-limit allows {}", prune.scan_limit);
        Stop::Because(Exit::Refused, message, Some(help))
    })?;
    let home = &session.home;
    printer.say(&format!("looked through {} things in {} {}", live.seen.len(), home.account, home.region));
    Ok(Seen { plan: settled, live, session: Some(session), prune: true })
}

/// Reads the whole account, and what the plan looks at where one is given. An audit without a plan looks with the eyes of an empty one.
pub(super) async fn scan(
    args: &PlanArgs,
    planned: bool,
    aws: &AwsArgs,
    rules_in: &[Region],
    patience: std::time::Duration,
    printer: &Printer,
) -> Result<Seen, Stop> {
    let draft = if planned { draft(args)? } else { plan::parse(Arc::new(no_plan())).map_err(Stop::Plan)? };
    if let Some(file) = &aws.live {
        let seen = from_snapshot(&draft, args, file)?;
        let owner = Owner::new(&seen.plan.name, &seen.live.home, &[]);
        let live = audit::scan::seen_by(seen.live, &owner.inline_policy());
        return Ok(Seen { live, ..seen });
    }
    settle(&draft, args, &offline_home(&draft, args, true)?)?;
    let session = connect(&draft, args, aws, patience).await?;
    let settled = settle(&draft, args, &session.home)?;
    let progress = printer.progress("reading", 0);
    let mut live = Live::new(session.home.clone());
    live.caller.clone_from(&session.caller);
    let fresh = session.fresh();
    let mut live = audit::scan::observe(&fresh, &settled, live, rules_in).await;
    if planned {
        live = observe(&fresh, &settled, live).await;
    }
    progress.finish_and_clear();
    Ok(Seen { plan: settled, live, session: Some(session), prune: false })
}

fn no_plan() -> Source {
    Source { name: "no plan".to_owned(), text: "postroom: 1\nname: audit\n".to_owned() }
}

/// Everything the plan looks at, read anew.
pub(super) async fn see(session: &Session, plan: &Plan) -> Live {
    let mut live = Live::new(session.home.clone());
    live.caller.clone_from(&session.caller);
    observe(&session.fresh(), plan, live).await
}

pub(super) fn from_snapshot(draft: &Draft, args: &PlanArgs, file: &Path) -> Result<Seen, Stop> {
    let text = read_text(file)?;
    let live: Live =
        serde_json::from_str(&text).map_err(|error| Stop::usage(format!("`{}` is not a snapshot: {error}", file.display())))?;
    if live.format_version != LIVE_FORMAT {
        let message = format!("`{}` is a snapshot of format {}; this postroom reads {LIVE_FORMAT}", file.display(), live.format_version);
        return Err(Stop::Because(Exit::Error, message, Some("take it again with this version".to_owned())));
    }
    let account = agree("account", args.account.clone(), draft.account())?;
    let region = agree("region", args.region.clone(), draft.region())?;
    if account.is_some_and(|account| account != live.home.account) || region.is_some_and(|region| region != live.home.region) {
        return Err(Stop::refused(format!("the snapshot is of {} {}, and the plan is for another", live.home.account, live.home.region)));
    }
    let plan = settle(draft, args, &live.home)?;
    Ok(Seen { plan, live, session: None, prune: false })
}

/// Connects, and makes sure that it is the right account before anything of it is read.
pub(super) async fn connect(draft: &Draft, plan: &PlanArgs, aws: &AwsArgs, patience: std::time::Duration) -> Result<Session, Stop> {
    let region = agree("region", plan.region.clone(), draft.region())?;
    let settings = Settings {
        profile: aws.profile.clone(),
        region: region.clone(),
        endpoint_url: aws.endpoint_url.clone(),
        timeout: aws.timeout(),
        ses_rate: aws.ses_rate,
        parallel: aws.parallel,
        patience,
    };
    let clients = Arc::new(Clients::connect(settings).await);
    let region = region.or_else(|| clients.region()).ok_or_else(no_region)?;
    let wanted = agree("account", plan.account.clone(), draft.account())?;
    let (account, caller) = clients.caller().await.map_err(|error| no_caller(&error))?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != account) {
        return Err(Stop::refused(format!("the plan is for account {wanted}, and these credentials are of {account}; nothing was read")));
    }
    let home = Home { account, region };
    let settled = settle(draft, plan, &home)?;
    let former: Vec<_> = settled.was.iter().map(|name| name.value.clone()).collect();
    let owner = Owner::new(&settled.name, &home, &former);
    Ok(Session::new(clients, home, Some(caller), owner.inline_policy(), Arc::new(settled.accounts)))
}

fn no_caller(error: &AwsError) -> Stop {
    let help = "set credentials as for every AWS tool (AWS_PROFILE, AWS_ACCESS_KEY_ID, a role of the machine), or --profile";
    Stop::Because(Exit::Error, format!("cannot tell who calls: {error}"), Some(help.to_owned()))
}

/// The facts of `--assume`: a snapshot, or a map of address (as people write it) to what the reader of that address gives.
fn facts(file: &Path, home: &Home) -> Result<Live, Stop> {
    let text = read_text(file)?;
    let wrong = |why: String| Stop::usage(format!("`{}` holds no facts: {why}", file.display()));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if value.get("format_version").is_some() {
        return serde_json::from_value(value).map_err(|error| wrong(error.to_string()));
    }
    let serde_json::Value::Object(members) = value else { return Err(wrong("expected a map of addresses".to_owned())) };
    let mut live = Live::new(home.clone());
    for (address, fact) in members {
        let at = Address::read_at(&address, home).map_err(|error| wrong(format!("`{address}`: {error}")))?;
        // A fact that is given as `null` is one that is known to be absent.
        live.seen.insert(at, if fact.is_null() { Observed::Absent } else { Observed::Present(fact) });
    }
    Ok(live)
}
