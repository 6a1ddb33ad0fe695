"""Topics, keys, functions and secrets of another account.

LocalStack lets every account at them. AWS asks the resource's policy; whether
the caller's own policies allow it is not looked at: IAM is not enforced.
"""

from __future__ import annotations

from localstack.aws.api import RequestContext

from .. import reader
from ..errors import refusal
from ..policy.document import Document, load
from ..policy.evaluate import Decision, Request, evaluate
from .caller import caller, caller_arn


def check_topic(context: RequestContext) -> None:
    arn = _foreign(context, "TopicArn")
    attributes = reader.topic(arn) if arn else None
    if arn is None or attributes is None:
        return
    if not _allowed(context, load(attributes.get("Policy")), "sns", arn):
        raise _denied(context, "sns", arn, "AuthorizationError")


def check_key(context: RequestContext) -> None:
    arn = _foreign(context, "KeyId")
    parsed = reader.Arn.parse(arn)
    key = reader.key(arn, parsed.account, parsed.region) if arn and parsed else None
    if arn is None or key is None:
        return
    if not _allowed(context, key.policy, "kms", key.arn):
        raise _denied(context, "kms", arn, "AccessDeniedException", 400)


def check_function(context: RequestContext) -> None:
    arn = _foreign(context, "FunctionName")
    parsed = reader.Arn.parse(arn)
    if arn is None or parsed is None:
        return
    parts = parsed.resource.split(":")
    qualifier = (context.service_request or {}).get("Qualifier")
    qualifier = qualifier or (parts[2] if len(parts) > 2 else None)
    policy = reader.function_policy(parsed, parts[1], qualifier) if len(parts) > 1 else None
    if policy is not None and not _allowed(context, policy, "lambda", arn):
        raise _denied(context, "lambda", arn, "AccessDeniedException")


def check_secret(context: RequestContext) -> None:
    arn = _foreign(context, "SecretId")
    if arn is not None and not _allowed(
        context, reader.secret_policy(arn), "secretsmanager", arn
    ):
        raise _denied(context, "secretsmanager", arn, "AccessDeniedException", 400)


def _foreign(context: RequestContext, member: str) -> str | None:
    """The ARN in a request member, if it belongs to another account."""
    value = (context.service_request or {}).get(member)
    arn = reader.Arn.parse(value) if isinstance(value, str) else None
    return value if arn is not None and arn.account != context.account_id else None


def _allowed(context: RequestContext, policy: Document, service: str, resource: str) -> bool:
    keys = {
        "aws:principalaccount": (context.account_id,),
        "kms:calleraccount": (context.account_id,),
        # Of a direct request it is the caller's account (LocalStack 4.9.2 as tried).
        "aws:sourceowner": (context.account_id,),
        "aws:securetransport": ("true",),
    }
    action = f"{service}:{context.operation.name}"
    request = Request(caller(context), action, resource, keys)
    return evaluate(policy, request) in (Decision.ALLOW, Decision.DELEGATE)


def _denied(
    context: RequestContext, service: str, resource: str, code: str, status: int = 403
) -> Exception:
    return refusal(
        code,
        f"User: {caller_arn(context)} is not authorized to perform: "
        f"{service}:{context.operation.name} on resource: {resource}",
        status,
    )
