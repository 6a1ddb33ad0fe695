"""The receipt operations. LocalStack's own provider does the rest of SES.

Methods are found by name: LocalStack's dispatch table is built from the API
class, and the names are bound on this instance (facts: LocalStack 4.9.2 as tried).
"""

from __future__ import annotations

import copy
from typing import Any

from localstack.aws.api import RequestContext
from localstack.services.moto import call_moto
from localstack.services.ses.provider import SesProvider

from ..control import settings
from . import errors, filters, identities, names, order, rules, targets
from .store import RuleSet, Store, store_of

RULE_SET_LIMIT = 40
RULE_LIMIT = 200
FILTER_LIMIT = 100


class ReceiptProvider(SesProvider):
    """SES with receiving."""

    # --- rule sets

    def create_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str, **_: Any
    ) -> dict[str, Any]:
        names.check("ruleSetName", "ruleSetName", rule_set_name)
        store = _store(context)
        with store.lock:
            _make_room(store, rule_set_name)
            store.rule_sets[rule_set_name] = RuleSet(rule_set_name)
        return {}

    def clone_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str, original_rule_set_name: str, **_: Any
    ) -> dict[str, Any]:
        names.check("ruleSetName", "ruleSetName", rule_set_name)
        store = _store(context)
        with store.lock:
            # An existing target wins over a missing source (probed, docs/facts.md 1.3).
            _make_room(store, rule_set_name)
            original = _rule_set(store, original_rule_set_name)
            store.rule_sets[rule_set_name] = RuleSet(
                rule_set_name, rules=copy.deepcopy(original.rules)
            )
        return {}

    def delete_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            if store.active == rule_set_name:
                raise errors.cannot_delete(rule_set_name)
            store.rule_sets.pop(rule_set_name, None)
        return {}

    def describe_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            return _described(_rule_set(store, rule_set_name))

    def describe_active_receipt_rule_set(
        self, context: RequestContext, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            return _described(store.rule_sets[store.active]) if store.active else {}

    def list_receipt_rule_sets(
        self, context: RequestContext, next_token: str | None = None, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        size = settings.of(context.account_id).rule_set_page_size
        with store.lock:
            everything = [_metadata(rule_set) for rule_set in store.rule_sets.values()]
        start = int(next_token) if next_token and next_token.isdigit() else 0
        page: dict[str, Any] = {"RuleSets": everything[start : start + size]}
        if start + size < len(everything):
            page["NextToken"] = str(start + size)
        return page

    def set_active_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str | None = None, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            # Without a name all receiving is switched off (docs/facts.md 1.3).
            store.active = _rule_set(store, rule_set_name).name if rule_set_name else None
        return {}

    def reorder_receipt_rule_set(
        self, context: RequestContext, rule_set_name: str, rule_names: list[str], **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            order.reorder(_rule_set(store, rule_set_name), rule_names or [])
        return {}

    # --- rules

    def create_receipt_rule(
        self,
        context: RequestContext,
        rule_set_name: str,
        rule: dict[str, Any],
        after: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        store = _store(context)
        rules.check(rule)
        with store.lock:
            order.check_new(_rule_set(store, rule_set_name), rule["Name"], after, RULE_LIMIT)
        targets.test(context, rule_set_name, rule)
        with store.lock:
            # Again: the targets were tested without the lock.
            rule_set = _rule_set(store, rule_set_name)
            index = order.check_new(rule_set, rule["Name"], after, RULE_LIMIT)
            rule_set.rules.insert(index, rules.read_back(rule))
        return {}

    def update_receipt_rule(
        self, context: RequestContext, rule_set_name: str, rule: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        rules.check(rule)
        with store.lock:
            order.position(_rule_set(store, rule_set_name), rule["Name"])
        targets.test(context, rule_set_name, rule)
        with store.lock:
            rule_set = _rule_set(store, rule_set_name)
            rule_set.rules[order.position(rule_set, rule["Name"])] = rules.read_back(rule)
        return {}

    def delete_receipt_rule(
        self, context: RequestContext, rule_set_name: str, rule_name: str, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            rule_set = _rule_set(store, rule_set_name)
            index = rule_set.position(rule_name)
            if index is not None:
                del rule_set.rules[index]
        return {}

    def describe_receipt_rule(
        self, context: RequestContext, rule_set_name: str, rule_name: str, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            rule_set = _rule_set(store, rule_set_name)
            rule = rule_set.rules[order.position(rule_set, rule_name)]
            return {"Rule": copy.deepcopy(rule)}

    def set_receipt_rule_position(
        self,
        context: RequestContext,
        rule_set_name: str,
        rule_name: str,
        after: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            order.move(_rule_set(store, rule_set_name), rule_name, after)
        return {}

    # --- filters

    def create_receipt_filter(
        self, context: RequestContext, filter: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        filters.check(filter)
        store = _store(context)
        with store.lock:
            if filter["Name"] in store.filters:
                raise errors.already_exists("Filter", filter["Name"])
            if len(store.filters) >= FILTER_LIMIT:
                raise errors.limit_exceeded("Too many filters")
            store.filters[filter["Name"]] = copy.deepcopy(dict(filter))
        return {}

    def delete_receipt_filter(
        self, context: RequestContext, filter_name: str, **_: Any
    ) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            store.filters.pop(filter_name, None)
        return {}

    def list_receipt_filters(self, context: RequestContext, **_: Any) -> dict[str, Any]:
        store = _store(context)
        with store.lock:
            return {"Filters": copy.deepcopy(list(store.filters.values()))}

    # --- identities: kept here as well, see identities.py

    def verify_email_identity(
        self, context: RequestContext, email_address: str, **_: Any
    ) -> Any:
        identities.add(context.account_id, context.region, email_address)
        return call_moto(context)

    def verify_email_address(
        self, context: RequestContext, email_address: str, **_: Any
    ) -> Any:
        identities.add(context.account_id, context.region, email_address)
        return call_moto(context)

    def verify_domain_identity(self, context: RequestContext, domain: str, **_: Any) -> Any:
        identities.add(context.account_id, context.region, domain)
        call_moto(context)
        return {"VerificationToken": identities.token(domain)}

    def delete_identity(self, context: RequestContext, identity: str, **_: Any) -> Any:
        identities.remove(context.account_id, context.region, identity)
        return call_moto(context)

    def get_identity_verification_attributes(
        self, context: RequestContext, identities: list[str], **_: Any
    ) -> Any:
        return {"VerificationAttributes": _attributes(context, identities or [])}


def _attributes(context: RequestContext, asked: list[str]) -> dict[str, dict[str, Any]]:
    return identities.attributes(context.account_id, context.region, asked)


def _store(context: RequestContext) -> Store:
    return store_of(context.account_id, context.region)


def _rule_set(store: Store, name: str) -> RuleSet:
    found = store.rule_sets.get(name)
    if found is None:
        raise errors.rule_set_does_not_exist(name)
    return found


def _make_room(store: Store, name: str) -> None:
    if name in store.rule_sets:
        raise errors.already_exists("Rule set", name)
    if len(store.rule_sets) >= RULE_SET_LIMIT:
        raise errors.limit_exceeded("Too many rule sets")


def _metadata(rule_set: RuleSet) -> dict[str, Any]:
    return {"Name": rule_set.name, "CreatedTimestamp": rule_set.created}


def _described(rule_set: RuleSet) -> dict[str, Any]:
    return {"Metadata": _metadata(rule_set), "Rules": copy.deepcopy(rule_set.rules)}
