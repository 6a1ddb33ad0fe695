"""The tests SES makes when a rule is saved (docs/facts.md 1.4).

SES really writes an object, publishes a message and invokes the function. The
emulator asks the policies stored in LocalStack whether it could.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack.aws.api import RequestContext

from .. import errors, identities
from ..rules import only_member
from . import buckets, functions, topics
from .probe import Probe
from .roles import assume


def test(context: RequestContext, rule_set: str, rule: Mapping[str, Any]) -> None:
    """Test all targets of a rule, in the order of its actions."""
    probe = Probe(
        account=context.account_id,
        region=context.region,
        partition=context.partition,
        rule_set=rule_set,
        rule=rule["Name"],
    )
    for action in rule.get("Actions") or []:
        kind, body = only_member(action)
        _test(probe, kind, body)


def _test(probe: Probe, kind: str, body: Mapping[str, Any]) -> None:
    role = None
    if kind == "S3Action":
        if body.get("IamRoleArn"):
            role = assume(probe, body["IamRoleArn"])
        buckets.test(probe, body, role)
    elif kind == "LambdaAction":
        functions.test(probe, body["FunctionArn"])
    elif kind == "ConnectAction":
        assume(probe, body["IAMRoleARN"])
    elif kind == "BounceAction":
        # Probed (docs/facts.md 1.2).
        if not identities.is_verified(probe.account, probe.region, body["Sender"]):
            raise errors.invalid_parameter(f"Identity is not verified: {body['Sender']}")
    # Workmail organizations are not looked up at creation (probed, docs/facts.md 1.2).
    if body.get("TopicArn"):
        topics.test(probe, body["TopicArn"], role)
