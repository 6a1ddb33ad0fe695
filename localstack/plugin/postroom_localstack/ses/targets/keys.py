"""KMS keys: of the message (client side), of the bucket, of an encrypted topic."""

from __future__ import annotations

from ... import reader
from .probe import Probe
from .roles import Role

# The only alias a rule may name (docs/facts.md 1.2, S4).
_SES_ALIAS = "alias/aws/ses"
# P001-5 wants both for a bucket key, P001-8 for a topic key.
_SERVICE_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


def message_key_usable(probe: Probe, key_arn: str, role: Role | None) -> bool:
    """KmsKeyArn of an S3 action (docs/facts.md 1.2, P001-4)."""
    arn = reader.Arn.parse(key_arn)
    if arn is None or arn.service != "kms" or arn.region != probe.region:
        return False
    if arn.resource == _SES_ALIAS:
        return arn.account == probe.account
    if not arn.resource.startswith("key/"):
        return False
    key = reader.key(key_arn, arn.account, arn.region)
    if key is None or not key.enabled:
        return False
    return _usable(probe, key, ("kms:GenerateDataKey",), role, message=True)


def bucket_key_usable(
    probe: Probe, key_id: str, bucket_region: str, role: Role | None
) -> bool:
    """The default encryption key of the bucket."""
    arn = reader.Arn.parse(key_id)
    # The full ARN is needed, no alias, no bare id (docs/facts.md 3.3, S4): those
    # would be looked up in the caller's account.
    if arn is None or not arn.resource.startswith("key/"):
        return False
    key = reader.key(key_id, arn.account, arn.region)
    if key is None or not key.enabled or arn.region != bucket_region:
        return False
    if not key.is_customer:
        return True
    # A small object needs no Decrypt; P001-1 gives a role GenerateDataKey* only.
    actions = _SERVICE_ACTIONS if role is None else ("kms:GenerateDataKey",)
    return _usable(probe, key, actions, role, message=False)


def topic_key_usable(
    probe: Probe, key_id: str, owner: str, topic_region: str, role: Role | None
) -> bool:
    """An encrypted topic must use a customer key (docs/facts.md P001-8)."""
    key = reader.key(key_id, owner, topic_region)
    if key is None or not key.enabled or not key.is_customer:
        return False
    return _usable(probe, key, _SERVICE_ACTIONS, role, message=False)


def _usable(
    probe: Probe, key: reader.Key, actions: tuple[str, ...], role: Role | None, message: bool
) -> bool:
    """``message``: SES itself encrypts, with its encryption context.

    Which conditions are met for a topic's key is open (docs/facts.md P001-8);
    the rule's account and ARN are offered here as well (assumed).
    """
    more = probe.encryption_context() if message else {}
    if role is not None:
        return all(role.may_use_key(probe, key, action, **more) for action in actions)
    return all(
        probe.service_may(key.policy, action, key.arn, key.account, **more) for action in actions
    )
