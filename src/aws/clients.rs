//! Clients per account and region, made when first needed. Credentials and network as every AWS tool: profiles, SSO, web identity,
//! container and instance roles; other accounts by the role or profile that the plan names.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use tokio::sync::Mutex;

use super::common::{Access, Common, assumed, role_arn};
use super::error::{AwsError, call};
use super::granted::Granted;
use super::hidden::Hidden;
use super::iam::Iam;
use super::journal::Keep;
use super::key_id::account_of;
use super::kms::Kms;
use super::lambda::Lambda;
use super::lock::Lock;
use super::mail_manager::MailManager;
use super::memo::Memo;
use super::pace::Attempts;
use super::reached::Reached;
use super::remembered::Remembered;
use super::s3::S3;
use super::secretsmanager::SecretsManager;
use super::ses::Ses;
use super::sights::Sights;
use super::sns::Sns;
use super::stats::Stats;
use super::store::Lockout as Question;
use crate::core::address::{Address, Home};
use crate::core::ids::{AccountId, Arn, Region};
use crate::kinds::secret::ValueFrom;
use crate::plan::language::{Accounts, Via};
use crate::policy::{self, Caller, Context, Document, Lockout, Needs, Request};

/// An account, and a region in it; none is where IAM is.
type Place = (AccountId, Option<Region>);

/// The connection of one target.
#[derive(Debug)]
pub struct Clients {
    /// What all targets of the run share.
    pub common: Arc<Common>,
    /// What goes over the wire.
    pub stats: Stats,
    base: SdkConfig,
    credentials: Option<Remembered>,
    reached: Mutex<BTreeMap<Place, Arc<Reached>>>,
    located: Mutex<BTreeMap<String, Region>>,
}

impl Clients {
    /// The connection with the credentials of one target; sends nothing yet.
    pub async fn reach(common: &Arc<Common>, access: &Access) -> Self {
        let base = common.reach(access).await;
        let credentials = base.credentials_provider().map(Remembered::new);
        let mut builder = base.into_builder();
        builder.set_credentials_provider(credentials.as_ref().map(Remembered::shared));
        Self {
            common: Arc::clone(common),
            stats: Stats::new(common.settings.listen.clone()),
            base: builder.build(),
            credentials,
            reached: Mutex::default(),
            located: Mutex::default(),
        }
    }

    /// The region of the environment or profile, where the plan says none.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.base.region()?.as_ref().parse().ok()
    }

    /// Whether these may be the credentials of an account, as far as it can be told without asking AWS. What says nothing about it may be
    /// anybody's, but an emulator has nobody's.
    pub async fn may_be_of(&self, account: &AccountId) -> bool {
        let nobodys = || self.base.endpoint_url().is_some();
        self.whose().await.map_or_else(nobodys, |whose| whose == *account)
    }

    /// Whose the credentials are by themselves.
    pub async fn whose(&self) -> Option<AccountId> {
        account_of(&self.credentials.as_ref()?.provide_credentials().await.ok()?)
    }

    /// Who calls: account and ARN.
    pub async fn caller(&self) -> Result<(AccountId, Arn), AwsError> {
        let config = aws_sdk_sts::config::Builder::from(&self.base).interceptor(self.stats.at(None, region_of(&self.base))).build();
        let sts = aws_sdk_sts::Client::from_conf(config);
        let identity = call!("sts", "GetCallerIdentity", sts.get_caller_identity())?;
        let account = identity.account().unwrap_or_default().parse().map_err(AwsError::malformed)?;
        Ok((account, identity.arn().unwrap_or_default().parse().map_err(AwsError::malformed)?))
    }
}

/// A connection, seen from the plan's account and region, with what it was already told.
#[derive(Debug, Clone)]
pub struct Session {
    /// The connection.
    pub clients: Arc<Clients>,
    /// The plan's account and region.
    pub home: Home,
    /// Who calls, for the lockout question. It is asked while the first things are read.
    caller: Arc<OnceLock<Arn>>,
    /// The name of our inline policies.
    pub inline_policy: String,
    /// How other accounts are reached, with their external ids.
    pub accounts: Arc<dyn Reach>,
    /// Answers that several addresses share.
    pub memo: Arc<Memo>,
    /// Set when the run is to end: what is waited for is not waited for any longer.
    pub(super) stop: Arc<AtomicBool>,
    /// What this run has put into containers.
    pub(super) granted: Arc<Granted>,
    /// What this run has seen in containers.
    pub(super) sights: Arc<Sights>,
    /// Keeps what is overwritten.
    pub(super) journal: Option<Arc<dyn Keep>>,
    /// One writer at a time among all runs.
    pub(super) lock: Option<Arc<Lock>>,
    /// Told what is waited for.
    hear: Option<Arc<dyn Hear>>,
    /// The passwords that this run may send, by environment variable.
    passwords: Arc<BTreeMap<String, Hidden>>,
    /// The values of the secrets that this run may make.
    values: Arc<BTreeMap<ValueFrom, Hidden>>,
}

/// Told what is waited for.
pub trait Hear: std::fmt::Debug + Send + Sync {
    /// A wait goes on.
    fn hear(&self, what: &str);
}

/// How an account is reached; the plan knows.
pub trait Reach: std::fmt::Debug + Send + Sync {
    /// Credentials for it, and the external id of its role.
    fn reach(&self, account: &AccountId) -> (Via, Option<String>);
}

impl Reach for Accounts {
    fn reach(&self, account: &AccountId) -> (Via, Option<String>) {
        let access = self.by_id.get(account).or(self.default.as_ref());
        access.map_or((Via::Caller, None), |access| (access.via.clone(), access.external_id.clone()))
    }
}

impl Session {
    /// The connection as seen from `home`, for the plan whose inline policies are named so.
    #[must_use]
    pub fn new(clients: Arc<Clients>, home: Home, caller: Option<Arn>, inline_policy: String, accounts: Arc<dyn Reach>) -> Self {
        Self {
            clients,
            home,
            caller: Arc::new(caller.map(OnceLock::from).unwrap_or_default()),
            inline_policy,
            accounts,
            memo: Arc::default(),
            stop: Arc::default(),
            granted: Arc::default(),
            sights: Arc::default(),
            journal: None,
            lock: None,
            hear: None,
            passwords: Arc::default(),
            values: Arc::default(),
        }
    }

    /// Who calls, as far as it is known yet.
    #[must_use]
    pub fn caller(&self) -> Option<&Arn> {
        self.caller.get()
    }

    /// Notes who calls.
    pub fn called_by(&self, caller: Arn) {
        // It was said before, and is the same.
        let _ = self.caller.set(caller);
    }

    /// The same connection with nothing remembered.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self { memo: Arc::default(), ..self.clone() }
    }

    /// The same connection, which waits for nothing any longer once `stop` is set.
    #[must_use]
    pub fn until(self, stop: &Arc<AtomicBool>) -> Self {
        Self { stop: Arc::clone(stop), ..self }
    }

    /// The same connection, which tells what it waits for.
    #[must_use]
    pub fn telling(self, hear: Arc<dyn Hear>) -> Self {
        Self { hear: Some(hear), ..self }
    }

    /// The same connection, which may send these passwords.
    #[must_use]
    pub fn with_passwords(self, passwords: BTreeMap<String, String>) -> Self {
        let hidden = passwords.into_iter().map(|(name, password)| (name, Hidden(password)));
        Self { passwords: Arc::new(hidden.collect()), ..self }
    }

    /// The password in an environment variable; `apply` has looked before it began.
    pub(crate) fn password(&self, variable: &str) -> Result<Hidden, AwsError> {
        let why = || AwsError::refused(&format!("the environment variable `{variable}` holds no password"));
        self.passwords.get(variable).cloned().ok_or_else(why)
    }

    /// The same connection, which may make secrets of these values.
    #[must_use]
    pub fn with_values(self, values: BTreeMap<ValueFrom, String>) -> Self {
        let hidden = values.into_iter().map(|(from, value)| (from, Hidden(value)));
        Self { values: Arc::new(hidden.collect()), ..self }
    }

    /// The value of a secret; `apply` has looked before it began.
    pub(crate) fn value(&self, from: &ValueFrom) -> Result<Hidden, AwsError> {
        self.values.get(from).cloned().ok_or_else(|| AwsError::refused("the value of the secret was not read before the run began"))
    }

    /// The text without any password or value that this run may send.
    pub(super) fn covered(&self, text: String) -> String {
        self.passwords.values().chain(self.values.values()).fold(text, |text, hidden| hidden.covered_in(text))
    }

    /// Says what is waited for.
    pub(crate) fn tell(&self, at: &Address, text: &str) {
        if let Some(hear) = &self.hear {
            hear.hear(&format!("{}: {text}", at.seen_from(&self.home)));
        }
    }

    /// An account as it is reached in a region; `None` is where IAM is.
    async fn reached(&self, account: &AccountId, region: Option<&Region>) -> Arc<Reached> {
        let mut known = self.clients.reached.lock().await;
        let key = (account.clone(), region.cloned());
        if let Some(reached) = known.get(&key) {
            return Arc::clone(reached);
        }
        let region = region.unwrap_or(&self.home.region);
        let mut builder = self.clients.base.to_builder();
        builder.set_region(Some(aws_config::Region::new(region.to_string())));
        let base = builder.build();
        let config = if *account == self.home.account { base } else { self.elsewhere(account, base).await };
        let stats = self.clients.stats.at(Some(account), Some(region.as_str()));
        let reached = Arc::new(Reached::new(config, stats));
        known.insert(key, Arc::clone(&reached));
        reached
    }

    async fn elsewhere(&self, account: &AccountId, base: SdkConfig) -> SdkConfig {
        let (via, external_id) = self.accounts.reach(account);
        let role = match via {
            Via::Caller => return base,
            Via::Profile(profile) => {
                let provider = aws_config::profile::ProfileFileCredentialsProvider::builder().profile_name(profile);
                let by = ProviderConfig::default().with_region(base.region().cloned()).with_http_client(self.clients.common.http());
                let provider = provider.configure(&by).build();
                return base
                    .into_builder()
                    .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(provider))
                    .build();
            }
            Via::RoleArn(arn) => arn.to_string(),
            Via::Role(name) => role_arn(&self.home.partition(), account, &name),
        };
        assumed(&base, role, external_id).await
    }

    /// SES in the region of an address.
    pub async fn ses(&self, at: &Address) -> Result<Ses, AwsError> {
        let home = Home { account: at.account.clone(), region: at.region.clone().unwrap_or_else(|| self.home.region.clone()) };
        let attempts = Attempts { pace: Arc::clone(&self.clients.common.pace), at: home.clone() };
        let client = self.reached(&at.account, at.region.as_ref()).await.ses(attempts);
        Ok(Ses::new(client, Arc::clone(&self.clients), home))
    }

    /// Waits for the turn of an SES call.
    pub(super) async fn pace(clients: &Clients, home: &Home) {
        clients.stats.paced(clients.common.pace.turn(home).await);
    }

    /// S3 in the region of a bucket, as far as it is known.
    pub async fn s3(&self, at: &Address) -> Result<S3, AwsError> {
        let region = self.clients.located.lock().await.get(&at.name).cloned();
        let client = self.reached(&at.account, Some(region.as_ref().unwrap_or(&self.home.region))).await.s3();
        let owner = (at.account != self.home.account).then(|| at.account.clone());
        Ok(S3::new(client, owner))
    }

    /// Remembers where a bucket is.
    pub async fn located(&self, bucket: &str, region: &Region) {
        self.clients.located.lock().await.insert(bucket.to_owned(), region.clone());
    }

    /// Asks where a bucket is.
    pub(super) async fn locate(&self, at: &Address) -> Result<(), AwsError> {
        match self.s3(at).await?.region_of(&at.name).await? {
            Some(region) => self.located(&at.name, &region).await,
            None => return Err(AwsError::refused("the bucket is in another region, and S3 does not say which")),
        }
        Ok(())
    }

    /// KMS in the region of a key.
    pub async fn kms(&self, at: &Address) -> Result<Kms, AwsError> {
        Ok(Kms::new(self.reached(&at.account, at.region.as_ref()).await.kms()))
    }

    /// SNS in the region of a topic.
    pub async fn sns(&self, at: &Address) -> Result<Sns, AwsError> {
        Ok(Sns::new(self.reached(&at.account, at.region.as_ref()).await.sns()))
    }

    /// Lambda in the region of a function.
    pub async fn lambda(&self, at: &Address) -> Result<Lambda, AwsError> {
        Ok(Lambda::new(self.reached(&at.account, at.region.as_ref()).await.lambda()))
    }

    /// Secrets Manager in the region of a secret.
    pub async fn secrets(&self, at: &Address) -> Result<SecretsManager, AwsError> {
        Ok(SecretsManager::new(self.reached(&at.account, at.region.as_ref()).await.secrets()))
    }

    /// Mail Manager in the region of an address.
    pub async fn mail_manager(&self, at: &Address) -> Result<MailManager, AwsError> {
        Ok(MailManager::new(self.reached(&at.account, at.region.as_ref()).await.mail_manager()))
    }

    /// IAM of an account.
    pub async fn iam(&self, at: &Address) -> Result<Iam, AwsError> {
        Ok(Iam::new(self.reached(&at.account, None).await.iam()))
    }

    /// Refuses a document under which the caller could not write the next one.
    pub(super) fn guard(&self, at: &Address, question: &Question, have: &Document, next: &Document) -> Result<(), AwsError> {
        let Some(caller) = self.caller_in(at) else { return Ok(()) };
        let request = Request { caller, action: question.action.to_owned(), resource: question.resource.clone(), context: Context::open() };
        let needs = if question.needs_allow { Needs::Permission } else { Needs::NoDenial };
        let locked = |document: &Document| matches!(policy::lockout(document, &request, needs), Lockout::Yes(_));
        if locked(next) && !locked(have) {
            return Err(AwsError::refused(&format!(
                "with this document the caller could not call {} again: it is not written",
                question.action
            )));
        }
        Ok(())
    }

    /// Who writes in the account of an address: the caller, or the role that is assumed there.
    fn caller_in(&self, at: &Address) -> Option<Caller> {
        if at.account == self.home.account {
            let arn = self.caller()?.clone();
            return Some(if arn.resource() == "root" { Caller::AccountRoot(at.account.clone()) } else { Caller::Identity(arn) });
        }
        let role = match self.accounts.reach(&at.account).0 {
            Via::RoleArn(arn) => arn,
            Via::Role(name) => role_arn(&self.home.partition(), &at.account, &name).parse().ok()?,
            Via::Caller | Via::Profile(_) => return None,
        };
        Some(Caller::Identity(role))
    }
}

/// Where a client calls.
fn region_of(config: &SdkConfig) -> Option<&str> {
    config.region().map(AsRef::as_ref)
}
