"""Every AWS request from outside, as the client sent it and as it was answered.

Proves that a plan made no write, which account and region were used, and how
far apart paced calls were.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Any

from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.http import Response

from .describe import is_read, parameters, resource_of

_STARTED = time.monotonic()
_lock = threading.Lock()
_calls: list[dict[str, Any]] = []
_next_id = 1


def begin(_chain: HandlerChain, context: RequestContext, _response: Response) -> None:
    """First handler: take the time."""
    context.postroom_start = _now_ms()


def keep_request(_chain: HandlerChain, context: RequestContext, _response: Response) -> None:
    """Before any handler of ours may change the parsed request."""
    if context.is_internal_call or context.operation is None:
        return
    request = context.service_request or {}
    context.postroom_parameters = parameters(request)
    context.postroom_resource = resource_of(context.service.service_name, request)


def end(_chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Last handler: what the client is told."""
    if context.is_internal_call or context.operation is None:
        return
    global _next_id
    call = {
        "time": datetime.now(timezone.utc).isoformat(),
        "account": context.account_id,
        "region": context.region,
        "service": context.service.service_name,
        "operation": context.operation.name,
        "access": "read" if is_read(context.operation.name) else "write",
        "resource": getattr(context, "postroom_resource", None),
        "parameters": getattr(context, "postroom_parameters", {}),
        "status": response.status_code,
        "error": _error_code(context, response),
        "start_ms": getattr(context, "postroom_start", None),
        "end_ms": _now_ms(),
    }
    with _lock:
        _calls.append({"id": _next_id, **call})
        _next_id += 1


def calls(filters: dict[str, str], since: int) -> list[dict[str, Any]]:
    """The recorded calls with an id above ``since`` that have all given values."""
    with _lock:
        kept = [call for call in _calls if call["id"] > since]
    return [
        call for call in kept if all(str(call.get(name)) == value for name, value in filters.items())
    ]


def clear(account: str | None) -> None:
    """Forget the calls of one account, or all."""
    with _lock:
        _calls[:] = [call for call in _calls if account and call["account"] != account]


def _error_code(context: RequestContext, response: Response) -> str | None:
    if response.status_code < 300:
        return None
    return getattr(context.service_exception, "code", None)


def _now_ms() -> float:
    return round((time.monotonic() - _STARTED) * 1000, 1)
