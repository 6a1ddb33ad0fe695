"""A policy document, read into statements with every list spelled out.

Forms that mean the same (docs/facts.md 5.1): a statement object and a list of
one, a string and a list of one, ``"*"`` and ``{"AWS": "*"}``, an account id and
its root ARN, ``true`` and ``"true"``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class DocumentError(ValueError):
    """The text is not a policy document at all."""


@dataclass(frozen=True)
class Condition:
    """One operator with one key; several of them are combined with AND."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """``None`` stands for an absent element, which differs from an empty one."""

    effect: str
    principals: Mapping[str, tuple[str, ...]] | None
    not_principals: Mapping[str, tuple[str, ...]] | None
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Document:
    """A whole policy. Without Version it is 2008-10-17: no policy variables."""

    version: str
    statements: tuple[Statement, ...]


def load(policy: str | Mapping[str, Any] | None) -> Document:
    """Read a policy given as text or already decoded; nothing reads as empty."""
    if not policy:
        return Document("2008-10-17", ())
    raw = decode(policy) if isinstance(policy, str) else policy
    return Document(
        version=str(raw.get("Version", "2008-10-17")),
        statements=tuple(_statement(item) for item in raw_statements(raw)),
    )


def decode(text: str) -> dict[str, Any]:
    """The JSON object in ``text``."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise DocumentError(str(error)) from error
    if not isinstance(raw, dict):
        raise DocumentError("a policy is a JSON object")
    return raw


def raw_statements(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements as written; a single one may stand without a list."""
    statements = raw.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(s, dict) for s in statements):
        raise DocumentError("Statement is neither an object nor a list of objects")
    return statements


def strings(value: Any) -> tuple[str, ...]:
    """A scalar or a list as a tuple of strings, booleans as JSON writes them."""
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(
        str(item).lower() if isinstance(item, bool) else str(item) for item in items
    )


def principals(value: Any) -> dict[str, tuple[str, ...]]:
    """A Principal element by kind: AWS, Service, Federated, CanonicalUser."""
    if isinstance(value, dict):
        return {str(kind): strings(members) for kind, members in value.items()}
    return {"AWS": strings(value)}


def conditions(value: Any) -> tuple[Condition, ...]:
    """A Condition element as a flat list."""
    if not value:
        return ()
    if not isinstance(value, dict):
        raise DocumentError("Condition is not an object")
    found = []
    for operator, keys in value.items():
        if not isinstance(keys, dict):
            raise DocumentError(f"Condition {operator} is not an object")
        found += [Condition(operator, key, strings(values)) for key, values in keys.items()]
    return tuple(found)


def _statement(raw: Mapping[str, Any]) -> Statement:
    def optional(name: str) -> tuple[str, ...] | None:
        return strings(raw[name]) if name in raw else None

    return Statement(
        effect=str(raw.get("Effect", "")),
        principals=principals(raw["Principal"]) if "Principal" in raw else None,
        not_principals=principals(raw["NotPrincipal"]) if "NotPrincipal" in raw else None,
        actions=optional("Action"),
        not_actions=optional("NotAction"),
        resources=optional("Resource"),
        not_resources=optional("NotResource"),
        conditions=conditions(raw.get("Condition")),
    )
