"""Errors and delays on demand: throttling, refusals, 5xx, slow answers.

In mode "after" the server acts and then answers the error, as when an answer
is lost on its way and the client retries what has been done already.
"""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.http import Response

from ..errors import refusal
from ..respond import send_error


@dataclass
class Fault:
    """Which calls it hits (None = any) and what it does to them."""

    id: int
    service: str | None = None
    operation: str | None = None
    account: str | None = None
    region: str | None = None
    resource: str | None = None
    code: str | None = None  # none: only the delay
    message: str = "injected"
    status: int = 400
    remaining: int | None = 1  # None: until deleted
    skip: int = 0  # so many matching calls pass first
    delay_ms: int = 0
    mode: str = "before"
    hits: int = 0

    def matches(self, context: RequestContext) -> bool:
        wanted = (
            (self.service, context.service.service_name),
            (self.operation, context.operation.name),
            (self.account, context.account_id),
            (self.region, context.region),
            (self.resource, getattr(context, "postroom_resource", None)),
        )
        return all(want is None or want == have for want, have in wanted)


_lock = threading.Lock()
_faults: list[Fault] = []
_ids = itertools.count(1)


def add(body: dict[str, Any]) -> Fault:
    """Register a fault; raises ValueError for a body that is not one."""
    known = set(Fault.__dataclass_fields__) - {"id", "hits"}
    unknown = set(body) - known
    if unknown:
        raise ValueError(f"unknown members: {', '.join(sorted(unknown))}")
    fault = Fault(id=next(_ids), **body)
    if fault.mode not in ("before", "after"):
        raise ValueError("mode is before or after")
    with _lock:
        _faults.append(fault)
    return fault


def listed() -> list[dict[str, Any]]:
    with _lock:
        return [asdict(fault) for fault in _faults]


def clear(account: str | None, fault_id: int | None) -> None:
    """Remove one fault, those of one account, or all."""
    with _lock:
        _faults[:] = [
            fault
            for fault in _faults
            if (fault_id is not None and fault.id != fault_id)
            or (fault_id is None and account is not None and fault.account != account)
        ]


def before(_chain: HandlerChain, context: RequestContext, _response: Response) -> None:
    """Answer instead of the server."""
    fault = _take(context, "before")
    if fault is None:
        return
    time.sleep(fault.delay_ms / 1000)
    if fault.code is not None:
        context.service_exception = refusal(fault.code, fault.message, fault.status)
        raise context.service_exception


def after(_chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Answer in place of the server's own answer."""
    if context.service_exception is not None:
        return  # the server did not act
    fault = _take(context, "after")
    if fault is None:
        return
    time.sleep(fault.delay_ms / 1000)
    if fault.code is not None:
        send_error(context, response, refusal(fault.code, fault.message, fault.status))


def _take(context: RequestContext, mode: str) -> Fault | None:
    """The fault that hits this call, one call counted off it."""
    if context.is_internal_call or context.operation is None:
        return None
    with _lock:
        for fault in _faults:
            if fault.mode != mode or fault.remaining == 0 or not fault.matches(context):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            if fault.remaining is not None:
                fault.remaining -= 1
            return fault
    return None
