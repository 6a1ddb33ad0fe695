"""AssumeRole asks the role's trust policy (LocalStack 4.9.2 as tried)."""

from __future__ import annotations

from localstack.aws.api import RequestContext

from .. import reader
from ..errors import refusal
from ..policy.evaluate import Decision, Request, evaluate
from .caller import caller, caller_arn


def assume_role(context: RequestContext) -> None:
    """The caller's own policies are not looked at: IAM is not enforced."""
    request = context.service_request or {}
    role_arn = request.get("RoleArn") or ""
    found = reader.role(role_arn)
    if found is None or not _trusted(context, found, role_arn):
        raise refusal(
            "AccessDenied",
            f"User: {caller_arn(context)} is not authorized to perform: sts:AssumeRole on "
            f"resource: {role_arn}",
            403,
        )


def _trusted(context: RequestContext, found: dict[str, object], role_arn: str) -> bool:
    request = context.service_request or {}
    who = caller(context)
    keys = {
        "aws:principalaccount": (context.account_id,),
        "aws:principalarn": who.arns[:1],
        "aws:principalisawsservice": ("false",),
        "aws:securetransport": ("true",),
        "sts:rolesessionname": (request.get("RoleSessionName") or "",),
    }
    if request.get("ExternalId"):
        keys["sts:externalid"] = (request["ExternalId"],)
    decision = evaluate(
        reader.trust(found), Request(who, "sts:AssumeRole", role_arn, keys)
    )
    return decision in (Decision.ALLOW, Decision.DELEGATE)
