"""The dispatch table: which function does which operation.

Most of it follows from the kinds. An operation that is in no table (archive searches,
exports and messages) is answered with 501 by LocalStack.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from localstack.aws.api import RequestContext

from . import addresses, archives, crud, errors, imports, ingress_points, tags, validation
from .call import Answer, Call, Request
from .kinds import ARCHIVE, INGRESS_POINT, KINDS, Kind
from .model import service_model

Handler = Callable[[Call, Request], Answer]


def table() -> dict[str, Callable[[RequestContext, Request], Answer]]:
    """By operation, as LocalStack's skeleton wants it."""
    return {name: partial(_perform, handler) for name, handler in handlers().items()}


def handlers() -> dict[str, Handler]:
    found: dict[str, Handler] = {}
    for kind in KINDS:
        found |= _usual(kind)
    return found | _UNUSUAL


def _usual(kind: Kind) -> dict[str, Handler]:
    """Of the five, those that the model has for the kind."""
    usual = {
        f"Create{kind.name}": partial(_create, kind),
        f"Get{kind.name}": partial(_get, kind),
        f"Update{kind.name}": partial(_update, kind),
        f"Delete{kind.name}": partial(_delete, kind),
        f"List{kind.plural}": partial(_list, kind),
    }
    return {name: handler for name, handler in usual.items() if name in service_model().operation_names}


def _create(kind: Kind, call: Call, request: Request) -> Answer:
    """Only the id is answered (docs/facts.md 2)."""
    return {kind.id_member: crud.create(call, kind, request).id}


def _get(kind: Kind, call: Call, request: Request) -> Answer:
    return crud.shown(call, call.item(kind, request[kind.id_member]), kind.output)


def _update(kind: Kind, call: Call, request: Request) -> Answer:
    crud.update(call, kind, request)
    return {}


def _delete(kind: Kind, call: Call, request: Request) -> Answer:
    crud.delete(call, kind, request[kind.id_member])
    return {}


def _list(kind: Kind, call: Call, request: Request) -> Answer:
    return crud.list_items(call, kind, request)


_UNUSUAL: dict[str, Handler] = {
    f"Create{ARCHIVE.name}": archives.create,
    f"Update{ARCHIVE.name}": archives.update,
    f"Delete{ARCHIVE.name}": archives.delete,
    f"Create{INGRESS_POINT.name}": ingress_points.create,
    f"Update{INGRESS_POINT.name}": ingress_points.update,
    f"Delete{INGRESS_POINT.name}": ingress_points.delete,
    f"Get{INGRESS_POINT.name}": ingress_points.get,
    f"List{INGRESS_POINT.plural}": ingress_points.list_points,
    "RegisterMemberToAddressList": addresses.register,
    "DeregisterMemberFromAddressList": addresses.deregister,
    "GetMemberOfAddressList": addresses.get,
    "ListMembersOfAddressList": addresses.list_members,
    "CreateAddressListImportJob": imports.create,
    "StartAddressListImportJob": imports.start,
    "StopAddressListImportJob": imports.stop,
    "GetAddressListImportJob": imports.get,
    "ListAddressListImportJobs": imports.list_jobs,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.list_tags,
}


def _perform(handler: Handler, context: RequestContext, request: Request) -> Answer:
    """Check the request, let time pass, act; one operation of an account at a time."""
    given = _without_nulls(request or {})
    operation = service_model().operation_model(context.operation.name)
    validation.check(operation.input_shape, given)
    call = Call.of(context)
    with call.store.lock:
        _settle(call)
        return _once(handler, call, given)


def _without_nulls(value: Any) -> Any:
    """A member that is null was not given; nulls in lists stay, to be refused."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _settle(call: Call) -> None:
    settings = call.settings
    ingress_points.settle(
        call.store,
        {
            ingress_points.PROVISIONING: settings.ingress_provisioning_seconds,
            ingress_points.UPDATING: settings.ingress_updating_seconds,
            ingress_points.DEPROVISIONING: settings.ingress_deprovisioning_seconds,
        },
    )
    archives.settle(call.store, settings.archive_pending_seconds)
    imports.settle(call.store, settings.import_seconds)


def _once(handler: Handler, call: Call, request: Request) -> Answer:
    """[M] ClientToken: "recognize subsequent retries of the same request".

    The same token with another request is a conflict (assumed); tokens are remembered
    for as long as the emulator runs, also when what they made is gone (assumed).
    """
    token = request.get("ClientToken")
    if token is None:
        return handler(call, request)
    # A digest, because a request may have a password in it.
    text = json.dumps(request, sort_keys=True, default=str)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    known = call.store.tokens.get((call.operation, token))
    if known is None:
        answer = handler(call, request)
        call.store.tokens[(call.operation, token)] = (fingerprint, answer)
        return answer
    if known[0] != fingerprint:
        raise errors.conflict("The ClientToken was used with other parameters")
    return known[1]
