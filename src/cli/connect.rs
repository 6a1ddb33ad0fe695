//! From a target to a session in its account. It is the right account before anything of it is read, or it is refused: the credentials say
//! whose they are, and AWS confirms it beside the first reads; where they say nothing, it is asked first.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;

use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet, side_by_side};
use super::input::{Asked, Wanted, no_region, settle, wanted};
use super::options::{AwsArgs, PlanArgs};
use super::printer::Printer;
use crate::aws::{Access, AwsError, Bundle, Clients, Common, Session, Settings, Trusted};
use crate::core::address::Home;
use crate::core::fault::Cause;
use crate::core::ids::{AccountId, Arn};
use crate::core::owner::Owner;
use crate::plan::language::{Plan, Target, Via};
use crate::report;

/// A target that can be read.
#[derive(Debug)]
pub(super) struct Connected {
    /// The connection.
    pub(super) session: Session,
    /// The plan for it.
    pub(super) plan: Plan,
    /// What it is for, where AWS has not said yet whose the credentials are: they themselves say that they are the right ones.
    unsure: Option<(Target, Wanted)>,
}

/// Connects to all accounts side by side.
pub(super) async fn connect(
    asked: &Asked,
    args: &PlanArgs,
    aws: &AwsArgs,
    patience: Duration,
    printer: &Printer,
) -> Result<Fleet<Connected>, Stop> {
    let wants: Vec<Wanted> = asked.targets.iter().map(|target| wanted(args, target)).collect::<Result<_, _>>()?;
    let known = wants.iter().all(|want| want.region.is_some());
    let settings = Settings {
        profile: aws.profile.clone(),
        // The machine is asked for its region only where a target has none.
        region: wants.first().and_then(|want| want.region.clone()).filter(|_| known),
        endpoint_url: aws.endpoint_url.clone(),
        trusted: Trusted { bundle: bundle()?, always: is_proxied_by_tls() },
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

/// Whether a proxy is spoken to by TLS, whatever is asked of it.
fn is_proxied_by_tls() -> bool {
    let proxies = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    proxies.iter().filter_map(|name| std::env::var(name).ok()).any(|proxy| proxy.starts_with("https:"))
}

/// The authorities that are trusted, where the environment names them.
fn bundle() -> Result<Option<Bundle>, Stop> {
    let Some(file) = std::env::var_os("AWS_CA_BUNDLE").filter(|file| !file.is_empty()) else { return Ok(None) };
    let wrong = |why: String| {
        let help = "it is a file of certificates in PEM, trusted in the place of the machine's own";
        Stop::Because(Exit::Error, format!("AWS_CA_BUNDLE names {}: {why}", Path::new(&file).display()), Some(help.to_owned()))
    };
    let pem = std::fs::read(&file).map_err(|error| wrong(error.to_string()))?;
    Bundle::new(pem).map(Some).map_err(wrong)
}

/// A connection whose account is known: AWS has said it, or the credentials say it and AWS is asked beside the first reads.
async fn one(asked: &Asked, common: &Arc<Common>, target: &Target, want: Wanted) -> Result<Connected, Stop> {
    let access = Access {
        region: want.region.clone(),
        account: want.account.clone(),
        via: target.via.clone(),
        external_id: target.external_id.clone(),
    };
    let clients = Arc::new(Clients::reach(common, &access).await);
    let region = want.region.clone().or_else(|| clients.region()).ok_or_else(no_region)?;
    let want = Wanted { region: Some(region.clone()), ..want };
    let said = match want.account.clone() {
        Some(account) if clients.may_be_of(&account).await => Some(account),
        Some(_) => None,
        None => clients.whose().await,
    };
    let Some(account) = said else { return asking(asked, clients, target, &want).await };
    let home = Home { account, region };
    match settled(asked, &clients, target, &want, &home) {
        Ok((session, plan)) => Ok(Connected { session, plan, unsure: Some((target.clone(), want)) }),
        Err(_) => asking(asked, clients, target, &want).await,
    }
}

/// The same, with nothing done before AWS has said whose the credentials are.
async fn asking(asked: &Asked, clients: Arc<Clients>, target: &Target, want: &Wanted) -> Result<Connected, Stop> {
    let region = want.region.clone().ok_or_else(no_region)?;
    let (account, caller) = caller(&clients, target, want).await?;
    let (session, plan) = settled(asked, &clients, target, want, &Home { account, region })?;
    session.called_by(caller);
    Ok(Connected { session, plan, unsure: None })
}

/// Who calls, or why that cannot be said.
async fn caller(clients: &Clients, target: &Target, want: &Wanted) -> Result<(AccountId, Arn), Stop> {
    let unknown = || "000000000000".parse().map_err(|_| Stop::usage("no account"));
    let account = want.account.clone().map_or_else(unknown, Ok)?;
    let there = Home { account, region: want.region.clone().ok_or_else(no_region)? };
    clients.caller().await.map_err(|error| no_caller(target, &error, &there))
}

/// The plan for an account, unless it is for another.
fn settled(asked: &Asked, clients: &Arc<Clients>, target: &Target, want: &Wanted, home: &Home) -> Result<(Session, Plan), Stop> {
    let whose = if target.name.is_some() { "the target" } else { "the plan" };
    let other = |wanted: &AccountId| {
        Stop::refused(format!("{whose} is for account {wanted}, and these credentials are of {}; nothing was read", home.account))
    };
    if let Some(wanted) = want.account.as_ref().filter(|wanted| **wanted != home.account) {
        return Err(other(wanted));
    }
    let plan = settle(asked, target, home)?;
    // What the plan says with variables is known only now.
    if let Some(wanted) = plan.account.as_ref().filter(|wanted| wanted.value != home.account) {
        return Err(other(&wanted.value));
    }
    let former: Vec<_> = plan.was.iter().map(|name| name.value.clone()).collect();
    let owner = Owner::new(&plan.name, home, &former);
    let session = Session::new(Arc::clone(clients), home.clone(), None, owner.inline_policy(), Arc::new(plan.accounts.clone()));
    Ok((session, plan))
}

impl Connected {
    /// Asks AWS whose the credentials are, where that was not done. Gives what is to be read instead, if they are of another account than
    /// they say.
    pub(super) async fn make_sure(&self, asked: &Asked) -> Result<Option<Self>, Stop> {
        let Some((target, want)) = &self.unsure else { return Ok(None) };
        let clients = &self.session.clients;
        let (account, caller) = caller(clients, target, want).await?;
        if account == self.session.home.account {
            self.session.called_by(caller);
            return Ok(None);
        }
        // That no two targets are one account was looked at before.
        if target.name.is_some() {
            let said = &self.session.home.account;
            return Err(Stop::refused(format!(
                "the credentials of the target say that they are of account {said}, and AWS that they are of {account}: say `account:`"
            )));
        }
        let home = Home { account, region: self.session.home.region.clone() };
        let (session, plan) = settled(asked, clients, target, want, &home)?;
        session.called_by(caller);
        Ok(Some(Self { session, plan, unsure: None }))
    }

    /// Looks at the account and makes sure beside that it is the right one; nothing of another is given.
    pub(super) async fn look<T>(
        self,
        asked: &Asked,
        look: impl AsyncFn(&Session, &Plan) -> Result<T, Stop>,
    ) -> Result<(Session, Plan, T), Stop> {
        let at_once = async {
            let seen = look(&self.session, &self.plan).await?;
            Ok::<_, Wrong>(seen)
        };
        let sure = async {
            match self.make_sure(asked).await? {
                None => Ok(()),
                Some(right) => Err(Wrong::Account(Box::new(right))),
            }
        };
        // Who calls is asked first, and if it is the wrong one nothing more is read.
        match try_join(sure, at_once).await {
            Ok(((), seen)) => Ok((self.session, self.plan, seen)),
            Err(Wrong::Stop(stop)) => Err(stop),
            Err(Wrong::Account(right)) => {
                let seen = look(&right.session, &right.plan).await?;
                Ok((right.session, right.plan, seen))
            }
        }
    }
}

/// Why a look is not used.
enum Wrong {
    Stop(Stop),
    /// It was at another account; this is the right one.
    Account(Box<Connected>),
}

impl From<Stop> for Wrong {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// Two targets that turn out to be one account and region would be one owner, and each would take away what the other gives.
fn one_owner_each(connected: Fleet<Connected>) -> Fleet<Connected> {
    let mut homes: BTreeMap<Home, String> = BTreeMap::new();
    let check = |each: Each<Connected>| {
        let name = each.name.clone().unwrap_or_default();
        each.and(|connected| match homes.insert(connected.session.home.clone(), name) {
            Some(other) => {
                let Home { account, region } = &connected.session.home;
                Err(Stop::refused(format!(
                    "target {other} is {account} {region}, too: one account and region is one target; nothing was read"
                )))
            }
            None => Ok(connected),
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
