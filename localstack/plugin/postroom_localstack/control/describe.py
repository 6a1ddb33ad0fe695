"""What a request concerns, and its parameters fit to be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SECRET = re.compile(
    r"secret(string|binary)|password|plaintext|ciphertext|privatekey|sessiontoken"
    r"|secretaccesskey|ssecustomerkey|credential",
    re.IGNORECASE,
)
_READS = ("Get", "List", "Describe", "Head", "Lookup", "Search", "Simulate", "Validate")
# Reads by what they do, in spite of their names.
_ALSO_READS = {"AssumeRole", "DecodeAuthorizationMessage"}

# service -> request members naming the resource, the most telling first
_RESOURCE_MEMBERS: dict[str, tuple[str, ...]] = {
    "s3": ("Bucket",),
    "kms": ("KeyId", "AliasName"),
    "sns": ("TopicArn", "ResourceArn", "Name"),
    "iam": ("RoleName", "UserName", "GroupName", "PolicyArn", "PolicyName"),
    "sts": ("RoleArn",),
    "secretsmanager": ("SecretId", "Name"),
    "ses": ("RuleSetName", "FilterName", "Identity", "EmailAddress", "Domain"),
    "lambda": ("FunctionName", "Resource"),
    # Ingress points name a rule set and a traffic policy too, address lists have jobs.
    "mailmanager": (
        "IngressPointId", "IngressPointName", "ResourceArn", "JobId",
        "RuleSetId", "RuleSetName", "TrafficPolicyId", "TrafficPolicyName",
        "RelayId", "RelayName", "ArchiveId", "ArchiveName", "AddressListId", "AddressListName",
        "AddonInstanceId", "AddonSubscriptionId", "AddonName",
    ),
}


def is_read(operation: str) -> bool:
    """Whether the operation changes nothing."""
    return operation.startswith(_READS) or operation in _ALSO_READS


def resource_of(service: str, request: Mapping[str, Any]) -> str | None:
    """The resource, as the client named it (best effort)."""
    for member in _RESOURCE_MEMBERS.get(service, ()):
        value = request.get(member)
        if isinstance(value, str) and value:
            qualifier = request.get("Qualifier") if service == "lambda" else None
            return f"{value}:{qualifier}" if qualifier else value
    if service == "ses":
        return _ses_nested(request)
    return None


def parameters(value: Any) -> Any:
    """A JSON copy: secrets left out, bytes and streams as their kind."""
    if isinstance(value, Mapping):
        return {
            str(name): "***" if _SECRET.search(str(name)) else parameters(member)
            for name, member in value.items()
            if member is not None
        }
    if isinstance(value, (list, tuple)):
        return [parameters(member) for member in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return f"<{type(value).__name__}>"


def _ses_nested(request: Mapping[str, Any]) -> str | None:
    receipt_filter = request.get("Filter")
    if isinstance(receipt_filter, Mapping):
        name = receipt_filter.get("Name")
        return str(name) if name else None
    return None
