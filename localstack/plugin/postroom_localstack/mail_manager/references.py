"""Who mentions whom, by id or by ARN.

Ingress points take ids, rules take ids, ARNs or both (docs/facts.md 2.5). That AWS
looks up what rules and statements mention is assumed, and so is the code; the setting
``mail_manager_checks_references`` switches it off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import errors
from .call import Call
from .kinds import ADDRESS_LIST, ARCHIVE, INSTANCE, RELAY, RULE_SET, SUBSCRIPTION, TRAFFIC_POLICY, Kind
from .store import Item, Store

# Of the members of a resource itself.
_DIRECT = {"RuleSetId": RULE_SET, "TrafficPolicyId": TRAFFIC_POLICY, "AddonSubscriptionId": SUBSCRIPTION}
# Somewhere in rules and policy statements.
_NESTED = {"Relay": RELAY, "TargetArchive": ARCHIVE, "AddressLists": ADDRESS_LIST, "Analyzer": INSTANCE}
# AWS's agent instructions (skills/aws-mail-manager): an ARN "will fail with Member must
# have length less than or equal to 66", although the model takes 2048.
_ARCHIVE_LENGTH = 66


def check(call: Call, members: Mapping[str, Any]) -> None:
    """Refuse what mentions something that is not there."""
    for name, kind in _DIRECT.items():
        if name in members and call.store.find(kind, members[name]) is None:
            # The model lists the code for CreateAddonInstance and for updates, but not
            # for CreateIngressPoint, where it is assumed.
            raise errors.not_found(kind.name, members[name])
    for kind, text in _nested(members):
        if kind is ARCHIVE and len(text) > _ARCHIVE_LENGTH:
            raise errors.validation(
                f"1 validation error detected: Value '{text}' at 'targetArchive' failed to satisfy "
                f"constraint: Member must have length less than or equal to {_ARCHIVE_LENGTH}"
            )
        if call.settings.mail_manager_checks_references and _meant(call.store, kind, text) is None:
            raise errors.not_found(kind.name, text)


def check_unused(call: Call, item: Item) -> None:
    """Refuse to delete what another resource mentions.

    An ingress point holds its rule set and traffic policy until it is gone, also while
    it is DEPROVISIONING (docs/facts.md 2.2). That relays, archives, address lists and
    add-ons are held as well is assumed.
    """
    for user in call.store.items.values():
        if item in _used_by(call.store, user):
            raise errors.conflict(f"{item.kind.name} {item.id} is in use by {user.kind.name} {user.id}")


def _used_by(store: Store, user: Item) -> Iterator[Item]:
    for name, kind in _DIRECT.items():
        found = store.find(kind, user.members.get(name, ""))
        if found is not None:
            yield found
    for kind, text in _nested(user.members):
        found = _meant(store, kind, text)
        if found is not None:
            yield found


def _nested(value: Any) -> Iterator[tuple[Kind, str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in _NESTED and isinstance(member, str):
                yield _NESTED[name], member
            elif name in _NESTED and isinstance(member, list):
                yield from ((_NESTED[name], each) for each in member)
            else:
                yield from _nested(member)
    elif isinstance(value, list):
        for each in value:
            yield from _nested(each)


def _meant(store: Store, kind: Kind, text: str) -> Item | None:
    """An add-on instance is only known by its ARN (docs/facts.md 2.4, "Analyzer")."""
    if text.startswith("arn:"):
        found = store.by_arn(text)
        return found if found is not None and found.kind is kind else None
    return store.find(kind, text) if kind is not INSTANCE else None
