//! What all targets of a run share: what the command line says, the machine's own credentials, the pace of each account and region, a bound on
//! the requests under way, and one writer at a time for each document.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::http::{self, Trusted};
use super::pace::Pace;
use super::place::Places;
use super::stats::Listen;
use crate::core::address::Address;
use crate::core::ids::{AccountId, Partition, Region};
use crate::plan::language::Via;

/// Attempts of one call, retries included: at one call a second SES throttles more than the SDK's three attempts forgive.
pub(super) const ATTEMPTS: u32 = 8;

/// What the command line and the environment say of the connection.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `--profile`
    pub profile: Option<String>,
    /// A region that is known without asking the machine for its own.
    pub region: Option<Region>,
    /// `--endpoint-url`
    pub endpoint_url: Option<String>,
    /// Whose certificates are believed.
    pub trusted: Trusted,
    /// `--timeout`: of one attempt.
    pub timeout: Duration,
    /// The same, where it was given: of what AWS takes its time for.
    pub wait: Option<Duration>,
    /// `--ses-rate`
    pub ses_rate: f64,
    /// `--parallel`: reads under way at one service.
    pub parallel: usize,
    /// How long IAM is given to propagate; zero with `--no-wait`.
    pub patience: Duration,
    /// Told what goes over the wire.
    pub listen: Option<Arc<dyn Listen>>,
}

/// How the account of a target is reached.
#[derive(Debug, Clone)]
pub struct Access {
    /// Its region, where the plan says it.
    pub region: Option<Region>,
    /// Its account, where the plan says it: a role of a name alone is in it.
    pub account: Option<AccountId>,
    /// How to get credentials there.
    pub via: Via,
    /// The external id of the role.
    pub external_id: Option<String>,
}

/// Shared by all targets of a run.
#[derive(Debug)]
pub struct Common {
    /// As given.
    pub settings: Settings,
    base: SdkConfig,
    http: SharedHttpClient,
    pub(super) pace: Arc<Pace>,
    pub(super) places: Places,
    writers: Mutex<BTreeMap<Address, Arc<Mutex<()>>>>,
}

impl Common {
    /// Finds region and credentials of the machine; sends nothing yet.
    pub async fn new(settings: Settings) -> Arc<Self> {
        let http = http::client(&settings.trusted);
        let base = load(&settings, &http, settings.profile.as_deref(), settings.region.as_ref()).await;
        Self::with(settings, base, http)
    }

    /// The same, with a region and credentials that are known already.
    #[must_use]
    pub fn on(settings: Settings, base: SdkConfig) -> Arc<Self> {
        let http = http::client(&settings.trusted);
        let base = base.into_builder().http_client(http.clone()).build();
        Self::with(settings, base, http)
    }

    fn with(settings: Settings, base: SdkConfig, http: SharedHttpClient) -> Arc<Self> {
        let (pace, places) = (Arc::new(Pace::new(settings.ses_rate)), Places::new(settings.parallel));
        Arc::new(Self { settings, base, http, pace, places, writers: Mutex::default() })
    }

    /// The one HTTP client of the run.
    pub(super) fn http(&self) -> SharedHttpClient {
        self.http.clone()
    }

    /// The configuration with the credentials of one target.
    pub(super) async fn reach(&self, access: &Access) -> SdkConfig {
        let here = || match &access.region {
            Some(region) => self.base.to_builder().region(aws_config::Region::new(region.to_string())).build(),
            None => self.base.clone(),
        };
        let role = match (&access.via, &access.account) {
            (Via::Profile(profile), _) => {
                return load(&self.settings, &self.http, Some(profile), access.region.as_ref()).await;
            }
            (Via::RoleArn(arn), _) => arn.to_string(),
            (Via::Role(name), Some(account)) => {
                let partition = access.region.as_ref().map(Partition::of).unwrap_or_default();
                role_arn(&partition, account, name)
            }
            // The language asks for an account beside the name of a role.
            (Via::Caller | Via::Role(_), _) => return here(),
        };
        assumed(&here(), role, access.external_id.clone()).await
    }

    /// The right to write a document: targets that share a bucket, a key or a role would overtake one another between read and put.
    pub(super) async fn writer(&self, at: &Address) -> OwnedMutexGuard<()> {
        let one = Arc::clone(self.writers.lock().await.entry(at.clone()).or_default());
        one.lock_owned().await
    }
}

async fn load(settings: &Settings, http: &SharedHttpClient, profile: Option<&str>, region: Option<&Region>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(settings.timeout).connect_timeout(Duration::from_secs(5)).build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries);
    // What every attempt may take is bounded already: nobody has to watch each body as well.
    loader = loader.http_client(http.clone()).stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(aws_config::Region::new(region.to_string()));
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    let Some(profile) = profile else { return config };
    // Asked for by its name, a profile goes before keys in the environment, as in the AWS CLI; the SDK's own chain has it the other way
    // round. <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-authentication.html>
    let by = ProviderConfig::default().with_region(config.region().cloned()).with_http_client(http.clone());
    let provider = ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&by).build();
    config.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

/// The same configuration with the credentials of a role.
pub(super) async fn assumed(base: &SdkConfig, role: String, external_id: Option<String>) -> SdkConfig {
    let mut provider = AssumeRoleProvider::builder(role).configure(base).session_name("postroom");
    if let Some(id) = external_id {
        provider = provider.external_id(id);
    }
    base.to_builder().credentials_provider(SharedCredentialsProvider::new(provider.build().await)).build()
}

/// A role by its name, with its path if it has one.
pub(super) fn role_arn(partition: &Partition, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:iam::{account}:role/{}", name.trim_start_matches('/'))
}
