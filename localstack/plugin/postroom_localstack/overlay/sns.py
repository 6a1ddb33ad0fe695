"""SNS topic policies (docs/facts.md 4, LocalStack 4.9.2 as tried)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack.aws.api import RequestContext

from ..errors import refusal
from ..policy import grammar
from ..policy.document import principals, raw_statements, strings
from .principals import first_invalid

_POLICY_LIMIT = 30 * 1024
_STATEMENT_LIMIT = 100
_PRINCIPAL_LIMIT = 200


def create_topic(context: RequestContext) -> None:
    request = context.service_request or {}
    policy = (request.get("Attributes") or {}).get("Policy")
    if policy is not None:
        topic = (
            f"arn:{context.partition}:sns:{context.region}:{context.account_id}"
            f":{request.get('Name')}"
        )
        _check(policy, topic)


def set_topic_attributes(context: RequestContext) -> None:
    request = context.service_request or {}
    if request.get("AttributeName") == "Policy":
        # There is always a policy: an empty one is refused (docs/facts.md 4).
        _check(request.get("AttributeValue") or "", request.get("TopicArn") or "")


def _check(text: str, topic: str) -> None:
    """All under one code; texts assumed."""
    if len(text.encode()) > _POLICY_LIMIT:
        raise _invalid("Policy is too long")
    if not text.isascii():
        raise _invalid("Policy has characters outside ASCII")
    raw, problem = grammar.check(text, grammar.RESOURCE)
    if problem is not None:
        raise _invalid(f"Policy Error: {problem.what} {problem.detail}")
    statements = raw_statements(raw)
    if len(statements) > _STATEMENT_LIMIT:
        raise _invalid("Policy has too many statements")
    if grammar.duplicate(grammar.sids(raw)) is not None:
        raise _invalid("Policy Error: statement IDs are not unique")
    for statement in statements:
        _check_statement(statement, topic)
    if first_invalid(raw) is not None:
        raise _invalid("Policy Error: PrincipalNotFound")


def _check_statement(statement: Mapping[str, Any], topic: str) -> None:
    for action in strings(statement.get("Action")) + strings(statement.get("NotAction")):
        if action != "*" and not action.lower().startswith("sns:"):
            raise _invalid("Policy statement action out of service scope!")
    if strings(statement.get("Resource")) != (topic,):
        raise _invalid("Policy statement must have exactly one resource, the topic")
    element = statement.get("Principal", statement.get("NotPrincipal"))
    count = sum(len(members) for members in principals(element).values())
    if not 1 <= count <= _PRINCIPAL_LIMIT:
        raise _invalid("Policy statement must have 1 to 200 principals")


def _invalid(reason: str) -> Exception:
    return refusal("InvalidParameter", f"Invalid parameter: {reason}")
