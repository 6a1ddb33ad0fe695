"""Members of address lists (ses/latest/dg/address-lists.html)."""

from __future__ import annotations

import re

from . import errors, paging
from .call import Answer, Call, Request
from .kinds import ADDRESS_LIST
from .store import Item, now

# "A maximum of 100,000 addresses per Address List is supported."
LIMIT = 100_000
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"
# "When * is in the domain, the subdomain level can be 2 to 9 excluding the *."
_UNDER_WILDCARD = rf"\*\.{_LABEL}(?:\.{_LABEL}){{1,8}}"
# "When * is in the local part, the local part can be zero or 3 to 19 characters."
_LOCAL = r"[^\s@*]+"
_FORMS = re.compile(
    # "@example.com" is in AWS's agent instructions (skills/aws-mail-manager).
    rf"(?:{_LOCAL}|\*|[^\s@*]{{3,19}}\*)?@{_DOMAIN}|{_LOCAL}@{_UNDER_WILDCARD}|{_DOMAIN}|{_UNDER_WILDCARD}"
)


def is_address(text: str) -> bool:
    """The forms of the guide; that the API checks them, as the console does, is assumed."""
    return 3 <= len(text) <= 320 and _FORMS.fullmatch(text) is not None


def add(item: Item, address: str) -> bool:
    """False if the list is full.

    A member already: nothing changes (the operation is idempotent in the model).
    Letters keep their case and make a difference (assumed).
    """
    if address not in item.addresses:
        if len(item.addresses) >= LIMIT:
            return False
        item.addresses[address] = item.updated = now()
    return True


def register(call: Call, request: Request) -> Answer:
    item = _list(call, request)
    if not is_address(request["Address"]):
        raise errors.validation("1 validation error detected: Value at 'address' is not an address")
    if not add(item, request["Address"]):
        raise errors.quota(f"An address list has at most {LIMIT} members")
    return {}


def deregister(call: Call, request: Request) -> Answer:
    """Not a member: nothing changes (idempotent in the model; assumed)."""
    item = _list(call, request)
    if item.addresses.pop(request["Address"], None) is not None:
        item.updated = now()
    return {}


def get(call: Call, request: Request) -> Answer:
    item = _list(call, request)
    since = item.addresses.get(request["Address"])
    if since is None:
        raise errors.not_found("Address", request["Address"])
    return {"Address": request["Address"], "CreatedTimestamp": since}


def list_members(call: Call, request: Request) -> Answer:
    item = _list(call, request)
    prefix = (request.get("Filter") or {}).get("AddressPrefix") or ""
    found = sorted(address for address in item.addresses if address.startswith(prefix))
    page = paging.page(call, request, found, key=str)
    shown = [{"Address": address, "CreatedTimestamp": item.addresses[address]} for address in page.items]
    return page.answer("Addresses", shown)


def _list(call: Call, request: Request) -> Item:
    return call.item(ADDRESS_LIST, request["AddressListId"])
