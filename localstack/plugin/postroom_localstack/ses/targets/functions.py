"""The function of a Lambda action (docs/facts.md 1.4, P001-6)."""

from __future__ import annotations

from ... import reader
from .. import errors
from .probe import Probe


def test(probe: Probe, function_arn: str) -> None:
    """Could SES invoke the function, or the version or alias the ARN names?"""
    arn = reader.Arn.parse(function_arn)
    parts = arn.resource.split(":") if arn else []
    if (
        arn is None
        or arn.service != "lambda"
        or arn.region != probe.region
        or len(parts) not in (2, 3)
        or parts[0] != "function"
    ):
        raise errors.invalid_function(function_arn, f"Invalid Lambda function: {function_arn}")
    qualifier = parts[2] if len(parts) == 3 else None
    policy = reader.function_policy(arn, parts[1], qualifier)
    if policy is None or not probe.service_may(
        policy, "lambda:InvokeFunction", function_arn, arn.account
    ):
        raise errors.invalid_function(
            function_arn, f"Could not invoke Lambda function: {function_arn}"
        )
