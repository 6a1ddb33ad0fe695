"""Lambda: what LocalStack does not find."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import RequestContext

from .. import reader


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
