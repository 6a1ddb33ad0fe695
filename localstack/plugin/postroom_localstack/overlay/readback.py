"""Operations that give a policy back (docs/facts.md 4.1, LocalStack 4.9.2 as tried)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from ..policy.reshape import reshape

Reshape = Callable[[dict[str, Any], str], dict[str, Any]]


def _bucket(result: dict[str, Any], partition: str) -> dict[str, Any]:
    return {**result, "Policy": reshape(result["Policy"], partition)}


def _key(result: dict[str, Any], partition: str) -> dict[str, Any]:
    """KMS answers with indented text."""
    return {**result, "Policy": reshape(result["Policy"], partition, pretty=True)}


def _topic(result: dict[str, Any], partition: str) -> dict[str, Any]:
    attributes = dict(result.get("Attributes") or {})
    if attributes.get("Policy"):
        attributes["Policy"] = reshape(attributes["Policy"], partition, statements=True)
    return {**result, "Attributes": attributes}


def _role(result: dict[str, Any], partition: str) -> dict[str, Any]:
    role = dict(result["Role"])
    role["AssumeRolePolicyDocument"] = _encoded(role["AssumeRolePolicyDocument"], partition)
    return {**result, "Role": role}


def _role_policy(result: dict[str, Any], partition: str) -> dict[str, Any]:
    return {**result, "PolicyDocument": _encoded(result["PolicyDocument"], partition)}


def _encoded(document: str, partition: str) -> str:
    """IAM documents are URL-encoded in answers (docs/facts.md 4)."""
    return quote(reshape(unquote(document), partition), safe="")


RESHAPES: dict[tuple[str, str], Reshape] = {
    ("s3", "GetBucketPolicy"): _bucket,
    ("kms", "GetKeyPolicy"): _key,
    ("sns", "GetTopicAttributes"): _topic,
    ("iam", "GetRole"): _role,
    ("iam", "GetRolePolicy"): _role_policy,
}
