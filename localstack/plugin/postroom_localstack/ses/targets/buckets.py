"""The bucket of an S3 action (docs/facts.md 1.4, LocalStack 4.9.2 as tried)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import reader
from .. import errors
from ..regions import RECEIVING
from . import keys
from .probe import SETUP_NOTIFICATION, Probe
from .roles import Role


def test(probe: Probe, action: Mapping[str, Any], role: Role | None) -> None:
    """Could SES write its setup notification, encrypted as configured?"""
    bucket = action["BucketName"]
    if not bucket:
        raise errors.invalid_parameter("Bucket name must not be empty")
    owner = reader.bucket_owner(bucket)
    if owner is None:
        raise errors.invalid_s3(bucket, f"No such bucket: {bucket}")
    region = reader.bucket_region(bucket, owner)
    if role is None and region not in RECEIVING:
        # Without a role the bucket has to be where SES receives mail (code and text assumed).
        raise _not_writable(bucket)
    if reader.bucket_retention(bucket, owner):
        # Object lock with default retention is not supported (docs/facts.md 3.3, S4).
        raise _not_writable(bucket)
    _test_write(probe, action, role, owner)
    bucket_key = reader.bucket_key(bucket, owner)
    if bucket_key is not None and not keys.bucket_key_usable(probe, bucket_key, region, role):
        raise _no_write(bucket, role)
    message_key = action.get("KmsKeyArn")
    if message_key and not keys.message_key_usable(probe, message_key, role):
        raise errors.invalid_s3(bucket, f"Unable to use AWS KMS key: {message_key}")


def _test_write(
    probe: Probe, action: Mapping[str, Any], role: Role | None, owner: str
) -> None:
    bucket = action["BucketName"]
    name = (action.get("ObjectKeyPrefix") or "") + SETUP_NOTIFICATION
    resource = f"arn:{probe.partition}:s3:::{bucket}/{name}"
    policy = reader.bucket_policy(bucket, owner)
    if role is None:
        allowed = probe.service_may(policy, "s3:PutObject", resource, owner)
    else:
        allowed = role.may(probe, policy, "s3:PutObject", resource, owner)
    if not allowed:
        raise _no_write(bucket, role)


def _no_write(bucket: str, role: Role | None) -> Exception:
    """With a role SES has another code and text (docs/facts.md 1.4)."""
    if role is not None:
        return errors.invalid_parameter(f"Unable to write to S3 bucket: {bucket}")
    return _not_writable(bucket)


def _not_writable(bucket: str) -> Exception:
    return errors.invalid_s3(bucket, f"Could not write to bucket: {bucket}")
