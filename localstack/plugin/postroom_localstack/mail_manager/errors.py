"""Errors of Mail Manager: codes and HTTP statuses are the model's, texts are assumed."""

from __future__ import annotations

from localstack.aws.api import CommonServiceException

from ..errors import refusal
from .model import service_model


def validation(message: str) -> CommonServiceException:
    return _error("ValidationException", message)


def conflict(message: str) -> CommonServiceException:
    return _error("ConflictException", message)


def not_found(kind: str, name: str) -> CommonServiceException:
    return _error("ResourceNotFoundException", f"{kind} {name} does not exist")


def quota(message: str) -> CommonServiceException:
    return _error("ServiceQuotaExceededException", message)


def serialization(message: str) -> CommonServiceException:
    """A value of the wrong type; the code is that of other services of the protocol (assumed)."""
    return refusal("SerializationException", message)


def _error(code: str, message: str) -> CommonServiceException:
    status = service_model().shape_for(code).metadata["error"]["httpStatusCode"]
    return refusal(code, message, status)
