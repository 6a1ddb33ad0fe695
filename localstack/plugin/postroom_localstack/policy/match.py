"""Wildcards and ARNs (docs/facts.md 5.1)."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (
        ".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern
    )
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.compile("".join(parts), flags)


def wildcard(pattern: str, value: str, ignore_case: bool = False) -> bool:
    """Whether ``value`` as a whole is matched by ``*`` and ``?`` in ``pattern``."""
    return _pattern(pattern, ignore_case).fullmatch(value) is not None


def arn(pattern: str, value: str) -> bool:
    """ARN comparison goes colon by colon; ArnEquals and ArnLike are the same."""
    wanted, found = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(found) != 6:
        return False
    return all(wildcard(one, other) for one, other in zip(wanted, found))


def action(pattern: str, value: str) -> bool:
    """Actions are case-insensitive, service prefix included."""
    return wildcard(pattern, value, ignore_case=True)


def resource(pattern: str, value: str) -> bool:
    """Resources are case-sensitive."""
    return wildcard(pattern, value)
