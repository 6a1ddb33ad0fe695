"""Policies of secrets (docs/facts.md 4, LocalStack 4.9.2 as tried)."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import RequestContext

from ..errors import refusal
from ..policy import grammar
from ..policy.document import load
from ..policy.public import is_public
from .principals import first_invalid

_POLICY_LIMIT = 20480


def put_resource_policy(context: RequestContext) -> None:
    request = context.service_request or {}
    text = request.get("ResourcePolicy") or ""
    problem = _problem(text)
    if problem is not None:
        raise refusal("MalformedPolicyDocumentException", problem)
    if request.get("BlockPublicPolicy") and is_public(load(text)):
        raise refusal(
            "PublicPolicyException",
            "You attempted to put a resource-based policy that allows broad access.",
        )


def validate_resource_policy(context: RequestContext) -> dict[str, Any]:
    """Not implemented in LocalStack; check names assumed."""
    text = (context.service_request or {}).get("ResourcePolicy") or ""
    problem = _problem(text)
    found = []
    if problem is not None:
        found.append({"CheckName": "SYNTAX", "ErrorMessage": problem})
    elif is_public(load(text)):
        found.append({"CheckName": "PUBLIC_POLICY", "ErrorMessage": "The policy is public."})
    return {"PolicyValidationPassed": not found, "ValidationErrors": found}


def _problem(text: str) -> str | None:
    if len(text) > _POLICY_LIMIT:
        return "The resource policy is too long."
    raw, problem = grammar.check(text, grammar.RESOURCE)
    if problem is not None:
        return f"This resource policy is not valid: {problem.what} {problem.detail}"
    if first_invalid(raw) is not None:
        return "This resource policy contains an unsupported principal."
    return None
