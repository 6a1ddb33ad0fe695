"""What ingress points do differently: states, authentication, network, TLS."""

from __future__ import annotations

import copy
import time

from . import authentication, crud, errors, tls
from .call import Answer, Call, Request
from .kinds import INGRESS_POINT
from .store import Item, Store, word

PROVISIONING, UPDATING, DEPROVISIONING = "PROVISIONING", "UPDATING", "DEPROVISIONING"
ACTIVE, CLOSED, FAILED = "ACTIVE", "CLOSED", "FAILED"
GONE = "GONE"  # after DEPROVISIONING; never shown
ENDPOINT_MISSING = "ASSOCIATED_VPC_ENDPOINT_DOES_NOT_EXIST"
# [M]: "If not specified, the default network type is IPv4-only."
_DEFAULT_NETWORK = {"PublicNetworkConfiguration": {"IpType": "IPV4"}}


def create(call: Call, request: Request) -> Answer:
    """Status cannot be set here, and CLOSED needs an update (docs/facts.md 2.3)."""
    given = dict(request)
    given.setdefault("NetworkConfiguration", copy.deepcopy(_DEFAULT_NETWORK))
    private = "PrivateNetworkConfiguration" in given["NetworkConfiguration"]
    given["TlsPolicy"] = tls.chosen(given.get("TlsPolicy"), given["Type"], private, call.region)
    configuration = given.pop("IngressPointConfiguration", None)
    authentication.check(given["Type"], configuration, new=True)
    item = crud.create(call, INGRESS_POINT, given)
    if configuration is not None:
        item.members["IngressPointAuthConfiguration"] = authentication.kept(configuration, None)
    item.members["ARecord"] = _record(given["TlsPolicy"])
    item.turn(PROVISIONING, _outcome(call, ACTIVE))
    return {"IngressPointId": item.id}


def update(call: Call, request: Request) -> Answer:
    given = dict(request)
    item = call.item(INGRESS_POINT, given["IngressPointId"])
    _refuse_while_moving(item)
    if item.state == FAILED:
        raise errors.conflict(f"IngressPoint {item.id} is in the state {FAILED}")  # assumed
    wanted = given.pop("StatusToUpdate", item.state)
    private = "PrivateNetworkConfiguration" in item.members["NetworkConfiguration"]
    if "TlsPolicy" in given:
        tls.check_change(item.members["TlsPolicy"], given["TlsPolicy"], item.members["Type"], private)
    configuration = given.pop("IngressPointConfiguration", None)
    authentication.check(item.members["Type"], configuration, new=False)
    crud.update(call, INGRESS_POINT, given)
    if configuration is not None:
        before = item.members["IngressPointAuthConfiguration"]
        item.members["IngressPointAuthConfiguration"] = authentication.kept(configuration, before)
    item.turn(UPDATING, _outcome(call, wanted))
    return {}


def delete(call: Call, request: Request) -> Answer:
    """It goes through DEPROVISIONING, and holds what it uses until it is gone."""
    item = crud.find_to_delete(call, INGRESS_POINT, request["IngressPointId"])
    if item is not None:
        _refuse_while_moving(item)
        item.turn(DEPROVISIONING, GONE)
    return {}


def get(call: Call, request: Request) -> Answer:
    item = call.item(INGRESS_POINT, request["IngressPointId"])
    answer = show(call, crud.shown(call, item, INGRESS_POINT.output), item)
    authentication.hide(answer, request.get("IncludeTrustStoreContents") == "INCLUDE")
    return answer


def list_points(call: Call, request: Request) -> Answer:
    answer = crud.list_items(call, INGRESS_POINT, request)
    for shown in answer[INGRESS_POINT.list_member]:
        show(call, shown, call.store.items[shown["IngressPointId"]])
    return answer


def show(call: Call, answer: Answer, item: Item) -> Answer:
    """With the status, where a missing VPC endpoint shows once nothing is under way (assumed).

    Mail Manager accepts an endpoint that does not exist, and LocalStack has no such
    endpoints to look up: which ones are missing is a setting.
    """
    private = item.members["NetworkConfiguration"].get("PrivateNetworkConfiguration", {})
    missing = private.get("VpcEndpointId") in call.settings.missing_vpc_endpoints
    answer["Status"] = ENDPOINT_MISSING if missing and item.state in (ACTIVE, CLOSED) else item.state
    return answer


def settle(store: Store, seconds: dict[str, float]) -> None:
    """Let what is under way arrive, if it has been for as long as its state takes."""
    for item in store.of_kind(INGRESS_POINT):
        if item.then and time.monotonic() - item.since >= seconds[item.state]:
            if item.then == GONE:
                del store.items[item.id]
            else:
                item.turn(item.then)


def _refuse_while_moving(item: Item) -> None:
    """Known of a delete while provisioning (docs/facts.md 2.2), assumed of the others."""
    if item.then:
        raise errors.conflict(f"IngressPoint {item.id} is in the state {item.state}")


def _outcome(call: Call, wanted: str) -> str:
    return FAILED if call.settings.ingress_points_fail else wanted


def _record(tls_policy: str) -> str:
    """As they are seen in public mail set-ups: brua3gww2w8z.fips.wmjb.mail-manager-smtp.amazonaws.com."""
    labels = [word(12), *(["fips"] if tls_policy == tls.FIPS else []), word(4)]
    return f"{'.'.join(labels)}.mail-manager-smtp.amazonaws.com"
