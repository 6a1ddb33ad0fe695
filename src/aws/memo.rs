//! Answers that several addresses share — a topic and its policy are one call, all filters are one list — are asked for once in a run.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, OnceCell};

use super::error::AwsError;
use super::iam::{FoundRole, Iam};
use super::mail_manager::MailManager;
use super::ses::{ActiveSet, Ses};
use super::sns::Sns;
use crate::core::address::{Address, AddressKind};
use crate::kinds::mail_manager::Names;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;

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
    active: Once<Option<ActiveSet>>,
    /// Where it is read anyway which set is the active one.
    reads_active: std::sync::Mutex<BTreeSet<String>>,
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

    /// Notes what is read in this run.
    pub(super) fn reads(&self, addresses: &BTreeSet<Address>) {
        let active = addresses.iter().filter(|at| at.kind == AddressKind::ActiveReceiptRuleSet).map(place);
        self.reads_active.lock().unwrap_or_else(PoisonError::into_inner).extend(active);
    }

    /// The receipt rule set that receives.
    pub async fn active_set(&self, ses: &Ses, at: &Address) -> Result<Option<ActiveSet>, AwsError> {
        self.active.get(place(at), ses.active_rule_set()).await
    }

    /// The rules of a set, where the call that says which set is active is made anyway and has answered with them: between two calls SES wants
    /// a second. One without rules is asked for itself, and so is everything where no call waits for another.
    pub async fn rules_beside_active(&self, ses: &Ses, at: &Address) -> Option<Vec<ReceiptRule>> {
        let is_read = || self.reads_active.lock().unwrap_or_else(PoisonError::into_inner).contains(&place(at));
        if !ses.is_paced() || !is_read() {
            return None;
        }
        let active = self.active_set(ses, at).await.ok()??;
        active.rules.filter(|rules| active.name == at.name && !rules.is_empty())
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
