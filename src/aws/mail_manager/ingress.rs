//! Ingress endpoints: ours and the SDK's.

use super::{AwsError, missing, sdk, unknown};
use crate::kinds::mail_manager::ingress_endpoint::{Configuration, Network, Password, TrustStore};
use crate::kinds::mail_manager::normal::digest;

/// What was found of who may hand in mail. The contents of a trust store are kept as digests.
pub(super) fn read_configuration(found: &sdk::IngressPointAuthConfiguration) -> Option<Configuration> {
    let sdk::IngressPointAuthConfiguration { ingress_point_password_configuration, secret_arn, tls_auth_configuration, .. } = found;
    let password = ingress_point_password_configuration
        .as_ref()
        .map(|password| Configuration::SmtpPassword(Password { version: password.smtp_password_version.clone(), ..Password::default() }));
    let secret = secret_arn.clone().map(Configuration::SecretArn);
    let store = tls_auth_configuration.as_ref().and_then(|tls| tls.trust_store.as_ref()).map(|store| Configuration::TlsAuthConfiguration {
        trust_store: TrustStore {
            ca_content: digest(&store.ca_content),
            crl_content: store.crl_content.as_deref().filter(|crl| !crl.is_empty()).map(digest),
            kms_key_arn: store.kms_key_arn.clone(),
        },
    });
    secret.or(store).or(password)
}

/// `password` is the one of the environment, where one is sent.
pub(super) fn write_configuration(
    configuration: &Configuration,
    password: Option<&str>,
) -> Result<Option<sdk::IngressPointConfiguration>, AwsError> {
    Ok(match configuration {
        Configuration::SmtpPassword(_) => password.map(|password| sdk::IngressPointConfiguration::SmtpPassword(password.to_owned())),
        Configuration::SecretArn(arn) => Some(sdk::IngressPointConfiguration::SecretArn(arn.clone())),
        Configuration::TlsAuthConfiguration { trust_store } => {
            let store = sdk::TrustStore::builder()
                .ca_content(&trust_store.ca_content)
                .set_crl_content(trust_store.crl_content.clone())
                .set_kms_key_arn(trust_store.kms_key_arn.clone())
                .build()
                .map_err(AwsError::malformed)?;
            let tls = sdk::TlsAuthConfiguration::builder().trust_store(store).build();
            Some(sdk::IngressPointConfiguration::TlsAuthConfiguration(tls))
        }
    })
}

pub(super) fn read_network(network: &sdk::NetworkConfiguration) -> Result<Network, AwsError> {
    Ok(match network {
        sdk::NetworkConfiguration::PublicNetworkConfiguration(public) => {
            Network::PublicNetworkConfiguration { ip_type: public.ip_type.as_str().to_owned() }
        }
        sdk::NetworkConfiguration::PrivateNetworkConfiguration(private) => {
            Network::PrivateNetworkConfiguration { vpc_endpoint_id: private.vpc_endpoint_id.clone() }
        }
        _ => return Err(unknown("a network configuration")),
    })
}

pub(super) fn write_network(network: &Network) -> Result<sdk::NetworkConfiguration, AwsError> {
    Ok(match network {
        Network::PublicNetworkConfiguration { ip_type } => {
            let public = sdk::PublicNetworkConfiguration::builder().ip_type(ip_type.as_str().into());
            sdk::NetworkConfiguration::PublicNetworkConfiguration(public.build())
        }
        Network::PrivateNetworkConfiguration { vpc_endpoint_id } => {
            let private = sdk::PrivateNetworkConfiguration::builder().vpc_endpoint_id(vpc_endpoint_id);
            sdk::NetworkConfiguration::PrivateNetworkConfiguration(private.build().map_err(AwsError::malformed)?)
        }
    })
}

/// The state that a plan may ask for; anything else is not AWS's to be told.
pub(super) fn status_to_update(status: Option<&str>) -> Option<sdk::IngressPointStatusToUpdate> {
    status.filter(|status| ["ACTIVE", "CLOSED"].contains(status)).map(sdk::IngressPointStatusToUpdate::from)
}

pub(super) fn text(member: Option<&str>, what: &str) -> Result<String, AwsError> {
    member.map(str::to_owned).ok_or_else(|| missing(what))
}
