"""Who asks, and whether a Principal element means them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from . import match

_ACCOUNT = re.compile(r"[0-9]{12}")
_ROOT = re.compile(r"arn:[^:]+:iam::([0-9]{12}):root")


class Match(Enum):
    """How a Principal element relates to the one who asks."""

    NONE = 0
    ACCOUNT = 1  # its account is named: the account may let its members in
    DIRECT = 2


@dataclass(frozen=True)
class Principal:
    """A service, or a user, role session or root user of an account."""

    service: str | None = None
    account: str | None = None
    arns: tuple[str, ...] = ()
    is_root: bool = False

    @staticmethod
    def of_service(name: str) -> Principal:
        return Principal(service=name)

    @staticmethod
    def of_role(role_arn: str, session: str) -> Principal:
        """A session of a role; policies may name the role or the session."""
        _, partition, _, _, account, path = role_arn.split(":", 5)
        name = path.rsplit("/", 1)[-1]
        session_arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
        return Principal(account=account, arns=(role_arn, session_arn))

    @staticmethod
    def of_arn(arn: str) -> Principal:
        """A user or the root user of an account."""
        account = arn.split(":", 5)[4]
        return Principal(account=account, arns=(arn,), is_root=arn.endswith(":root"))


def relation(element: Mapping[str, tuple[str, ...]], who: Principal) -> Match:
    """The best match of any member of a Principal element."""
    best = Match.NONE
    for kind, members in element.items():
        for member in members:
            found = _one(kind, member, who)
            if found.value > best.value:
                best = found
    return best


def _one(kind: str, member: str, who: Principal) -> Match:
    if kind == "Service":
        is_it = who.service is not None and member.lower() == who.service.lower()
        return Match.DIRECT if is_it or member == "*" else Match.NONE
    if kind != "AWS":
        return Match.NONE
    if member == "*":
        # Everybody, services included: this is how the default topic policy
        # with its AWS:SourceOwner condition lets SES in (LocalStack 4.9.2 as tried).
        return Match.DIRECT
    account = account_of(member)
    if account is not None:
        if who.account != account:
            return Match.NONE
        return Match.DIRECT if who.is_root else Match.ACCOUNT
    return Match.DIRECT if any(match.wildcard(member, arn) for arn in who.arns) else Match.NONE


def account_of(member: str) -> str | None:
    """The account if a principal stands for a whole account."""
    if _ACCOUNT.fullmatch(member):
        return member
    found = _ROOT.fullmatch(member)
    return found.group(1) if found else None
