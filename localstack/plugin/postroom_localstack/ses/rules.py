"""The form of a rule: what is refused and what is filled in on read-back."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from . import errors, names
from .store import Rule

ACTION_LIMIT = 10

# ftext of RFC 5322: printable ASCII without the colon (probed, docs/facts.md 1.2)
_HEADER_NAME = re.compile(r"[!-9;-~]+")
_HEADER_VALUE_LENGTH = 2048
_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::[0-9]+:role(/)([!-~]+/)?([\w+=,.@-]+)")

# action -> members the model requires (docs/facts.md appendix A)
_REQUIRED: dict[str, tuple[str, ...]] = {
    "S3Action": ("BucketName",),
    "SNSAction": ("TopicArn",),
    "LambdaAction": ("FunctionArn",),
    "BounceAction": ("SmtpReplyCode", "Message", "Sender"),
    "AddHeaderAction": ("HeaderName", "HeaderValue"),
    "WorkmailAction": ("OrganizationArn",),
    "StopAction": ("Scope",),
    "ConnectAction": ("InstanceARN", "IAMRoleARN"),
}
# (action, member) -> values the model allows
_ENUMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("SNSAction", "Encoding"): ("UTF-8", "Base64"),
    ("LambdaAction", "InvocationType"): ("Event", "RequestResponse"),
    ("StopAction", "Scope"): ("RuleSet",),
}
# (action, member) -> value on read-back when none was sent (docs/facts.md 1.8)
_DEFAULTS: dict[tuple[str, str], str] = {
    ("SNSAction", "Encoding"): "UTF-8",
    ("LambdaAction", "InvocationType"): "Event",
}


def check(rule: Mapping[str, Any]) -> None:
    """Everything that can be seen without looking at other services."""
    names.check("ruleName", "rule.name", rule.get("Name"))
    _check_enum("rule.tlsPolicy", rule.get("TlsPolicy"), ("Require", "Optional"))
    actions = rule.get("Actions") or []
    if len(actions) > ACTION_LIMIT:
        raise errors.limit_exceeded("Too many actions")
    for index, action in enumerate(actions):
        kind, body = only_member(action)
        _check_action(kind, body, f"rule.actions.{index + 1}.member")
        if kind == "StopAction" and index != len(actions) - 1:
            raise errors.invalid_parameter(
                "Stop action, if any, must be placed at the end of the actions list"
            )


def only_member(action: Mapping[str, Any] | None) -> tuple[str, Mapping[str, Any]]:
    """The one action type an element of Actions has."""
    present = [(kind, body) for kind, body in (action or {}).items() if body is not None]
    if len(present) != 1:
        raise errors.invalid_parameter(
            "Exactly one action type must be specified for each ReceiptAction"
        )
    return present[0]


def read_back(rule: Mapping[str, Any]) -> Rule:
    """The rule as SES returns it: defaults filled in, recipients sorted.

    Nothing of an older version of the rule remains: an update replaces the
    whole rule (docs/facts.md 1.3).
    """
    kept: Rule = {
        "Name": rule["Name"],
        "Enabled": bool(rule.get("Enabled") or False),
        "TlsPolicy": rule.get("TlsPolicy") or "Optional",
        "ScanEnabled": bool(rule.get("ScanEnabled") or False),
    }
    if rule.get("Recipients"):
        kept["Recipients"] = sorted(rule["Recipients"])
    if rule.get("Actions"):
        kept["Actions"] = [_read_back_action(action) for action in rule["Actions"]]
    return kept


def _read_back_action(action: Mapping[str, Any]) -> dict[str, Any]:
    kind, body = only_member(action)
    kept = {name: copy.deepcopy(value) for name, value in body.items() if value is not None}
    for (of, member), value in _DEFAULTS.items():
        if of == kind:
            kept.setdefault(member, value)
    return {kind: kept}


def _check_action(kind: str, body: Mapping[str, Any], path: str) -> None:
    where = f"{path}.{kind[0].lower()}{kind[1:]}"
    for member in _REQUIRED.get(kind, ()):
        if body.get(member) is None:
            raise errors.validation(
                f"{where}.{member[0].lower()}{member[1:]}", None, "Member must not be null"
            )
    for (of, member), values in _ENUMS.items():
        if of == kind:
            _check_enum(f"{where}.{member[0].lower()}{member[1:]}", body.get(member), values)
    for member in ("IamRoleArn", "IAMRoleARN"):
        role = body.get(member)
        if role is not None and not (20 <= len(role) <= 2048 and _ROLE_ARN.fullmatch(role)):
            raise errors.validation(
                f"{where}.iamRoleArn", role, "Member must be the ARN of an IAM role"
            )
    if kind == "AddHeaderAction":
        _check_header(body)


def _check_header(body: Mapping[str, Any]) -> None:
    """Limits: facts docs/facts.md 1.2; texts assumed."""
    name, value = body["HeaderName"], body["HeaderValue"]
    if not 1 <= len(name) <= 50 or not _HEADER_NAME.fullmatch(name):
        raise errors.invalid_parameter(f"Not a valid header name: {name}")
    if len(value) > _HEADER_VALUE_LENGTH or "\r" in value or "\n" in value:
        raise errors.invalid_parameter(f"Not a valid header value: {value}")


def _check_enum(member: str, value: str | None, values: tuple[str, ...]) -> None:
    if value is not None and value not in values:
        allowed = ", ".join(values)
        raise errors.validation(member, value, f"Member must satisfy enum value set: [{allowed}]")
