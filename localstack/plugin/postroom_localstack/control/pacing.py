"""SES allows one request per second and account and region (docs/facts.md 1.6)."""

from __future__ import annotations

import threading
import time

from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.http import Response

from ..errors import refusal
from . import settings

# Sending has quotas of its own.
_UNPACED = ("Send",)
# A client that waits exactly its second may arrive a little early (assumed).
_TOLERANCE = 0.05

_lock = threading.Lock()
_last: dict[tuple[str, str], float] = {}


def throttle(_chain: HandlerChain, context: RequestContext, _response: Response) -> None:
    """Refuse a call that comes too early after the last one that was let in."""
    if context.is_internal_call or context.operation is None:
        return
    if context.service.service_name != "ses" or context.operation.name.startswith(_UNPACED):
        return
    rate = settings.of(context.account_id).ses_requests_per_second
    if not rate:
        return
    now = time.monotonic()
    key = (context.account_id, context.region)
    with _lock:
        if now - _last.get(key, float("-inf")) >= 1 / rate - _TOLERANCE:
            _last[key] = now
            return
    context.service_exception = refusal("Throttling", "Rate exceeded")
    raise context.service_exception
