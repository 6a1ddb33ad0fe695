"""Verified identities.

LocalStack answers "Success" for every identity it is asked about, verified or
not, so the emulator keeps them itself. An identity is verified at once, unless
the account's ``identity_status`` or ``POST /_test/identities`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..control import settings
from .store import store_of


def add(account: str, region: str, identity: str) -> None:
    status = settings.of(account).identity_status
    store_of(account, region).identities.setdefault(_key(identity), status)


def remove(account: str, region: str, identity: str) -> None:
    store_of(account, region).identities.pop(_key(identity), None)


def set_status(account: str, region: str, identity: str, status: str) -> None:
    store_of(account, region).identities[_key(identity)] = status


def attributes(account: str, region: str, identities: Iterable[str]) -> dict[str, dict[str, Any]]:
    """As GetIdentityVerificationAttributes: unknown identities are left out."""
    known = store_of(account, region).identities
    found = {}
    for identity in identities:
        status = known.get(_key(identity))
        if status is None:
            continue
        found[identity] = {"VerificationStatus": status}
        if "@" not in identity:
            found[identity]["VerificationToken"] = token(identity)
    return found


def is_verified(account: str, region: str, address: str) -> bool:
    """An address is covered by itself, its domain, and any domain above that."""
    known = store_of(account, region).identities
    # A sender may have a display name: "Name <address>".
    bare = address.rsplit("<", 1)[-1].rstrip(">").strip()
    domain = bare.rpartition("@")[2]
    labels = domain.split(".")
    covering = [bare, *(".".join(labels[index:]) for index in range(len(labels)))]
    return any(known.get(_key(identity)) == "Success" for identity in covering)


def token(domain: str) -> str:
    """A stable stand-in for the TXT record's value."""
    return f"token-of-{_key(domain)}"


def _key(identity: str) -> str:
    """Domains are case-insensitive, the part before the @ is not (assumed)."""
    local, at, domain = identity.rpartition("@")
    return f"{local}{at}{domain.lower()}"
