//! One resource of each kind: got, made, changed, deleted. What is not said in an update stays as it is.

use std::collections::BTreeMap;
use std::future::Future;

use super::{AwsError, Hidden, MailManager, call, ingress, missing, rule, sdk, traffic, unknown, write_tags};
use crate::kinds::mail_manager::addon_instance::AddonInstance;
use crate::kinds::mail_manager::addon_subscription::AddonSubscription;
use crate::kinds::mail_manager::address_list::AddressList;
use crate::kinds::mail_manager::archive::{Archive, Retention};
use crate::kinds::mail_manager::ingress_endpoint::IngressEndpoint;
use crate::kinds::mail_manager::ours::Spec;
use crate::kinds::mail_manager::relay::{Authentication, Relay};
use crate::kinds::mail_manager::rule_set::RuleSet;
use crate::kinds::mail_manager::traffic_policy::TrafficPolicy;

/// What goes with a write beside the spec.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// At creation.
    pub tags: &'a BTreeMap<String, String>,
    /// The same for the same creation: made twice it is made once.
    pub token: &'a str,
    /// The password of an ingress endpoint, where one is to be sent.
    pub password: Option<&'a Hidden>,
}

/// A kind's operations.
pub(crate) trait Calls: Spec + Send + Sync {
    /// As it is, and where it takes mail.
    fn get(aws: &MailManager, id: &str) -> impl Future<Output = Result<(Self, Option<String>), AwsError>> + Send;

    /// Makes it; gives the id that AWS made.
    fn create(&self, aws: &MailManager, beside: Beside<'_>) -> impl Future<Output = Result<String, AwsError>> + Send;

    /// Changes it in place.
    fn update(&self, aws: &MailManager, id: &str, beside: Beside<'_>) -> impl Future<Output = Result<(), AwsError>> + Send;

    /// Deletes it.
    fn delete(aws: &MailManager, id: &str) -> impl Future<Output = Result<(), AwsError>> + Send;
}

/// AWS has no update of it: only its tags change.
fn fixed() -> AwsError {
    AwsError::refused("AWS cannot change it")
}

impl Calls for TrafficPolicy {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetTrafficPolicy", aws.client.get_traffic_policy().traffic_policy_id(id))?;
        let policy = Self {
            policy_statements: found.policy_statements().iter().map(traffic::read).collect::<Result<_, _>>()?,
            default_action: ingress::text(found.default_action().map(|action| action.as_str()), "DefaultAction")?,
            max_message_size_bytes: found.max_message_size_bytes.and_then(|size| size.try_into().ok()),
            traffic_policy_name: found.traffic_policy_name,
        };
        Ok((policy, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let statements = self.policy_statements.iter().map(traffic::write).collect::<Result<Vec<_>, _>>()?;
        let request = aws.client.create_traffic_policy().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.traffic_policy_name(&self.traffic_policy_name).set_policy_statements(Some(statements));
        let request = request.default_action(self.default_action.as_str().into()).set_max_message_size_bytes(self.max_size());
        Ok(call!("mailmanager", "CreateTrafficPolicy", request)?.traffic_policy_id)
    }

    async fn update(&self, aws: &MailManager, id: &str, _: Beside<'_>) -> Result<(), AwsError> {
        let statements = self.policy_statements.iter().map(traffic::write).collect::<Result<Vec<_>, _>>()?;
        let request = aws.client.update_traffic_policy().traffic_policy_id(id).traffic_policy_name(&self.traffic_policy_name);
        let request = request.set_policy_statements(Some(statements)).default_action(self.default_action.as_str().into());
        call!("mailmanager", "UpdateTrafficPolicy", request.set_max_message_size_bytes(self.max_size())).map(drop)
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteTrafficPolicy", aws.client.delete_traffic_policy().traffic_policy_id(id)).map(drop)
    }
}

impl TrafficPolicy {
    fn max_size(&self) -> Option<i32> {
        self.max_message_size_bytes.and_then(|size| size.try_into().ok())
    }
}

impl Calls for RuleSet {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetRuleSet", aws.client.get_rule_set().rule_set_id(id))?;
        let rules = found.rules().iter().map(rule::read).collect::<Result<_, _>>()?;
        Ok((Self { rule_set_name: found.rule_set_name, rules }, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let rules = self.rules.iter().map(rule::write).collect::<Result<Vec<_>, _>>()?;
        let request = aws.client.create_rule_set().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.rule_set_name(&self.rule_set_name).set_rules(Some(rules));
        Ok(call!("mailmanager", "CreateRuleSet", request)?.rule_set_id)
    }

    async fn update(&self, aws: &MailManager, id: &str, _: Beside<'_>) -> Result<(), AwsError> {
        let rules = self.rules.iter().map(rule::write).collect::<Result<Vec<_>, _>>()?;
        let request = aws.client.update_rule_set().rule_set_id(id).rule_set_name(&self.rule_set_name).set_rules(Some(rules));
        call!("mailmanager", "UpdateRuleSet", request).map(drop)
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteRuleSet", aws.client.delete_rule_set().rule_set_id(id)).map(drop)
    }
}

impl Calls for IngressEndpoint {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let ask = || aws.client.get_ingress_point().ingress_point_id(id);
        let mut found = call!("mailmanager", "GetIngressPoint", ask())?;
        if found.r#type() == Some(&sdk::IngressPointType::Mtls) {
            let whole = ask().include_trust_store_contents(sdk::TrustStoreResponseOption::Include);
            found = call!("mailmanager", "GetIngressPoint", whole)?;
        }
        let endpoint = Self {
            r#type: ingress::text(found.r#type().map(|kind| kind.as_str()), "Type")?,
            rule_set_id: ingress::text(found.rule_set_id(), "RuleSetId")?,
            traffic_policy_id: ingress::text(found.traffic_policy_id(), "TrafficPolicyId")?,
            ingress_point_configuration: found.ingress_point_auth_configuration().and_then(ingress::read_configuration),
            network_configuration: found.network_configuration().map(ingress::read_network).transpose()?,
            tls_policy: found.tls_policy().map(|policy| policy.as_str().to_owned()),
            status: found.status().map(|status| status.as_str().to_owned()),
            ingress_point_name: found.ingress_point_name,
        };
        Ok((endpoint, found.a_record))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let password = beside.password.map(|password| password.0.as_str());
        let configuration = self.ingress_point_configuration.as_ref();
        let configuration = configuration.map(|it| ingress::write_configuration(it, password)).transpose()?.flatten();
        let request = aws.client.create_ingress_point().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.ingress_point_name(&self.ingress_point_name).r#type(self.r#type.as_str().into());
        let request = request.rule_set_id(&self.rule_set_id).traffic_policy_id(&self.traffic_policy_id);
        let request = request.set_ingress_point_configuration(configuration);
        let request = request.set_network_configuration(self.network_configuration.as_ref().map(ingress::write_network).transpose()?);
        let request = request.set_tls_policy(self.tls_policy.as_deref().map(sdk::TlsPolicy::from));
        Ok(call!("mailmanager", "CreateIngressPoint", request)?.ingress_point_id)
    }

    async fn update(&self, aws: &MailManager, id: &str, beside: Beside<'_>) -> Result<(), AwsError> {
        let password = beside.password.map(|password| password.0.as_str());
        let configuration = self.ingress_point_configuration.as_ref();
        let configuration = configuration.map(|it| ingress::write_configuration(it, password)).transpose()?.flatten();
        let request = aws.client.update_ingress_point().ingress_point_id(id).ingress_point_name(&self.ingress_point_name);
        let request = request.rule_set_id(&self.rule_set_id).traffic_policy_id(&self.traffic_policy_id);
        let request = request.set_ingress_point_configuration(configuration);
        let request = request.set_tls_policy(self.tls_policy.as_deref().map(sdk::TlsPolicy::from));
        let request = request.set_status_to_update(ingress::status_to_update(self.status.as_deref()));
        call!("mailmanager", "UpdateIngressPoint", request).map(drop)
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteIngressPoint", aws.client.delete_ingress_point().ingress_point_id(id)).map(drop)
    }
}

impl Calls for Relay {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetRelay", aws.client.get_relay().relay_id(id))?;
        let authentication = match found.authentication() {
            Some(sdk::RelayAuthentication::SecretArn(arn)) => Authentication::SecretArn(arn.clone()),
            Some(sdk::RelayAuthentication::NoAuthentication(_)) | None => Authentication::NoAuthentication {},
            Some(_) => return Err(unknown("an authentication")),
        };
        let relay = Self {
            relay_name: ingress::text(found.relay_name(), "RelayName")?,
            server_name: ingress::text(found.server_name(), "ServerName")?,
            server_port: found.server_port().and_then(|port| port.try_into().ok()).ok_or_else(|| missing("ServerPort"))?,
            authentication,
        };
        Ok((relay, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let request = aws.client.create_relay().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.relay_name(&self.relay_name).server_name(&self.server_name).server_port(i32::from(self.server_port));
        Ok(call!("mailmanager", "CreateRelay", request.authentication(write_authentication(&self.authentication)))?.relay_id)
    }

    async fn update(&self, aws: &MailManager, id: &str, _: Beside<'_>) -> Result<(), AwsError> {
        let request = aws.client.update_relay().relay_id(id).relay_name(&self.relay_name).server_name(&self.server_name);
        let request = request.server_port(i32::from(self.server_port)).authentication(write_authentication(&self.authentication));
        call!("mailmanager", "UpdateRelay", request).map(drop)
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteRelay", aws.client.delete_relay().relay_id(id)).map(drop)
    }
}

fn write_authentication(authentication: &Authentication) -> sdk::RelayAuthentication {
    match authentication {
        Authentication::SecretArn(arn) => sdk::RelayAuthentication::SecretArn(arn.clone()),
        Authentication::NoAuthentication {} => sdk::RelayAuthentication::NoAuthentication(sdk::NoAuthentication::builder().build()),
    }
}

impl Calls for Archive {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetArchive", aws.client.get_archive().archive_id(id))?;
        let retention = match found.retention().ok_or_else(|| missing("Retention"))? {
            sdk::ArchiveRetention::RetentionPeriod(period) => Retention::RetentionPeriod(period.as_str().to_owned()),
            _ => return Err(unknown("a retention")),
        };
        Ok((Self { archive_name: found.archive_name, retention, kms_key_arn: found.kms_key_arn }, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let request = aws.client.create_archive().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.archive_name(&self.archive_name).retention(write_retention(&self.retention));
        Ok(call!("mailmanager", "CreateArchive", request.set_kms_key_arn(self.kms_key_arn.clone()))?.archive_id)
    }

    async fn update(&self, aws: &MailManager, id: &str, _: Beside<'_>) -> Result<(), AwsError> {
        let request = aws.client.update_archive().archive_id(id).archive_name(&self.archive_name);
        call!("mailmanager", "UpdateArchive", request.retention(write_retention(&self.retention))).map(drop)
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteArchive", aws.client.delete_archive().archive_id(id)).map(drop)
    }
}

fn write_retention(Retention::RetentionPeriod(period): &Retention) -> sdk::ArchiveRetention {
    sdk::ArchiveRetention::RetentionPeriod(period.as_str().into())
}

impl Calls for AddressList {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetAddressList", aws.client.get_address_list().address_list_id(id))?;
        Ok((Self { address_list_name: found.address_list_name, members: None, keep_others: false }, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let request = aws.client.create_address_list().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        Ok(call!("mailmanager", "CreateAddressList", request.address_list_name(&self.address_list_name))?.address_list_id)
    }

    async fn update(&self, _: &MailManager, _: &str, _: Beside<'_>) -> Result<(), AwsError> {
        Err(fixed())
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteAddressList", aws.client.delete_address_list().address_list_id(id)).map(drop)
    }
}

impl Calls for AddonSubscription {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let request = aws.client.get_addon_subscription().addon_subscription_id(id);
        let found = call!("mailmanager", "GetAddonSubscription", request)?;
        Ok((Self { addon_name: ingress::text(found.addon_name(), "AddonName")? }, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let request = aws.client.create_addon_subscription().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        Ok(call!("mailmanager", "CreateAddonSubscription", request.addon_name(&self.addon_name))?.addon_subscription_id)
    }

    async fn update(&self, _: &MailManager, _: &str, _: Beside<'_>) -> Result<(), AwsError> {
        Err(fixed())
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        let request = aws.client.delete_addon_subscription().addon_subscription_id(id);
        call!("mailmanager", "DeleteAddonSubscription", request).map(drop)
    }
}

impl Calls for AddonInstance {
    async fn get(aws: &MailManager, id: &str) -> Result<(Self, Option<String>), AwsError> {
        let found = call!("mailmanager", "GetAddonInstance", aws.client.get_addon_instance().addon_instance_id(id))?;
        let instance = Self {
            addon_name: ingress::text(found.addon_name(), "AddonName")?,
            addon_subscription_id: ingress::text(found.addon_subscription_id(), "AddonSubscriptionId")?,
        };
        Ok((instance, None))
    }

    async fn create(&self, aws: &MailManager, beside: Beside<'_>) -> Result<String, AwsError> {
        let request = aws.client.create_addon_instance().client_token(beside.token).set_tags(Some(write_tags(beside.tags)?));
        let request = request.addon_subscription_id(&self.addon_subscription_id);
        Ok(call!("mailmanager", "CreateAddonInstance", request)?.addon_instance_id)
    }

    async fn update(&self, _: &MailManager, _: &str, _: Beside<'_>) -> Result<(), AwsError> {
        Err(fixed())
    }

    async fn delete(aws: &MailManager, id: &str) -> Result<(), AwsError> {
        call!("mailmanager", "DeleteAddonInstance", aws.client.delete_addon_instance().addon_instance_id(id)).map(drop)
    }
}
