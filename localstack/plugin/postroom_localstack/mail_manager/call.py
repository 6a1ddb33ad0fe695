"""One request on its way: who asks, where, and what is kept there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localstack.aws.api import RequestContext

from ..control import settings
from . import errors
from .kinds import Kind
from .store import Item, Store, store_of


@dataclass(frozen=True)
class Call:
    operation: str
    account: str
    region: str
    partition: str
    # Where the client reached the emulator.
    url: str
    store: Store
    settings: settings.Settings
    # Codes of the errors that the model lists for the operation.
    errors: frozenset[str]

    @classmethod
    def of(cls, context: RequestContext) -> Call:
        return cls(
            operation=context.operation.name,
            account=context.account_id,
            region=context.region,
            partition=context.partition,
            url=context.request.host_url.rstrip("/"),
            store=store_of(context.account_id, context.region),
            settings=settings.of(context.account_id),
            errors=frozenset(shape.name for shape in context.operation.error_shapes),
        )

    def arn(self, kind: Kind, item_id: str) -> str:
        return kind.arn(self.partition, self.region, self.account, item_id)

    def item(self, kind: Kind, item_id: str) -> Item:
        found = self.store.find(kind, item_id)
        if found is None:
            raise errors.not_found(kind.name, item_id)
        return found


Request = dict[str, Any]
Answer = dict[str, Any]
