"""Order of rules: After, positions and reordering (docs/facts.md 1.3 and 1.5)."""

from __future__ import annotations

from . import errors
from .store import RuleSet


def check_new(rule_set: RuleSet, name: str, after: str | None, limit: int) -> int:
    """The index a new rule gets; without After it is the FRONT."""
    if rule_set.position(name) is not None:
        raise errors.already_exists("Rule", name)
    if len(rule_set.rules) >= limit:
        raise errors.limit_exceeded("Too many rules")
    return 0 if after is None else position(rule_set, after) + 1


def position(rule_set: RuleSet, name: str) -> int:
    index = rule_set.position(name)
    if index is None:
        raise errors.rule_does_not_exist(name)
    return index


def move(rule_set: RuleSet, name: str, after: str | None) -> None:
    """Without After to the front; behind itself nothing happens."""
    index = position(rule_set, name)
    if after == name:
        return
    if after is not None:
        position(rule_set, after)
    rule = rule_set.rules.pop(index)
    rule_set.rules.insert(0 if after is None else position(rule_set, after) + 1, rule)


def reorder(rule_set: RuleSet, rule_names: list[str]) -> None:
    """An exact permutation is required; a refused call changes nothing.

    Errors in this order: a name twice, a rule without position (in the order of
    the set), a name without rule.
    """
    for name in rule_names:
        if rule_names.count(name) > 1:
            raise errors.invalid_parameter(f"Multiple positions found for rule: {name}")
    by_name = {rule["Name"]: rule for rule in rule_set.rules}
    missing = [name for name in by_name if name not in rule_names]
    if missing:
        raise errors.invalid_parameter(f"Positions for rules not found: {', '.join(missing)}")
    for name in rule_names:
        if name not in by_name:
            raise errors.rule_does_not_exist(name)
    rule_set.rules = [by_name[name] for name in rule_names]
