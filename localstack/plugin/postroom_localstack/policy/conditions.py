"""Condition operators (docs/facts.md 5.1; IAM reference for missing keys)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone

from . import match
from .document import Condition

Context = Mapping[str, Sequence[str]]
"""The request's keys in lower case, each with one or more values."""

_Compare = Callable[[str, str], bool]


def _number(compare: Callable[[float, float], bool]) -> _Compare:
    def numeric(wanted: str, found: str) -> bool:
        try:
            return compare(float(found), float(wanted))
        except ValueError:
            return False

    return numeric


def _date(compare: Callable[[float, float], bool]) -> _Compare:
    def date(wanted: str, found: str) -> bool:
        try:
            return compare(_seconds(found), _seconds(wanted))
        except ValueError:
            return False

    return date


def _seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 date or of a number."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp()


def _address(wanted: str, found: str) -> bool:
    try:
        return ipaddress.ip_address(found) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


# operator -> (comparison of one wanted with one found value, negated?)
OPERATORS: dict[str, tuple[_Compare, bool]] = {
    "stringequals": (lambda wanted, found: wanted == found, False),
    "stringnotequals": (lambda wanted, found: wanted == found, True),
    "stringequalsignorecase": (lambda wanted, found: wanted.lower() == found.lower(), False),
    "stringnotequalsignorecase": (lambda wanted, found: wanted.lower() == found.lower(), True),
    "stringlike": (match.wildcard, False),
    "stringnotlike": (match.wildcard, True),
    "arnequals": (match.arn, False),
    "arnlike": (match.arn, False),
    "arnnotequals": (match.arn, True),
    "arnnotlike": (match.arn, True),
    "bool": (lambda wanted, found: wanted.lower() == found.lower(), False),
    "binaryequals": (lambda wanted, found: wanted == found, False),
    "ipaddress": (_address, False),
    "notipaddress": (_address, True),
    "numericequals": (_number(lambda found, wanted: found == wanted), False),
    "numericnotequals": (_number(lambda found, wanted: found == wanted), True),
    "numericlessthan": (_number(lambda found, wanted: found < wanted), False),
    "numericlessthanequals": (_number(lambda found, wanted: found <= wanted), False),
    "numericgreaterthan": (_number(lambda found, wanted: found > wanted), False),
    "numericgreaterthanequals": (_number(lambda found, wanted: found >= wanted), False),
    "dateequals": (_date(lambda found, wanted: found == wanted), False),
    "datenotequals": (_date(lambda found, wanted: found == wanted), True),
    "datelessthan": (_date(lambda found, wanted: found < wanted), False),
    "datelessthanequals": (_date(lambda found, wanted: found <= wanted), False),
    "dategreaterthan": (_date(lambda found, wanted: found > wanted), False),
    "dategreaterthanequals": (_date(lambda found, wanted: found >= wanted), False),
}

_PREFIXES = ("forallvalues:", "foranyvalue:")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def is_operator(name: str) -> bool:
    """Whether IAM knows the operator, with or without set prefix and IfExists."""
    base, _, if_exists = _split(name)
    return base in OPERATORS or (base == "null" and not if_exists)


def holds(condition: Condition, context: Context, variables: bool) -> bool:
    """Whether one condition is met; ``variables``: the Version knows ${...}."""
    base, set_operator, if_exists = _split(condition.operator)
    found = context.get(condition.key.lower())
    if base == "null":
        return any((found is None) == (value.lower() == "true") for value in condition.values)
    if base not in OPERATORS:
        return False
    compare, negated = OPERATORS[base]
    if found is None or (set_operator and not found):
        if if_exists or set_operator == "forallvalues:":
            return True
        # A missing key: a positive operator does not match, a negated one does.
        return negated and set_operator != "foranyvalue:"
    wanted = [substitute(value, context) if variables else value for value in condition.values]

    def one(value: str) -> bool:
        # A policy variable without value equals nothing.
        return any(compare(want, value) for want in wanted if want is not None) != negated

    if set_operator == "forallvalues:":
        return all(one(value) for value in found)
    if set_operator == "foranyvalue:" or not negated:
        return any(one(value) for value in found)
    return all(one(value) for value in found)


def substitute(text: str, context: Context) -> str | None:
    """Replace ${key} and ${key, 'default'}; None if a key has no single value."""
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = (part.strip() for part in found.group(1).partition(","))
        if name in ("*", "?", "$"):
            return name
        values = context.get(name.lower())
        if values and len(values) == 1:
            return values[0]
        if default:
            return default.strip("'")
        missing = True
        return ""

    replaced = _VARIABLE.sub(value, text)
    return None if missing else replaced


def _split(name: str) -> tuple[str, str, bool]:
    """An operator's base, its set prefix and whether it ends in IfExists."""
    base = name.lower()
    set_operator = ""
    for prefix in _PREFIXES:
        if base.startswith(prefix):
            base, set_operator = base[len(prefix) :], prefix
    if_exists = base.endswith("ifexists")
    return (base[: -len("ifexists")] if if_exists else base), set_operator, if_exists
