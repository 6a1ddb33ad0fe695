"""IAM documents: Sids, principals and sizes (docs/facts.md 4)."""

from __future__ import annotations

import json
import re
from typing import Any

from localstack.aws.api import RequestContext

from .. import reader
from ..errors import refusal
from ..policy import grammar
from .principals import first_invalid

_SID = re.compile(r"[0-9A-Za-z]*")
_TRUST_LIMIT = 2048
_MANAGED_LIMIT = 6144
# Sum of all inline policies of one entity.
_INLINE_LIMITS = {"role": 10240, "user": 2048, "group": 5120}


def check_trust(context: RequestContext) -> None:
    """CreateRole and UpdateAssumeRolePolicy."""
    request = context.service_request or {}
    text = request.get("AssumeRolePolicyDocument") or request.get("PolicyDocument") or ""
    raw = _check(text, grammar.TRUST)
    invalid = first_invalid(raw)
    if invalid is not None:
        kind, member = invalid
        raise _malformed(f'Invalid principal in policy: "{kind}":"{member}"')
    if grammar.length_without_whitespace(text) > _TRUST_LIMIT:
        raise _limit(f"Cannot exceed quota for ACLSizePerRole: {_TRUST_LIMIT}")


def check_managed(context: RequestContext) -> None:
    """CreatePolicy and CreatePolicyVersion."""
    text = (context.service_request or {}).get("PolicyDocument") or ""
    _check(text, grammar.IDENTITY)
    if grammar.length_without_whitespace(text) > _MANAGED_LIMIT:
        raise _limit(f"Cannot exceed quota for PolicySize: {_MANAGED_LIMIT}")


def put_role_policy(context: RequestContext) -> None:
    _put_inline(context, "role")


def put_user_policy(context: RequestContext) -> None:
    _put_inline(context, "user")


def put_group_policy(context: RequestContext) -> None:
    _put_inline(context, "group")


def _put_inline(context: RequestContext, kind: str) -> None:
    request = context.service_request or {}
    text = request.get("PolicyDocument") or ""
    _check(text, grammar.IDENTITY)
    name = request[f"{kind.capitalize()}Name"]
    others = _inline_lengths(context, kind, name, without=request["PolicyName"])
    limit = _INLINE_LIMITS[kind]
    if sum(others) + grammar.length_without_whitespace(text) > limit:
        raise _limit(f"Maximum policy size of {limit} bytes exceeded for {kind} {name}")


def _inline_lengths(
    context: RequestContext, kind: str, name: str, without: str
) -> list[int]:
    iam = reader.client("iam", context.account_id, context.region)
    who: dict[str, Any] = {f"{kind.capitalize()}Name": name}
    try:
        names = getattr(iam, f"list_{kind}_policies")(**who)["PolicyNames"]
    except iam.exceptions.ClientError:
        return []  # NoSuchEntity: LocalStack will say so
    get = getattr(iam, f"get_{kind}_policy")
    documents = [
        get(**who, PolicyName=policy)["PolicyDocument"] for policy in names if policy != without
    ]
    # The client decodes documents; their whitespace is not counted anyway.
    return [len(json.dumps(document, separators=(",", ":"))) for document in documents]


def _check(text: str, kind: grammar.Kind) -> dict[str, Any]:
    raw, problem = grammar.check(text, kind)
    if problem is not None:
        if problem.what == "prohibited":
            raise _malformed(f"Has prohibited field {problem.detail}")
        if problem.what == "missing":
            raise _malformed(f"Missing required field {problem.detail}")
        raise _malformed("Syntax errors in policy.")
    if kind is grammar.IDENTITY and "Id" in raw:
        raise _malformed("Syntax errors in policy.")
    sids = grammar.sids(raw)
    if not all(_SID.fullmatch(sid) for sid in sids):
        raise _malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
            "regular expression [0-9A-Za-z]*"
        )
    if grammar.duplicate(sids) is not None:
        raise _malformed("Statement IDs (SID) in a single policy must be unique.")
    return raw


def _malformed(message: str) -> Exception:
    return refusal("MalformedPolicyDocument", message)


def _limit(message: str) -> Exception:
    return refusal("LimitExceeded", message, 409)
