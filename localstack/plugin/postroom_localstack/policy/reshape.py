"""A policy as AWS gives it back: the same in meaning, not in text (docs/facts.md 4.1).

Lists of one become scalars, other lists come in another order, an account id
becomes its root ARN. Nothing is added, and members nobody knows stay.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_ACCOUNT = re.compile(r"[0-9]{12}")
_SHUFFLED = ("Action", "NotAction", "Resource", "NotResource")


def reshape(text: str, partition: str = "aws", *, pretty: bool = False, statements: bool = False) -> str:
    """``pretty``: KMS indents; ``statements``: SNS reorders those as well."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if not isinstance(document, dict):
        return text
    found = document.get("Statement")
    if isinstance(found, list):
        kept = [_statement(item, partition) for item in found]
        document["Statement"] = _shuffle(kept) if statements else kept
    elif isinstance(found, dict):
        document["Statement"] = [_statement(found, partition)]
    if pretty:
        return json.dumps(document, indent=2, separators=(",", " : "))
    return json.dumps(document, separators=(",", ":"))


def _statement(statement: Any, partition: str) -> Any:
    if not isinstance(statement, dict):
        return statement
    shaped = {}
    for name, value in statement.items():
        if name in _SHUFFLED:
            value = _values(value)
        elif name in ("Principal", "NotPrincipal"):
            value = _principals(value, partition)
        elif name == "Condition" and isinstance(value, dict):
            value = {operator: _keys(keys) for operator, keys in value.items()}
        shaped[name] = value
    return shaped


def _keys(keys: Any) -> Any:
    if not isinstance(keys, dict):
        return keys
    return {key: _values(values) for key, values in keys.items()}


def _principals(value: Any, partition: str) -> Any:
    if not isinstance(value, dict):
        return value
    shaped = {}
    for kind, members in value.items():
        if kind == "AWS":
            items = members if isinstance(members, list) else [members]
            members = [_root(item, partition) for item in items]
        shaped[kind] = _values(members)
    return shaped


def _root(member: Any, partition: str) -> Any:
    if isinstance(member, str) and _ACCOUNT.fullmatch(member):
        return f"arn:{partition}:iam::{member}:root"
    return member


def _values(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return value[0] if len(value) == 1 else _shuffle(value)


def _shuffle(values: list[Any]) -> list[Any]:
    """Arbitrary, but always the same order: tests must not flicker."""
    return sorted(values, key=_digest)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
