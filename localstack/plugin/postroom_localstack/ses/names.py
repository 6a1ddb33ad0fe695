"""Names of rule sets, rules and filters (docs/facts.md 1.1)."""

from __future__ import annotations

import re

from . import errors

_CHARACTERS = re.compile(r"[a-zA-Z0-9_.-]+")
_ENDS = re.compile(r"[a-zA-Z0-9](.*[a-zA-Z0-9])?", re.DOTALL)
_LENGTH = 64


def check(kind: str, member: str, name: str | None) -> str:
    """Refuse a name SES refuses; ``kind`` is the word in its text.

    Probed for rules ("Not a valid ruleName: X"); the words for rule sets and
    filters are assumed.
    """
    if name is None:
        raise errors.validation(member, None, "Member must not be null")
    if not _CHARACTERS.fullmatch(name):
        raise errors.validation(
            member, name, "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_.-]+$"
        )
    if len(name) > _LENGTH or not _ENDS.fullmatch(name):
        raise errors.invalid_parameter(f"Not a valid {kind}: {name}")
    return name
