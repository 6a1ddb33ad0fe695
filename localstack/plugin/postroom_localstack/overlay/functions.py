"""Lambda: what LocalStack does not find, and what it does not count."""

from __future__ import annotations

import json
from typing import Any

from localstack.aws.api import RequestContext
from localstack.services.lambda_.api_utils import build_statement

from .. import reader
from ..errors import refusal

# 20 KB (docs/facts.md 4.1).
_POLICY_LIMIT = 20 * 1024


def get_function_configuration(context: RequestContext) -> dict[str, Any] | None:
    """LocalStack does not know aliases here, though it does in GetFunction."""
    request = context.service_request or {}
    name, qualifier = request.get("FunctionName") or "", request.get("Qualifier")
    if name.startswith("arn:") and name.count(":") == 7:
        name, qualifier = name.rsplit(":", 1)
    if not qualifier or qualifier == "$LATEST" or qualifier.isdigit():
        return None
    arn = reader.Arn.parse(name)
    account = arn.account if arn else context.account_id
    functions = reader.client("lambda", account, context.region)
    try:
        found = functions.get_function(FunctionName=name, Qualifier=qualifier)
    except functions.exceptions.ClientError:
        return None  # LocalStack's own answer is the right one then
    configuration: dict[str, Any] = found["Configuration"]
    return configuration


def add_permission(context: RequestContext) -> None:
    """A policy that would be too long. That its JSON is counted without white space is assumed."""
    request = context.service_request or {}
    name, qualifier = request.get("FunctionName") or "", request.get("Qualifier")
    functions = reader.client("lambda", context.account_id, context.region)
    of = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    try:
        arn = functions.get_function(**of)["Configuration"]["FunctionArn"]
        policy = json.loads(functions.get_policy(**of)["Policy"])
    except functions.exceptions.ClientError:
        return  # the first one fits, and LocalStack says what is not there
    statement = build_statement(
        context.partition,
        arn,
        request["StatementId"],
        request["Action"],
        request["Principal"],
        source_arn=request.get("SourceArn"),
        source_account=request.get("SourceAccount"),
        principal_org_id=request.get("PrincipalOrgID"),
        event_source_token=request.get("EventSourceToken"),
        auth_type=request.get("FunctionUrlAuthType"),
    )
    policy["Statement"].append(statement)
    size = len(json.dumps(policy, separators=(",", ":")))
    if size > _POLICY_LIMIT:
        raise refusal(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({_POLICY_LIMIT}).",
            Type="User",
        )
