"""The eight kinds of resource, and what the model says of each.

Only the form of the ids and the type in the ARN are written down here; the rest is
read off the model: ``CreateX``, ``XId``, ``XArn``, the members of ``GetX``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from botocore.model import ListShape, StructureShape

from .model import service_model


@dataclass(frozen=True)
class Kind:
    name: str
    plural: str
    id_prefix: str
    arn_type: str
    # The member with the name; it is unique among its kind.
    name_member: str | None

    @property
    def id_member(self) -> str:
        return f"{self.name}Id"

    @property
    def arn_member(self) -> str:
        return f"{self.name}Arn"

    @cached_property
    def output(self) -> StructureShape:
        """What Get answers."""
        return service_model().operation_model(f"Get{self.name}").output_shape

    @cached_property
    def list_member(self) -> str:
        shape = service_model().operation_model(f"List{self.plural}").output_shape
        (found,) = (name for name, member in shape.members.items() if isinstance(member, ListShape))
        return str(found)

    @cached_property
    def summary(self) -> StructureShape:
        """What List answers of each."""
        shape = service_model().operation_model(f"List{self.plural}").output_shape
        return shape.members[self.list_member].member

    def arn(self, partition: str, region: str, account: str, item_id: str) -> str:
        """Service authorization reference (docs/facts.md 2.1)."""
        return f"arn:{partition}:ses:{region}:{account}:{self.arn_type}/{item_id}"


# Prefixes: ai-, as- and a- are patterns of the model; inp-, rs- and al- are in the
# developer guide (ses/latest/dg/eb-policies.html, address-lists.html), r- in AWS's
# agent instructions (skills/aws-mail-manager); tp- is assumed.
TRAFFIC_POLICY = Kind("TrafficPolicy", "TrafficPolicies", "tp-", "mailmanager-traffic-policy", "TrafficPolicyName")
RULE_SET = Kind("RuleSet", "RuleSets", "rs-", "mailmanager-rule-set", "RuleSetName")
INGRESS_POINT = Kind("IngressPoint", "IngressPoints", "inp-", "mailmanager-ingress-point", "IngressPointName")
RELAY = Kind("Relay", "Relays", "r-", "mailmanager-smtp-relay", "RelayName")
ARCHIVE = Kind("Archive", "Archives", "a-", "mailmanager-archive", "ArchiveName")
ADDRESS_LIST = Kind("AddressList", "AddressLists", "al-", "mailmanager-address-list", "AddressListName")
# [M]: "You can only have one subscription for each Add On name."
SUBSCRIPTION = Kind("AddonSubscription", "AddonSubscriptions", "as-", "addon-subscription", "AddonName")
# [M]: "You can only have one instance per subscription."
INSTANCE = Kind("AddonInstance", "AddonInstances", "ai-", "addon-instance", "AddonSubscriptionId")

KINDS = (TRAFFIC_POLICY, RULE_SET, INGRESS_POINT, RELAY, ARCHIVE, ADDRESS_LIST, SUBSCRIPTION, INSTANCE)
