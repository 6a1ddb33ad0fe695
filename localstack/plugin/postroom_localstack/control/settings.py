"""Per-account behaviour that tests switch on."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Settings:
    """Behaviour of SES for one account."""

    # SES answers one request per second and throttles the rest (docs/facts.md 1.6).
    # Off by default: None. A test may set another rate to be quick.
    ses_requests_per_second: float | None = None
    # ListReceiptRuleSets has pages of 100 and at most 40 sets exist, so paging
    # shows only with a smaller page.
    rule_set_page_size: int = 100
    # Status of identities verified from now on.
    identity_status: str = "Success"


_lock = threading.Lock()
_settings: dict[str, Settings] = {}


def of(account: str) -> Settings:
    with _lock:
        return _settings.setdefault(account, Settings())


def change(account: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set the given members; raises ValueError for unknown ones."""
    unknown = set(body) - set(Settings.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown members: {', '.join(sorted(unknown))}")
    settings = of(account)
    with _lock:
        for name, value in body.items():
            setattr(settings, name, value)
        return asdict(settings)
