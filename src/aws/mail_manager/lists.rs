//! The lists of all resources of a kind: 50 on a page, and the only way from a name to an id.

use aws_sdk_mailmanager::operation;

use super::{AwsError, MailManager, call};
use crate::core::address::AddressKind;
use crate::kinds::mail_manager::{Named, Names};

/// `PageSize` of every `List…` but that of members.
const PAGE: i32 = 50;

/// Asks page after page; `items` turns one page into names.
macro_rules! pages {
    ($operation:literal, $request:expr, $items:expr) => {{
        let mut items = Vec::new();
        let mut token = None;
        loop {
            let page = call!("mailmanager", $operation, $request.page_size(PAGE).set_next_token(token))?;
            token = page.next_token.clone();
            items.extend($items(page));
            if token.is_none() {
                break Ok(Names { items });
            }
        }
    }};
}

fn named(id: Option<String>, name: Option<String>) -> Option<Named> {
    Some(Named { id: id?, name: name?, state: None })
}

impl MailManager {
    /// Everything of one kind.
    pub async fn list(&self, kind: AddressKind) -> Result<Names, AwsError> {
        let client = &self.client;
        match kind {
            AddressKind::TrafficPolicy => pages!(
                "ListTrafficPolicies",
                client.list_traffic_policies(),
                |page: operation::list_traffic_policies::ListTrafficPoliciesOutput| {
                    let all = page.traffic_policies.unwrap_or_default().into_iter();
                    all.map(|it| Named { id: it.traffic_policy_id, name: it.traffic_policy_name, state: None })
                }
            ),
            AddressKind::MailRuleSet => {
                pages!("ListRuleSets", client.list_rule_sets(), |page: operation::list_rule_sets::ListRuleSetsOutput| {
                    page.rule_sets.into_iter().filter_map(|it| named(it.rule_set_id, it.rule_set_name))
                })
            }
            AddressKind::IngressEndpoint => pages!(
                "ListIngressPoints",
                client.list_ingress_points(),
                |page: operation::list_ingress_points::ListIngressPointsOutput| {
                    let all = page.ingress_points.unwrap_or_default().into_iter();
                    all.map(|it| Named { id: it.ingress_point_id, name: it.ingress_point_name, state: Some(it.status.as_str().to_owned()) })
                }
            ),
            AddressKind::Relay => pages!("ListRelays", client.list_relays(), |page: operation::list_relays::ListRelaysOutput| {
                page.relays.into_iter().filter_map(|it| named(it.relay_id, it.relay_name))
            }),
            AddressKind::Archive => pages!("ListArchives", client.list_archives(), |page: operation::list_archives::ListArchivesOutput| {
                page.archives.into_iter().filter_map(|it| {
                    let state = it.archive_state.map(|state| state.as_str().to_owned());
                    Some(Named { id: it.archive_id, name: it.archive_name?, state })
                })
            }),
            AddressKind::AddressList => {
                pages!("ListAddressLists", client.list_address_lists(), |page: operation::list_address_lists::ListAddressListsOutput| {
                    page.address_lists.into_iter().map(|it| Named { id: it.address_list_id, name: it.address_list_name, state: None })
                })
            }
            AddressKind::AddonSubscription => pages!(
                "ListAddonSubscriptions",
                client.list_addon_subscriptions(),
                |page: operation::list_addon_subscriptions::ListAddonSubscriptionsOutput| {
                    let all = page.addon_subscriptions.unwrap_or_default().into_iter();
                    all.filter_map(|it| named(it.addon_subscription_id, it.addon_name))
                }
            ),
            AddressKind::AddonInstance => pages!(
                "ListAddonInstances",
                client.list_addon_instances(),
                |page: operation::list_addon_instances::ListAddonInstancesOutput| {
                    let all = page.addon_instances.unwrap_or_default().into_iter();
                    all.filter_map(|it| named(it.addon_instance_id, it.addon_name))
                }
            ),
            _ => Err(AwsError::refused("Mail Manager has no list of it")),
        }
    }
}
