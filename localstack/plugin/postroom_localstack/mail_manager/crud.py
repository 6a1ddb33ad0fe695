"""Create, Get, Update, Delete and List, for every kind alike.

What single kinds do differently is in ``ingress_points`` and ``archives``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from botocore.model import StructureShape

from . import defaults, errors, paging, references, tags
from .call import Answer, Call, Request
from .kinds import ADDRESS_LIST, INSTANCE, SUBSCRIPTION, Kind
from .store import Item, now, word

# Lengths of ids: those of inp- as seen, of a- as in the pattern of the SES v2 API
# (ArchiveArn), of al- as in the developer guide; the others assumed.
_ID_LENGTH = {ADDRESS_LIST.name: 12}
_USUAL_ID_LENGTH = 24
# ses/latest/dg/address-lists.html: "A maximum of 100 Address Lists per region".
# Other quotas are not known (docs/facts.md 2.6).
_QUOTAS = {ADDRESS_LIST.name: 100}


def create(call: Call, kind: Kind, request: Request) -> Item:
    """A new item, which the caller may still change before it answers."""
    tagged = tags.given(request.get("Tags"))
    members = {name: copy.deepcopy(value) for name, value in request.items() if name not in ("ClientToken", "Tags")}
    references.check(call, members)
    _check_name(call, kind, members, None)
    quota = call.settings.mail_manager_quota or _QUOTAS.get(kind.name)
    if quota is not None and len(call.store.of_kind(kind)) >= quota:
        raise errors.quota(f"The account has {quota} resources of the type {kind.name} already")
    item_id = kind.id_prefix + word(_ID_LENGTH.get(kind.name, _USUAL_ID_LENGTH))
    if kind is INSTANCE:
        # Read back with the instance, but no member of its Create.
        members["AddonName"] = call.item(SUBSCRIPTION, members["AddonSubscriptionId"]).name
    item = Item(kind, item_id, call.arn(kind, item_id), members, tagged)
    call.store.items[item.id] = item
    return item


def update(call: Call, kind: Kind, request: Request) -> Item:
    """Members that are not given stay as they are; lists are replaced as a whole.

    [M] "override all the rules"; that MaxMessageSizeBytes stays is assumed
    (docs/facts.md 2.6).
    """
    item = call.item(kind, request[kind.id_member])
    members = {name: value for name, value in request.items() if name != kind.id_member}
    references.check(call, members)
    _check_name(call, kind, members, item)
    item.members.update(copy.deepcopy(members))
    item.updated = now()
    return item


def find_to_delete(call: Call, kind: Kind, item_id: str) -> Item | None:
    """The item, if it is there and nothing uses it.

    A missing one is only an error where the model lists ResourceNotFoundException
    (docs/facts.md 2.2, "Delete idempotency").
    """
    item = call.store.find(kind, item_id)
    if item is None and "ResourceNotFoundException" in call.errors:
        raise errors.not_found(kind.name, item_id)
    if item is not None:
        references.check_unused(call, item)
    return item


def delete(call: Call, kind: Kind, item_id: str) -> None:
    item = find_to_delete(call, kind, item_id)
    if item is not None:
        del call.store.items[item.id]
        for job in [job for job in call.store.jobs.values() if job.list_id == item.id]:
            del call.store.jobs[job.id]


def list_items(call: Call, kind: Kind, request: Request) -> Answer:
    page = paging.page(call, request, call.store.of_kind(kind), key=lambda item: item.id)
    return page.answer(kind.list_member, [shown(call, item, kind.summary) for item in page.items])


def shown(call: Call, item: Item, shape: StructureShape) -> Answer:
    """What is read back: what the shape has of the item."""
    known: dict[str, Any] = {
        **item.members,
        item.kind.id_member: item.id,
        item.kind.arn_member: item.arn,
    }
    if call.settings.mail_manager_fills_defaults:
        known = defaults.filled(known)
    answer = {name: copy.deepcopy(known[name]) for name in shape.members if known.get(name) is not None}
    for name, member in shape.members.items():
        if member.type_name == "timestamp":
            answer[name] = item.created if name.startswith("Created") else item.updated
    return answer


def _check_name(call: Call, kind: Kind, members: Mapping[str, Any], this: Item | None) -> None:
    """Two of one name: refused for every kind (docs/facts.md 2.1, "apparently"; assumed)."""
    name = members.get(kind.name_member) if kind.name_member else None
    if name is None:
        return
    # Also one that is going: an archive keeps its name while its deletion is pending
    # (AWS's agent instructions, skills/aws-mail-manager); ingress points assumed.
    for other in call.store.of_kind(kind):
        if other is not this and other.name == name:
            raise errors.conflict(f"{kind.name} with {kind.name_member} {name} already exists")
