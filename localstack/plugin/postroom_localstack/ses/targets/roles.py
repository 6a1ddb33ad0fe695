"""The role of an S3 or Connect action: "the role and only the role" is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ... import reader
from ...policy.access import RolePolicies, role_may, role_may_use_key
from ...policy.document import Document
from ...policy.evaluate import Decision, Request, evaluate
from ...policy.principal import Principal
from .. import errors
from .probe import SERVICE, Probe

_SESSION = "ses-receipt-rule"  # name of the session: assumed


@dataclass(frozen=True)
class Role:
    """An assumed role."""

    arn: str
    policies: RolePolicies

    def may(
        self, probe: Probe, policy: Document, action: str, resource: str, owner: str
    ) -> bool:
        """Whether the role may use a bucket or a topic."""
        request = self._request(probe, action, resource, owner, {})
        return role_may(self.policies, policy, request, owner)

    def may_use_key(
        self, probe: Probe, key: reader.Key, action: str, **more: Sequence[str]
    ) -> bool:
        """Whether the role may use a key."""
        request = self._request(probe, action, key.arn, key.account, more)
        return role_may_use_key(self.policies, key.policy, request, key.account)

    def _request(
        self, probe: Probe, action: str, resource: str, owner: str, more: Any
    ) -> Request:
        account = self.arn.split(":")[4]
        context = {
            **probe.role_context(self.arn, owner),
            **({"kms:calleraccount": (account,)} if action.startswith("kms:") else {}),
            **more,
        }
        return Request(Principal.of_role(self.arn, _SESSION), action, resource, context)


def assume(probe: Probe, role_arn: str) -> Role:
    """Refused text: facts docs/facts.md 1.4 (Terraform retries exactly this one)."""
    found = reader.role(role_arn)
    if found is not None:
        request = Request(
            Principal.of_service(SERVICE),
            "sts:AssumeRole",
            role_arn,
            probe.service_context(role_arn.split(":")[4]),
        )
        if evaluate(reader.trust(found), request) is Decision.ALLOW:
            return Role(role_arn, reader.role_policies(found))
    raise errors.invalid_parameter(
        f"Could not assume the provided IAM Role: {role_arn}"
    )
