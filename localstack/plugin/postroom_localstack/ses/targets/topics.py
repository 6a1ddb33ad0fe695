"""Topics: of the SNS action, and the TopicArn most other actions may have."""

from __future__ import annotations

from ... import reader
from ...policy.document import DocumentError, load
from .. import errors
from . import keys
from .probe import Probe
from .roles import Role


def test(probe: Probe, topic_arn: str, role: Role | None) -> None:
    """Could SES publish its setup notification?"""
    arn = reader.Arn.parse(topic_arn)
    # Everything but the bucket has to be in the SES region (docs/facts.md 1.7);
    # that another region counts as an invalid topic is assumed.
    if arn is None or arn.service != "sns" or arn.region != probe.region:
        raise errors.invalid_topic(topic_arn, f"Invalid SNS topic: {topic_arn}")
    attributes = reader.topic(topic_arn)
    if attributes is None or not _publishable(probe, arn, topic_arn, attributes, role):
        raise errors.invalid_topic(topic_arn, f"Could not publish to SNS topic: {topic_arn}")


def _publishable(
    probe: Probe,
    arn: reader.Arn,
    topic_arn: str,
    attributes: dict[str, str],
    role: Role | None,
) -> bool:
    try:
        policy = load(attributes.get("Policy"))
    except DocumentError:
        return False
    if role is None:
        allowed = probe.service_may(policy, "sns:Publish", topic_arn, arn.account)
    else:
        allowed = role.may(probe, policy, "sns:Publish", topic_arn, arn.account)
    key = attributes.get("KmsMasterKeyId")
    return allowed and (
        not key or keys.topic_key_usable(probe, key, arn.account, arn.region, role)
    )
