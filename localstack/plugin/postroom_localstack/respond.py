"""Answering a request from a handler, in the protocol it came in."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import RequestContext, ServiceException
from localstack.aws.protocol.serializer import create_serializer
from localstack.http import Response


def send(context: RequestContext, response: Response, result: Any) -> None:
    """Answer with a result of the operation."""
    context.service_response = result
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_to_response(
            result, context.operation, context.request.headers, context.request_id
        )
    )


def send_error(context: RequestContext, response: Response, error: ServiceException) -> None:
    """Answer with an error."""
    context.service_exception = error
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_error_to_response(
            error, context.operation, context.request.headers, context.request_id
        )
    )
