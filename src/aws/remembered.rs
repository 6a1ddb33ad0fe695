//! Credentials that are had once: whoever looks whose they are, and every client, is given the same ones until they are about to expire.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::future::ProvideCredentials as Soon;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider};
use tokio::sync::Mutex;

/// How long before they expire credentials are asked for anew. The SDK's own cache asks for new ones ten seconds before.
const EARLY: Duration = Duration::from_secs(60);

/// A provider that remembers.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    from: SharedCredentialsProvider,
    have: Arc<Mutex<Option<Credentials>>>,
}

impl Remembered {
    pub(super) fn new(from: SharedCredentialsProvider) -> Self {
        Self { from, have: Arc::default() }
    }

    /// The same as a provider for the SDK.
    pub(super) fn shared(&self) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(self.clone())
    }

    async fn get(&self) -> Result {
        let mut have = self.have.lock().await;
        let lasts = |it: &&Credentials| it.expiry().is_none_or(|end| end > SystemTime::now() + EARLY);
        if let Some(credentials) = have.as_ref().filter(lasts) {
            return Ok(credentials.clone());
        }
        let credentials = self.from.provide_credentials().await?;
        *have = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for Remembered {
    fn provide_credentials<'a>(&'a self) -> Soon<'a>
    where
        Self: 'a,
    {
        Soon::new(self.get())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Counted(Arc<AtomicUsize>, Option<Duration>);

    impl ProvideCredentials for Counted {
        fn provide_credentials<'a>(&'a self) -> Soon<'a>
        where
            Self: 'a,
        {
            self.0.fetch_add(1, Ordering::SeqCst);
            Soon::ready(Ok(Credentials::new("id", "secret", None, self.1.map(|lasts| SystemTime::now() + lasts), "test")))
        }
    }

    async fn asked(lasts: Option<Duration>) -> usize {
        let count = Arc::new(AtomicUsize::new(0));
        let remembered = Remembered::new(SharedCredentialsProvider::new(Counted(Arc::clone(&count), lasts)));
        for _ in 0..3 {
            remembered.shared().provide_credentials().await.unwrap();
        }
        count.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn they_are_asked_for_once_and_again_when_they_are_about_to_expire() {
        assert_eq!(asked(None).await, 1);
        assert_eq!(asked(Some(Duration::from_secs(3600))).await, 1);
        assert_eq!(asked(Some(Duration::from_secs(5))).await, 3);
    }
}
