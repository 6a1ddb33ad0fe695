"""The form of a policy document, as far as all services agree on it.

Members a statement has beyond the known ones are left alone: this project must
carry foreign statements through unharmed, and the tests of that need them stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .conditions import is_operator
from .document import DocumentError, conditions, decode, raw_statements, strings

_ACTION = re.compile(r"\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+")
_VERSIONS = ("2012-10-17", "2008-10-17")


class Need(Enum):
    """Whether a statement has an element in one kind of policy."""

    REQUIRED = 1
    OPTIONAL = 2
    FORBIDDEN = 3


@dataclass(frozen=True)
class Kind:
    """A kind of policy."""

    principal: Need
    resource: Need
    action: Need = Need.REQUIRED


# A key policy statement without Action or Resource is accepted (docs/facts.md 4.1).
KEY = Kind(Need.REQUIRED, Need.OPTIONAL, Need.OPTIONAL)
RESOURCE = Kind(Need.REQUIRED, Need.REQUIRED)
TRUST = Kind(Need.REQUIRED, Need.FORBIDDEN)
IDENTITY = Kind(Need.FORBIDDEN, Need.REQUIRED)


@dataclass(frozen=True)
class Problem:
    """What is wrong: a word to choose a service's own text by, and details."""

    what: str
    detail: str


def check(text: str, kind: Kind) -> tuple[dict[str, Any], Problem | None]:
    """The decoded document and the first problem found."""
    try:
        raw = decode(text)
    except DocumentError as error:
        return {}, Problem("json", str(error))
    return raw, _check(raw, kind)


def _check(raw: Mapping[str, Any], kind: Kind) -> Problem | None:
    if raw.get("Version", _VERSIONS[1]) not in _VERSIONS:
        return Problem("version", str(raw["Version"]))
    if "Statement" not in raw:
        return Problem("missing", "Statement")
    try:
        statements = raw_statements(raw)
    except DocumentError as error:
        return Problem("json", str(error))
    if not statements:
        return Problem("empty", "Statement")
    for statement in statements:
        problem = _check_statement(statement, kind)
        if problem is not None:
            return problem
    return None


def _check_statement(statement: Mapping[str, Any], kind: Kind) -> Problem | None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        found = statement.get("Effect")
        return Problem("missing", "Effect") if found is None else Problem("effect", str(found))
    for element, need in (
        ("Principal", kind.principal),
        ("Action", kind.action),
        ("Resource", kind.resource),
    ):
        present = [name for name in (element, f"Not{element}") if name in statement]
        if len(present) > 1 or (need is Need.FORBIDDEN and present):
            return Problem("prohibited", present[-1])
        if need is Need.REQUIRED and not present:
            return Problem("missing", element)
    return _check_values(statement)


def _check_values(statement: Mapping[str, Any]) -> Problem | None:
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name not in statement:
            continue
        values = strings(statement[name])
        if not values:
            return Problem("missing", name)
        if name.endswith("Action"):
            for value in values:
                if not _ACTION.fullmatch(value):
                    return Problem("action", value)
    try:
        found = conditions(statement.get("Condition"))
    except DocumentError as error:
        return Problem("condition", str(error))
    for condition in found:
        if not is_operator(condition.operator):
            return Problem("condition", condition.operator)
    return None


def sids(raw: Mapping[str, Any]) -> list[str]:
    """All Sids, empty ones left out."""
    return [str(item["Sid"]) for item in raw_statements(raw) if item.get("Sid")]


def duplicate(values: list[str]) -> str | None:
    """The first value that stands there twice."""
    for value in values:
        if values.count(value) > 1:
            return value
    return None


def length_without_whitespace(text: str) -> int:
    """IAM does not count whitespace (docs/facts.md 4)."""
    return sum(not char.isspace() for char in text)
