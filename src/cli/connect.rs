//! From a target to a session in its account. It is the right account before anything of it is read, or it is refused.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet, side_by_side};
use super::input::{Asked, Wanted, no_region, settle, wanted};
use super::options::{AwsArgs, PlanArgs};
use super::printer::Printer;
use crate::aws::{Access, AwsError, Clients, Common, Session, Settings};
use crate::core::address::Home;
use crate::core::fault::Cause;
use crate::core::owner::Owner;
use crate::plan::language::{Plan, Target, Via};
use crate::report;

/// Connects to all accounts side by side.
pub(super) async fn connect(
    asked: &Asked,
    args: &PlanArgs,
    aws: &AwsArgs,
    patience: Duration,
    printer: &Printer,
) -> Result<Fleet<(Session, Plan)>, Stop> {
    let wants: Vec<Wanted> = asked.targets.iter().map(|target| wanted(args, target)).collect::<Result<_, _>>()?;
    let known = wants.iter().all(|want| want.region.is_some());
    let settings = Settings {
        profile: aws.profile.clone(),
        // The machine is asked for its region only where a target has none.
        region: wants.first().and_then(|want| want.region.clone()).filter(|_| known),
        endpoint_url: aws.endpoint_url.clone(),
        timeout: aws.attempt(),
        wait: aws.wait(),
        ses_rate: aws.ses_rate,
        parallel: aws.parallel,
        listen: Some(Arc::new(printer.clone())),
        patience: aws.wait().map_or(patience, |wait| wait.min(patience)),
    };
    let common = Common::new(settings).await;
    let targets = asked.targets.iter().zip(wants).map(|(target, want)| Each { name: target.name.clone(), result: Ok((target, want)) });
    let connected = side_by_side(targets.collect(), aws.parallel, async |_, (target, want)| one(asked, &common, target, want).await).await;
    Ok(one_owner_each(connected))
}

async fn one(asked: &Asked, common: &Arc<Common>, target: &Target, want: Wanted) -> Result<(Session, Plan), Stop> {
    let access = Access {
        region: want.region.clone(),
        account: want.account.clone(),
        via: target.via.clone(),
        external_id: target.external_id.clone(),
    };
    let clients = Arc::new(Clients::reach(common, &access).await);
    let region = want.region.or_else(|| clients.region()).ok_or_else(no_region)?;
    let unknown = || "000000000000".parse().map_err(|_| Stop::usage("no account"));
    let there = Home { account: want.account.clone().map_or_else(unknown, Ok)?, region: region.clone() };
    let (account, caller) = clients.caller().await.map_err(|error| no_caller(target, &error, &there))?;
    let whose = if target.name.is_some() { "the target" } else { "the plan" };
    let other =
        |wanted| Stop::refused(format!("{whose} is for account {wanted}, and these credentials are of {account}; nothing was read"));
    if let Some(wanted) = want.account.filter(|wanted| *wanted != account) {
        return Err(other(wanted));
    }
    let home = Home { account: account.clone(), region };
    let plan = settle(asked, target, &home)?;
    // What the plan says with variables is known only now.
    if let Some(wanted) = plan.account.as_ref().filter(|wanted| wanted.value != account) {
        return Err(other(wanted.value.clone()));
    }
    let former: Vec<_> = plan.was.iter().map(|name| name.value.clone()).collect();
    let owner = Owner::new(&plan.name, &home, &former);
    let session = Session::new(clients, home, Some(caller), owner.inline_policy(), Arc::new(plan.accounts.clone()));
    Ok((session, plan))
}

/// Two targets that turn out to be one account and region would be one owner, and each would take away what the other gives.
fn one_owner_each(connected: Fleet<(Session, Plan)>) -> Fleet<(Session, Plan)> {
    let mut homes: BTreeMap<Home, String> = BTreeMap::new();
    let check = |each: Each<(Session, Plan)>| {
        let name = each.name.clone().unwrap_or_default();
        each.and(|(session, plan)| match homes.insert(session.home.clone(), name) {
            Some(other) => {
                let Home { account, region } = &session.home;
                Err(Stop::refused(format!(
                    "target {other} is {account} {region}, too: one account and region is one target; nothing was read"
                )))
            }
            None => Ok((session, plan)),
        })
    };
    connected.into_iter().map(check).collect()
}

fn no_caller(target: &Target, error: &AwsError, home: &Home) -> Stop {
    let role = |role: &str| {
        format!(
            "the caller needs credentials, and the role `{role}` must be there and trust it (with the `external_id`, if it asks for one)"
        )
    };
    let help = match &target.via {
        Via::Role(name) => role(name),
        Via::RoleArn(arn) => role(arn.as_str()),
        Via::Profile(profile) => format!("the profile `{profile}` must be in the AWS configuration files, with credentials that work"),
        Via::Caller => {
            "log in as for every AWS tool (`aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID, a role of the machine), or name a --profile; \
             `postroom validate` and `postroom render` need none"
                .to_owned()
        }
    };
    // Why AWS does not say it may be told more closely than what is to be there.
    let cause = error.fault().and_then(|fault| Some((fault.cause()?, fault)));
    let help = match cause {
        Some((Cause::NoCredentials | Cause::AccessDenied | Cause::NotAllowed(_) | Cause::Denied(_), _)) | None => help,
        Some((_, fault)) => report::faults::alone(fault, home).unwrap_or(help),
    };
    // Of a role or a profile it is known that something was found, and the error says what.
    let none = error.code == "NoCredentials" && matches!(target.via, Via::Caller);
    let what = if none { "no AWS credentials that work were found" } else { "cannot tell who calls" };
    Stop::Because(Exit::Error, format!("{what}: {error}"), Some(help))
}
