"""Whether a policy counts as public, as S3 and Secrets Manager judge it."""

from __future__ import annotations

from .document import Condition, Document, Statement

# A condition on one of these, with fixed values, ends being public
# (S3 user guide, "The meaning of public"; KMS and SNS keys assumed).
_LIMITING_KEYS = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:sourceip",
        "kms:calleraccount",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    }
)
_POSITIVE = ("stringequals", "stringlike", "arnequals", "arnlike", "ipaddress")


def is_public(document: Document) -> bool:
    """A fixed service principal is not public (docs/facts.md 3.3)."""
    return any(_is_public(statement) for statement in document.statements)


def _is_public(statement: Statement) -> bool:
    if statement.effect != "Allow":
        return False
    if statement.not_principals is None:
        everybody = "*" in (statement.principals or {}).get("AWS", ())
        if not everybody:
            return False
    return not any(_limits(condition) for condition in statement.conditions)


def _limits(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if operator not in _POSITIVE or condition.key.lower() not in _LIMITING_KEYS:
        return False
    open_values = ("*", "0.0.0.0/0", "::/0")
    return all(value not in open_values and not _wild(value) for value in condition.values)


def _wild(value: str) -> bool:
    """An ARN may have wildcards behind its account."""
    parts = value.split(":", 5)
    return any(char in (parts[4] if len(parts) == 6 else value) for char in "*?")
