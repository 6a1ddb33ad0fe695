"""IP filters (docs/facts.md 1.2 and 1.3)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from . import errors, names

_DIGITS = re.compile(r"[0-9]{1,3}")


def check(receipt_filter: Mapping[str, Any]) -> None:
    names.check("filterName", "filter.name", receipt_filter.get("Name"))
    ip_filter = receipt_filter.get("IpFilter")
    if ip_filter is None:
        raise errors.validation("filter.ipFilter", None, "Member must not be null")
    policy = ip_filter.get("Policy")
    if policy not in ("Block", "Allow"):
        raise errors.validation(
            "filter.ipFilter.policy",
            policy,
            "Member must satisfy enum value set: [Block, Allow]",
        )
    cidr = ip_filter.get("Cidr")
    if cidr is None:
        raise errors.validation("filter.ipFilter.cidr", None, "Member must not be null")
    if not is_cidr(cidr):
        raise errors.invalid_parameter(f"Invalid CIDR block: {cidr}")


def is_cidr(text: str) -> bool:
    """One address or a block; no zone id, brackets or IPv4-mapped address (probed).

    Whether bits behind the prefix may be set is not known: taken (assumed).
    """
    address, slash, length = text.partition("/")
    if slash and not _DIGITS.fullmatch(length):
        return False
    if "%" in address:
        return False
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return mapped is None and not address.lower().startswith("::ffff:")
