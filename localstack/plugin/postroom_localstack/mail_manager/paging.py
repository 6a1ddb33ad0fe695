"""Pages with opaque tokens.

A token belongs to its operation, account, region and parameters; any other one is
refused (the code is assumed). Without PageSize a page has as many as the model allows
at most (assumed).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import errors
from .call import Answer, Call, Request
from .model import service_model

# PageSize of ListRelays has no bounds in the model (docs/facts.md 2.1); these are
# those of all other kinds (assumed).
_USUAL_LIMIT = 50


@dataclass(frozen=True)
class Page:
    items: Sequence[Any]
    token: str | None

    def answer(self, member: str, shown: list[Any]) -> Answer:
        answer: Answer = {member: shown}
        if self.token is not None:
            answer["NextToken"] = self.token
        return answer


def page(call: Call, request: Request, items: Sequence[Any], key: Callable[[Any], str]) -> Page:
    """The page after the token; ``items`` are in the order of ``key``.

    The token names the last item that was shown, so that one deleted meanwhile does
    not make another be skipped.
    """
    shape = service_model().operation_model(call.operation).input_shape.members["PageSize"]
    most = shape.metadata.get("max", _USUAL_LIMIT)
    size = most if request.get("PageSize") is None else request["PageSize"]
    if not 1 <= size <= most:
        raise errors.validation(f"PageSize must be between 1 and {most}")
    size = min(size, call.settings.mail_manager_page_size or size)
    belongs = _digest(call, request)
    after = _read(request.get("NextToken"), belongs)
    rest = [item for item in items if after is None or key(item) > after]
    more = len(rest) > size
    token = _write(key(rest[size - 1]), belongs) if more else None
    return Page(rest[:size], token)


def _digest(call: Call, request: Request) -> str:
    asked = {name: value for name, value in request.items() if name not in ("NextToken", "PageSize")}
    text = json.dumps([call.operation, call.account, call.region, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(last: str, belongs: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([belongs, last]).encode()).decode()


def _read(token: str | None, belongs: str) -> str | None:
    if token is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        found = None
    if not isinstance(found, list) or len(found) != 2 or found[0] != belongs:
        raise errors.validation("Invalid NextToken")
    return str(found[1])
