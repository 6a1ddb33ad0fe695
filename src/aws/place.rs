//! How many reads are under way at once. Each service has places of its own, so that one that is slow holds back none of the others.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::core::address::AddressKind;

/// Who answers for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    S3,
    Kms,
    Sns,
    Lambda,
    SecretsManager,
    Iam,
    MailManager,
    /// It has a pace, and waits there ([`super::pace`]).
    Ses,
}

const SERVICES: usize = 8;

fn service(kind: AddressKind) -> Service {
    use AddressKind as Of;
    match kind {
        Of::Bucket | Of::BucketPolicy | Of::BucketEncryption | Of::BucketObjectLock | Of::BucketTags | Of::BucketAcl | Of::Buckets => {
            Service::S3
        }
        Of::Key | Of::KeyPolicy | Of::KeyAliases | Of::Keys => Service::Kms,
        Of::Topic | Of::TopicPolicy | Of::Topics => Service::Sns,
        Of::Function | Of::FunctionPolicy | Of::FunctionAliases | Of::Functions => Service::Lambda,
        Of::Secret | Of::SecretPolicy | Of::Secrets => Service::SecretsManager,
        Of::Role | Of::RoleTrust | Of::RolePolicy | Of::RolePolicies | Of::Roles | Of::UserPolicy | Of::UserPolicies => Service::Iam,
        Of::GroupPolicy | Of::GroupPolicies | Of::AttachedPolicies | Of::ManagedPolicy | Of::Identities | Of::AccountAliases => {
            Service::Iam
        }
        Of::ReceiptRuleSet | Of::ReceiptRuleSets | Of::ReceiptRule | Of::ReceiptFilter | Of::ReceiptFilters => Service::Ses,
        Of::ActiveReceiptRuleSet => Service::Ses,
        Of::TrafficPolicy | Of::MailRuleSet | Of::IngressEndpoint | Of::Relay | Of::Archive | Of::AddressList => Service::MailManager,
        Of::AddressListMembers | Of::AddonSubscription | Of::AddonInstance | Of::MailManagerNames => Service::MailManager,
    }
}

/// Each read under way is a connection, and many machines allow a process a thousand files or fewer until it asks for more.
#[cfg(unix)]
fn allow_files(each: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(each.saturating_mul(SERVICES)).unwrap_or(u64::MAX).saturating_add(256);
    let allowed = maximum.map_or(wanted, |most| wanted.min(most));
    if current.is_some_and(|now| now < allowed) {
        // Where that is refused, calls that find no place fail, and are made again.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum });
    }
}

#[cfg(not(unix))]
fn allow_files(_: usize) {}

/// The places at all services, for all targets of a run.
#[derive(Debug)]
pub(super) struct Places([Semaphore; SERVICES]);

impl Places {
    /// So many at each.
    pub(super) fn new(each: usize) -> Self {
        let each = each.clamp(1, Semaphore::MAX_PERMITS);
        allow_files(each);
        Self(std::array::from_fn(|_| Semaphore::new(each)))
    }

    /// A place at the service that answers for this kind.
    pub(super) async fn take(&self, kind: AddressKind) -> Option<SemaphorePermit<'_>> {
        // SES is called when it is the call's turn: of those there is one a second.
        let service = Some(service(kind)).filter(|service| *service != Service::Ses)?;
        // They are never closed.
        self.0.get(service as usize)?.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_service_that_answers_nothing_holds_back_no_other() {
        let places = Places::new(2);
        let held = [places.take(AddressKind::Role).await, places.take(AddressKind::RolePolicy).await];
        assert!(held.iter().all(Option::is_some));
        let soon = std::time::Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, places.take(AddressKind::UserPolicy)).await.is_err(), "IAM has two places");
        for other in [AddressKind::Bucket, AddressKind::KeyPolicy, AddressKind::Topic, AddressKind::Function, AddressKind::Secret] {
            assert!(tokio::time::timeout(soon, places.take(other)).await.is_ok_and(|place| place.is_some()), "{other:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_for_its_turn_at_ses_takes_no_place() {
        let places = Places::new(1);
        for _ in 0..3 {
            assert!(places.take(AddressKind::ReceiptRuleSet).await.is_none());
        }
    }
}
