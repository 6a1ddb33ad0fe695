"""KMS key policies (docs/facts.md 4, LocalStack 4.9.2 as tried)."""

from __future__ import annotations

import re

from localstack.aws.api import RequestContext

from .. import reader
from ..errors import refusal
from ..policy import grammar
from ..policy.document import load
from ..policy.evaluate import Decision, Request, evaluate
from .caller import caller
from .principals import first_invalid

_POLICY_LIMIT = 32768
# Tab, line feed, carriage return and U+0020 to U+00FF (docs/facts.md 4).
_CHARACTERS = re.compile(r"[\t\n\r -\xff]*")


def create_key(context: RequestContext) -> None:
    request = context.service_request or {}
    if request.get("Policy") is not None:
        _check(context, request["Policy"], bool(request.get("BypassPolicyLockoutSafetyCheck")))


def put_key_policy(context: RequestContext) -> None:
    request = context.service_request or {}
    _refuse_alias(request.get("KeyId"))
    # The only name there is; LocalStack wants to be told.
    request["PolicyName"] = request.get("PolicyName") or "default"
    kms = reader.client("kms", context.account_id, context.region)
    try:
        state = kms.describe_key(KeyId=request["KeyId"])["KeyMetadata"]["KeyState"]
    except kms.exceptions.ClientError:
        return  # LocalStack says it best
    if state == "PendingDeletion":
        raise refusal("KMSInvalidStateException", f"{request['KeyId']} is pending deletion.")
    _check(context, request["Policy"], bool(request.get("BypassPolicyLockoutSafetyCheck")))


def get_key_policy(context: RequestContext) -> None:
    request = context.service_request or {}
    _refuse_alias(request.get("KeyId"))
    request["PolicyName"] = request.get("PolicyName") or "default"


def _check(context: RequestContext, text: str, bypass: bool) -> None:
    if len(text.encode()) > _POLICY_LIMIT:
        raise refusal("LimitExceededException", "The key policy is too long.")
    if not _CHARACTERS.fullmatch(text):
        raise _malformed("The new key policy has characters outside the allowed range.")
    raw, problem = grammar.check(text, grammar.KEY)
    if problem is not None:
        raise _malformed(f"The new key policy is not valid: {problem.what} {problem.detail}")
    if first_invalid(raw) is not None:
        raise _malformed("Policy contains a statement with one or more invalid principals.")
    if not bypass and not _may_put_again(context, text):
        raise _malformed(
            "The new key policy will not allow you to update the key policy in the future."
        )


def _may_put_again(context: RequestContext, text: str) -> bool:
    """The lockout check: the caller, or its account for it, keeps PutKeyPolicy."""
    request = Request(
        caller(context),
        "kms:PutKeyPolicy",
        f"arn:{context.partition}:kms:{context.region}:{context.account_id}:key/new",
        {
            "aws:principalaccount": (context.account_id,),
            "kms:calleraccount": (context.account_id,),
            "aws:securetransport": ("true",),
        },
    )
    return evaluate(load(text), request) in (Decision.ALLOW, Decision.DELEGATE)


def _refuse_alias(key_id: str | None) -> None:
    """Key policies want the key itself (docs/facts.md 3.3; code assumed)."""
    if key_id and (key_id.startswith("alias/") or ":alias/" in key_id):
        raise refusal("InvalidArnException", f"{key_id} is not a key id or key ARN")


def _malformed(message: str) -> Exception:
    return refusal("MalformedPolicyDocumentException", message)
