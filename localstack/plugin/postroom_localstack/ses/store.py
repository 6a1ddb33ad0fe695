"""What SES keeps per account and region."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

Rule = dict[str, Any]
"""A ReceiptRule as it is read back."""


@dataclass
class RuleSet:
    """Rules in evaluation order, which is all the order there is (docs/facts.md 1.5)."""

    name: str
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    rules: list[Rule] = field(default_factory=list)

    def position(self, rule_name: str) -> int | None:
        for index, rule in enumerate(self.rules):
            if rule["Name"] == rule_name:
                return index
        return None


@dataclass
class Store:
    """One account in one region."""

    # Held for a change, never while targets are tested: those read other services.
    lock: threading.RLock = field(default_factory=threading.RLock)
    rule_sets: dict[str, RuleSet] = field(default_factory=dict)
    active: str | None = None
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    # identity -> verification status
    identities: dict[str, str] = field(default_factory=dict)


_stores: dict[tuple[str, str], Store] = defaultdict(Store)
_lock = threading.Lock()


def store_of(account: str, region: str) -> Store:
    with _lock:
        return _stores[(account, region)]
