"""Errors of the receipt operations (docs/facts.md 1.1 to 1.4).

Payload members are Name, Bucket, Topic and FunctionArn (docs/facts.md 1.3).
Texts without a probe behind them are marked assumed.
"""

from __future__ import annotations

from localstack.aws.api import CommonServiceException
from localstack.aws.api import ses as api

from ..errors import refusal


def rule_set_does_not_exist(name: str) -> Exception:
    return api.RuleSetDoesNotExistException(f"Rule set does not exist: {name}", Name=name)


def rule_does_not_exist(name: str) -> Exception:
    return api.RuleDoesNotExistException(f"Rule does not exist: {name}", Name=name)


def already_exists(kind: str, name: str) -> Exception:
    """Text assumed."""
    return api.AlreadyExistsException(f"{kind} already exists: {name}", Name=name)


def cannot_delete(name: str) -> Exception:
    return api.CannotDeleteException(f"Cannot delete active rule set: {name}", Name=name)


def limit_exceeded(message: str) -> Exception:
    return api.LimitExceededException(message)


def invalid_parameter(message: str) -> CommonServiceException:
    return refusal("InvalidParameterValue", message)


def validation(member: str, value: str | None, constraint: str) -> CommonServiceException:
    """What the front end of SES finds (code probed, text assumed)."""
    shown = f"Value '{value}'" if value is not None else "Value null"
    return refusal(
        "ValidationError",
        f"1 validation error detected: {shown} at '{member}' failed to satisfy constraint: "
        f"{constraint}",
    )


def invalid_s3(bucket: str, message: str) -> Exception:
    return api.InvalidS3ConfigurationException(message, Bucket=bucket)


def invalid_topic(topic: str, message: str) -> Exception:
    return api.InvalidSnsTopicException(message, Topic=topic)


def invalid_function(function: str, message: str) -> Exception:
    return api.InvalidLambdaFunctionException(message, FunctionArn=function)
