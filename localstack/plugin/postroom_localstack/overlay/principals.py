"""Principals that do not exist (docs/facts.md 4.1, LocalStack 4.9.2 as tried).

Only for accounts that have users or roles in the emulator: of any other account
nothing is known, and its principals are taken as existing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..policy.document import principals, raw_statements

_ACCOUNT = re.compile(r"[0-9]{12}")
_ENTITY = re.compile(r"arn:([\w-]+):iam::([0-9]{12}):(role|user)/([^*?]+)")
_ROOT = re.compile(r"arn:[\w-]+:iam::[0-9]{12}:root")
_SESSION = re.compile(r"arn:([\w-]+):sts::([0-9]{12}):assumed-role/([^/*?]+)/([^*?]+)")
_FEDERATED = re.compile(r"arn:[\w-]+:sts::[0-9]{12}:federated-user/.+")
_UNIQUE_ID = re.compile(r"(AROA|AIDA)[A-Z0-9]{16,}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def first_invalid(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """Kind and name of the first principal that AWS would refuse."""
    for kind, member in _members(raw):
        if kind == "AWS" and not _aws(member):
            return kind, member
        if kind == "Service" and not _SERVICE.fullmatch(member.lower()):
            return kind, member
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            return kind, member
    return None


def _members(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in raw_statements(raw):
        for element in ("Principal", "NotPrincipal"):
            if element in statement:
                for kind, members in principals(statement[element]).items():
                    for member in members:
                        yield kind, member


def _aws(member: str) -> bool:
    if member == "*" or _ACCOUNT.fullmatch(member) or _ROOT.fullmatch(member):
        return True
    if _FEDERATED.fullmatch(member):
        return True
    entity = _ENTITY.fullmatch(member)
    if entity is not None:
        partition, account, _, _ = entity.groups()
        known = _known(account, partition)
        return known is None or member in known
    session = _SESSION.fullmatch(member)
    if session is not None:
        partition, account, name, _ = session.groups()
        known = _known(account, partition)
        return known is None or any(
            arn.rsplit("/", 1)[-1] == name for arn in known if ":role/" in arn
        )
    return bool(_UNIQUE_ID.fullmatch(member)) and member in _unique_ids()


def _known(account: str, partition: str) -> set[str] | None:
    """ARNs of users and roles; None if the emulator knows nothing of the account."""
    backend = _backends(account).get(partition)
    if backend is None:
        return None
    found = {role.arn for role in list(backend.roles.values())}
    found |= {user.arn for user in list(backend.users.values())}
    return found or None


def _unique_ids() -> set[str]:
    from moto.iam.models import iam_backends

    found: set[str] = set()
    for account in list(iam_backends.keys()):
        for backend in _backends(account).values():
            found |= {entity.id for entity in [*backend.roles.values(), *backend.users.values()]}
    return found


def _backends(account: str) -> Mapping[str, Any]:
    """Looking an account up would create it, and with it all managed policies."""
    from moto.iam.models import iam_backends

    return dict(iam_backends[account]) if account in iam_backends else {}
