"""How a refused request is raised, whatever the protocol of the service."""

from __future__ import annotations

from localstack.aws.api import CommonServiceException


def refusal(code: str, message: str, status: int = 400, **members: str) -> CommonServiceException:
    """An error the client sees under ``code``; ``members`` are payload fields."""
    error = CommonServiceException(code, message, status_code=status, sender_fault=status < 500)
    for name, value in members.items():
        setattr(error, name, value)
    return error
