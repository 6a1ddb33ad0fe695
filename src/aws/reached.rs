//! One account and region as it is reached: its configuration, and a client of each service, made when it is first needed. Making one takes
//! longer than a small answer does.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;

use super::common::ATTEMPTS;
use super::pace::Attempts;
use super::stats::Stats;

/// Clients are handles: a copy shares everything.
#[derive(Debug)]
pub(super) struct Reached {
    config: SdkConfig,
    stats: Stats,
    iam: OnceLock<aws_sdk_iam::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    mail_manager: OnceLock<aws_sdk_mailmanager::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    secrets: OnceLock<aws_sdk_secretsmanager::Client>,
    ses: OnceLock<aws_sdk_ses::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
}

macro_rules! clients {
    ($($name:ident = $sdk:ident,)*) => {
        $(pub(super) fn $name(&self) -> $sdk::Client {
            let client = || {
                let config = $sdk::config::Builder::from(&self.config).interceptor(self.stats.clone()).build();
                $sdk::Client::from_conf(config)
            };
            self.$name.get_or_init(client).clone()
        })*
    };
}

impl Reached {
    /// No client yet. `stats` says where it is.
    pub(super) fn new(config: SdkConfig, stats: Stats) -> Self {
        Self {
            config,
            stats,
            iam: OnceLock::new(),
            kms: OnceLock::new(),
            lambda: OnceLock::new(),
            mail_manager: OnceLock::new(),
            s3: OnceLock::new(),
            secrets: OnceLock::new(),
            ses: OnceLock::new(),
            sns: OnceLock::new(),
        }
    }

    clients! {
        iam = aws_sdk_iam,
        kms = aws_sdk_kms,
        lambda = aws_sdk_lambda,
        mail_manager = aws_sdk_mailmanager,
        secrets = aws_sdk_secretsmanager,
        sns = aws_sdk_sns,
    }

    pub(super) fn s3(&self) -> aws_sdk_s3::Client {
        let client = || {
            let builder = aws_sdk_s3::config::Builder::from(&self.config).interceptor(self.stats.clone());
            // An emulator has one name for all buckets.
            aws_sdk_s3::Client::from_conf(builder.force_path_style(self.config.endpoint_url().is_some()).build())
        };
        self.s3.get_or_init(client).clone()
    }

    /// `attempts` is told of each call, for the first time or again.
    pub(super) fn ses(&self, attempts: Attempts) -> aws_sdk_ses::Client {
        let client = || {
            // SES asks for a second between calls, so retries begin with one.
            let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_secs(1));
            let builder = aws_sdk_ses::config::Builder::from(&self.config).retry_config(retries).interceptor(self.stats.clone());
            aws_sdk_ses::Client::from_conf(builder.interceptor(attempts).build())
        };
        self.ses.get_or_init(client).clone()
    }
}
