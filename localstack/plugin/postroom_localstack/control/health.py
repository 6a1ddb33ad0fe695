"""Health that means something: our package is in place and warm.

LocalStack only logs a plugin that fails to load, and then answers as if nothing
were missing (LocalStack 4.9.2 as tried).
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

LOG = logging.getLogger(__name__)

# One cheap call per service loads its provider, parser and serializer.
_TOUCHES = {
    "s3": "list_buckets",
    "kms": "list_keys",
    "sns": "list_topics",
    "iam": "list_roles",
    "sts": "get_caller_identity",
    "lambda": "list_functions",
    "secretsmanager": "list_secrets",
    "ses": "list_receipt_filters",
    "mailmanager": "list_relays",
}
# The pid tells the starter that it is its own process that answers.
_state: dict[str, Any] = {"status": "starting", "pid": os.getpid()}


def report() -> tuple[int, dict[str, Any]]:
    """HTTP status and body of ``/_test/health``."""
    return (200 if _state["status"] == "ok" else 503), dict(_state)


def start_warm_up() -> None:
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    try:
        _touch_all()
        _check_ses()
    except Exception as error:  # reported, not swallowed: start waits for it
        LOG.exception("warm-up failed")
        _state.update(status="failed", error=f"{type(error).__name__}: {error}")
    else:
        _state.update(status="ok", services=sorted(_TOUCHES))


def _touch_all() -> None:
    from localstack.aws.connect import connect_to
    from localstack.aws.spec import get_service_catalog

    # Built from a file; the first request from outside would do it otherwise.
    get_service_catalog().by_signing_name("ses")
    for service, operation in _TOUCHES.items():
        client = connect_to.get_client(
            service,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="test",
        )
        getattr(client, operation)()


def _check_ses() -> None:
    """LocalStack's own provider would answer receipt calls as well, only wrongly."""
    from localstack.services.plugins import SERVICE_PLUGINS

    from ..ses.provider import ReceiptProvider

    provider = SERVICE_PLUGINS.require("ses")._provider
    if not isinstance(provider, ReceiptProvider):
        raise RuntimeError(f"SES is served by {type(provider).__name__}")
