//! One HTTP client for all services, accounts and regions of a run. The SDK would give each service client one of its own: its own
//! connections, and the machine's certificates read anew.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an address that a name resolved to is used: a minute, which is about what the names of AWS's endpoints say (assumed).
const NAME_LIVES: Duration = Duration::from_secs(60);

/// Certificates of authorities that are trusted in the place of the machine's own, as `AWS_CA_BUNDLE` names them.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>
#[derive(Debug, Clone)]
pub struct Bundle(Arc<[u8]>);

impl Bundle {
    /// From PEM.
    ///
    /// # Errors
    /// What does not read; of a certificate that cannot be an anchor of trust the SDK would make a panic.
    pub fn new(pem: Vec<u8>) -> Result<Self, String> {
        let mut count = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            count += 1;
            let certificate = certificate.map_err(|error| format!("certificate {count} is not PEM: {error}"))?;
            webpki::anchor_from_trusted_cert(&certificate)
                .map_err(|error| format!("certificate {count} cannot be an authority's: {error}"))?;
        }
        if count == 0 { Err("there is no certificate in it".to_owned()) } else { Ok(Self(pem.into())) }
    }
}

/// Whom the machine trusts, as its environment says.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// `AWS_CA_BUNDLE`
    pub bundle: Option<Bundle>,
    /// Whether even a plain call may go to a proxy whose certificate must be known.
    pub always: bool,
}

/// The client, with no connection yet.
pub(super) fn client(trusted: &Trusted) -> SharedHttpClient {
    let bundle = trusted.bundle.as_ref();
    let trust = bundle.map_or_else(TrustStore::default, |bundle| TrustStore::empty().with_pem_certificate(bundle.0.to_vec()));
    SharedHttpClient::new(Wire { trust, always: trusted.always, names: Names::default(), lines: RwLock::default() })
}

#[derive(Debug)]
struct Wire {
    trust: TrustStore,
    always: bool,
    names: Names,
    /// By connect and read timeout: those who look for credentials have their own.
    lines: RwLock<BTreeMap<[Option<Duration>; 2], SharedHttpConnector>>,
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let key = [settings.connect_timeout(), settings.read_timeout()];
        if let Some(line) = self.lines.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return line.clone();
        }
        let mut builder = ConnectorBuilder::default().connector_settings(settings.clone());
        builder.set_sleep_impl(components.sleep_impl());
        builder.set_proxy_config(Some(ProxyConfig::from_env()));
        let line = Line {
            builder,
            trust: self.trust.clone(),
            always: self.always,
            names: self.names.clone(),
            plain: OnceLock::new(),
            tls: OnceLock::new(),
        };
        let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
        lines.entry(key).or_insert_with(|| SharedHttpConnector::new(line)).clone()
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some("1.x".into())))
    }
}

/// Connections with the same timeouts.
#[derive(Debug)]
struct Line {
    builder: ConnectorBuilder,
    trust: TrustStore,
    always: bool,
    names: Names,
    plain: OnceLock<Connector>,
    tls: OnceLock<Connector>,
}

impl Line {
    fn build(&self, trust: TrustStore) -> Connector {
        let builder = self.builder.clone().tls_provider(Provider::rustls(CryptoMode::AwsLc));
        // The only thing that is given to it cannot fail it.
        let context = TlsContext::builder().with_trust_store(trust).build().unwrap_or_default();
        builder.tls_context(context).build_with_resolver(self.names.clone())
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // An emulator, or what gives a container its credentials: the machine's certificates are not looked at, which takes longer than
        // all calls of a small plan.
        let connector = if request.uri().starts_with("http:") && !self.always {
            self.plain.get_or_init(|| self.build(TrustStore::empty()))
        } else {
            self.tls.get_or_init(|| self.build(self.trust.clone()))
        };
        connector.call(request)
    }
}

/// The addresses of one name, and until when they are used. Whoever comes first asks; the others wait for the answer.
type Known = Arc<Mutex<Option<(Instant, Vec<IpAddr>)>>>;

/// What names resolve to. Sixty connections that are opened at once ask for their name once.
#[derive(Debug, Clone, Default)]
struct Names(Arc<Mutex<BTreeMap<String, Known>>>);

impl Names {
    async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, ResolveDnsError> {
        let known = Arc::clone(self.0.lock().await.entry(name.to_owned()).or_default());
        let mut known = known.lock().await;
        if let Some((_, addresses)) = known.as_ref().filter(|(until, _)| *until > Instant::now()) {
            return Ok(addresses.clone());
        }
        let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
        let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
        *known = Some((Instant::now() + NAME_LIVES, addresses.clone()));
        Ok(addresses)
    }
}

impl ResolveDns for Names {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(self.resolve(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_read_before_it_is_used() {
        let authority = include_bytes!("../../tests/certs/ca.pem").to_vec();
        assert!(Bundle::new([authority.clone(), authority.clone()].concat()).is_ok());
        let broken = String::from_utf8(authority.clone()).unwrap().replacen("MII", "MIJ", 1).into_bytes();
        for (pem, why) in [
            (Vec::new(), "no certificate"),
            (b"certificate\n".to_vec(), "no certificate"),
            (broken.clone(), "certificate 1 cannot be"),
            ([authority, broken].concat(), "certificate 2 cannot be"),
            (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec(), "certificate 1 is not PEM"),
        ] {
            let told = Bundle::new(pem).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
