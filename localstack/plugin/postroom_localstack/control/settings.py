"""Per-account behaviour that tests switch on."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Settings:
    """Behaviour of SES and Mail Manager for one account."""

    # SES answers one request per second and throttles the rest (docs/facts.md 1.6).
    # Off by default: None. A test may set another rate to be quick.
    ses_requests_per_second: float | None = None
    # ListReceiptRuleSets has pages of 100 and at most 40 sets exist, so paging
    # shows only with a smaller page.
    rule_set_page_size: int = 100
    # Status of identities verified from now on.
    identity_status: str = "Success"
    # The organization that the account is in (``o-…``), as conditions of policies see it.
    organization: str | None = None

    # How long an ingress point is in each of its passing states; at AWS it is minutes
    # (docs/facts.md 2.2). A longer time keeps it there, and 0 lets it go on.
    ingress_provisioning_seconds: float = 0.2
    ingress_updating_seconds: float = 0.2
    ingress_deprovisioning_seconds: float = 0.2
    # Ingress points made or changed from now on end as FAILED.
    ingress_points_fail: bool = False
    # Ids of VPC endpoints that do not exist; all others do.
    missing_vpc_endpoints: list[str] = field(default_factory=list)
    # How long an archive is in the state PENDING_DELETION (docs/facts.md 2.2: 30 days).
    archive_pending_seconds: float = 30 * 24 * 3600
    # How long an import job of an address list is PROCESSING.
    import_seconds: float = 0.2
    # At most so many of a kind; None: what AWS documents, which is little.
    mail_manager_quota: int | None = None
    # Pages have at most so many; None: what the model allows.
    mail_manager_page_size: int | None = None
    # What rules and statements mention has to exist, which is assumed of AWS.
    mail_manager_checks_references: bool = True
    # Read back documented defaults that were not given, which AWS may or may not do.
    mail_manager_fills_defaults: bool = False


_lock = threading.Lock()
_settings: dict[str, Settings] = {}


def of(account: str) -> Settings:
    with _lock:
        return _settings.setdefault(account, Settings())


def change(account: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set the given members; raises ValueError for unknown ones."""
    unknown = set(body) - set(Settings.__dataclass_fields__)
    if unknown:
        raise ValueError(f"unknown members: {', '.join(sorted(unknown))}")
    settings = of(account)
    with _lock:
        for name, value in body.items():
            setattr(settings, name, value)
        return asdict(settings)
