"""The service model that requests are parsed with, checked against and answered by.

The one in LocalStack's botocore is older than what postroom speaks, and the parser
drops members that it does not know without a word: rule actions, TlsPolicy, mutual
TLS (LocalStack 4.9.2 as tried). ``emulator setup`` fetches a newer one.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import ServiceModel

SERVICE = "mailmanager"
TARGET = "MailManagerSvc"


@cache
def service_model() -> ServiceModel:
    """The model that ``emulator setup`` put under POSTROOM_MODELS."""
    return ServiceModel(_read(), SERVICE)


@cache
def wire_model() -> ServiceModel:
    """The same, with unions as plain structures: for LocalStack's parser.

    It knows unions and answers a wrong one with an internal error, which clients retry
    (LocalStack 4.9.2 as tried); ``validation`` refuses it as AWS does.
    """
    described = _read()
    for shape in described["shapes"].values():
        shape.pop("union", None)
    return ServiceModel(described, SERVICE)


def _read() -> dict[str, Any]:
    root = Path(os.environ["POSTROOM_MODELS"])
    (path,) = root.glob(f"{SERVICE}/*/service-2.json.gz")
    with gzip.open(path) as file:
        return dict(json.load(file))
