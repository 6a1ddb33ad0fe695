//! Answers that several addresses share — a topic and its policy are one call, all filters are one list — are asked for once in a run.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use super::error::AwsError;
use super::iam::{FoundRole, Iam};
use super::mail_manager::MailManager;
use super::ses::Ses;
use super::sns::Sns;
use crate::core::address::{Address, AddressKind};
use crate::kinds::mail_manager::Names;

type Shared<T> = Arc<OnceCell<Result<T, AwsError>>>;

#[derive(Debug)]
struct Once<T>(Mutex<BTreeMap<String, Shared<T>>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Once<T> {
    /// Whoever comes first asks; the others wait for its answer.
    async fn get(&self, key: String, ask: impl Future<Output = Result<T, AwsError>>) -> Result<T, AwsError> {
        let cell = Arc::clone(self.0.lock().await.entry(key).or_default());
        cell.get_or_init(|| ask).await.clone()
    }
}

/// All answers of one run that are shared.
#[derive(Debug, Default)]
pub struct Memo {
    topics: Once<Option<BTreeMap<String, String>>>,
    filters: Once<BTreeMap<String, (String, String)>>,
    roles: Once<Option<FoundRole>>,
    names: Once<Names>,
}

fn place(at: &Address) -> String {
    format!("{}:{}", at.account, at.region.as_ref().map_or("", |region| region.as_str()))
}

impl Memo {
    /// A topic's attributes.
    pub async fn topic(&self, sns: &Sns, at: &Address) -> Result<Option<BTreeMap<String, String>>, AwsError> {
        self.topics.get(at.with_kind(AddressKind::Topic).to_string(), sns.attributes(at)).await
    }

    /// All receipt filters: name → policy and CIDR.
    pub async fn filters(&self, ses: &Ses, at: &Address) -> Result<BTreeMap<String, (String, String)>, AwsError> {
        self.filters.get(place(at), ses.filters()).await
    }

    /// The list of a Mail Manager kind.
    pub async fn names(&self, aws: &MailManager, at: &Address) -> Result<Names, AwsError> {
        self.names.get(format!("{} {}", place(at), at.kind.name()), aws.list(at.kind)).await
    }

    /// A role with its trust policy.
    pub async fn role(&self, iam: &Iam, at: &Address) -> Result<Option<FoundRole>, AwsError> {
        self.roles.get(at.with_kind(AddressKind::Role).to_string(), iam.role(&at.name)).await
    }
}
