//! The wire halves that are not there yet.

use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

macro_rules! unwritten {
    ($($kind:path),*) => { $(
        impl Remote for $kind {
            fn read<'a>(&'a self, _ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
                Box::pin(async { Err(AwsError::refused("Mail Manager is not read yet")) })
            }
        }
    )* };
}

unwritten!(
    super::traffic_policy::TrafficPolicies,
    super::rule_set::RuleSets,
    super::ingress_endpoint::IngressEndpoints,
    super::relay::Relays,
    super::archive::Archives,
    super::address_list::AddressLists,
    super::addon_subscription::AddonSubscriptions,
    super::addon_instance::AddonInstances
);
