"""What Mail Manager keeps per account and region."""

from __future__ import annotations

import secrets
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .kinds import Kind

# What ids are seen to be made of: inp-3u5sedrqj7kqwjazxwmph2th.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def now() -> datetime:
    return datetime.now(timezone.utc)


def word(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class Item:
    """One resource; ``members`` are those of its Create request that are read back."""

    kind: Kind
    id: str
    arn: str
    members: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    updated: datetime = field(init=False)
    # The state that its kind has, if it has any, and since when.
    state: str = ""
    since: float = field(default_factory=time.monotonic)
    # The state that follows by itself.
    then: str = ""
    # address -> since when it is a member of this address list
    addresses: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.updated = self.created

    @property
    def name(self) -> str | None:
        return self.members.get(self.kind.name_member) if self.kind.name_member else None

    def turn(self, state: str, then: str = "") -> None:
        self.state, self.then, self.since = state, then, time.monotonic()


@dataclass
class Job:
    """An import job of an address list; ``members`` are those it is read back with."""

    id: str
    list_id: str
    members: dict[str, Any]
    status: str = "CREATED"
    since: float = 0.0
    upload: bytes | None = None


@dataclass
class Store:
    """One account in one region."""

    # Held for a whole operation: none of them calls another service.
    lock: threading.RLock = field(default_factory=threading.RLock)
    items: dict[str, Item] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    # (operation, client token) -> (fingerprint of the request, answer)
    tokens: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def of_kind(self, kind: Kind) -> list[Item]:
        # By id, which is random: nobody shall rely on an order that AWS does not promise.
        return sorted((item for item in self.items.values() if item.kind is kind), key=lambda item: item.id)

    def find(self, kind: Kind, item_id: str) -> Item | None:
        item = self.items.get(item_id)
        return item if item is not None and item.kind is kind else None

    def by_arn(self, arn: str) -> Item | None:
        return next((item for item in self.items.values() if item.arn == arn), None)


_stores: dict[tuple[str, str], Store] = defaultdict(Store)
_lock = threading.Lock()


def store_of(account: str, region: str) -> Store:
    with _lock:
        return _stores[(account, region)]
