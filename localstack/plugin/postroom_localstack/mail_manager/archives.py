"""What archives do differently."""

from __future__ import annotations

import time

from . import crud, errors
from .call import Answer, Call, Request
from .kinds import ARCHIVE
from .store import Item, Store

ACTIVE = "ACTIVE"
PENDING_DELETION = "PENDING_DELETION"
# The default is not in the model (docs/facts.md 2.6): assumed.
_DEFAULT_RETENTION = {"RetentionPeriod": "SIX_MONTHS"}


def create(call: Call, request: Request) -> Answer:
    item = crud.create(call, ARCHIVE, request)
    item.members.setdefault("Retention", dict(_DEFAULT_RETENTION))
    _turn(item, ACTIVE)
    return {"ArchiveId": item.id}


def update(call: Call, request: Request) -> Answer:
    item = call.item(ARCHIVE, request["ArchiveId"])
    if item.state == PENDING_DELETION:
        # [M] "No further modifications can be made in this state"; the code is assumed.
        raise errors.conflict(f"Archive {item.id} is in the state {PENDING_DELETION}")
    crud.update(call, ARCHIVE, request)
    return {}


def delete(call: Call, request: Request) -> Answer:
    """[M] "permanently deleted in 30 days": Get and List keep showing it until then.

    Deleting it again changes nothing (assumed).
    """
    item = crud.find_to_delete(call, ARCHIVE, request["ArchiveId"])
    if item is not None and item.state == ACTIVE:
        _turn(item, PENDING_DELETION)
    return {}


def settle(store: Store, seconds: float) -> None:
    """Take away what has been pending for long enough."""
    due = time.monotonic() - seconds
    for item in store.of_kind(ARCHIVE):
        if item.state == PENDING_DELETION and item.since <= due:
            del store.items[item.id]


def _turn(item: Item, state: str) -> None:
    item.turn(state)
    item.members["ArchiveState"] = state
