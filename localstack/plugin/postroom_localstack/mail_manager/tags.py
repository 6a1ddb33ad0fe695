"""Tags of a resource, by its ARN (docs/facts.md 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import errors
from .call import Answer, Call, Request
from .store import Item

_LIMIT = 200  # [M] of TagList


def given(tags: Sequence[dict[str, str]] | None) -> dict[str, str]:
    """The tags of a request; that a key stands only once and is not AWS's is assumed."""
    found: dict[str, str] = {}
    for tag in tags or ():
        if tag["Key"] in found:
            raise errors.validation(f"Duplicate tag key: {tag['Key']}")
        if tag["Key"].lower().startswith("aws:"):
            raise errors.validation(f"Tag keys must not start with aws: {tag['Key']}")
        found[tag["Key"]] = tag["Value"]
    return found


def list_tags(call: Call, request: Request) -> Answer:
    item = _tagged(call, request)
    # Sorted, which is not the order they were given in: AWS promises none.
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(item.tags.items())]}


def tag(call: Call, request: Request) -> Answer:
    item = _tagged(call, request)
    tags = {**item.tags, **given(request["Tags"])}
    if len(tags) > _LIMIT:
        raise errors.quota(f"A resource has at most {_LIMIT} tags")
    item.tags = tags
    return {}


def untag(call: Call, request: Request) -> Answer:
    item = _tagged(call, request)
    for key in request["TagKeys"]:
        item.tags.pop(key, None)
    return {}


def _tagged(call: Call, request: Request) -> Item:
    """One of another account or region is not found either (assumed)."""
    arn: Any = request["ResourceArn"]
    item = call.store.by_arn(arn)
    if item is None:
        raise errors.not_found("Resource", arn)
    return item
