"""The service model that requests are parsed with, checked against and answered by.

The one in LocalStack's botocore is older than what postroom speaks, and the parser
drops members that it does not know without a word: rule actions, TlsPolicy, mutual
TLS (docs of LocalStack 4.9.2 as tried). ``emulator setup`` fetches a newer one.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path

from botocore.model import ServiceModel

SERVICE = "mailmanager"
TARGET = "MailManagerSvc"


@cache
def service_model() -> ServiceModel:
    """The model that setup.py of the command line put under POSTROOM_MODELS."""
    root = Path(os.environ["POSTROOM_MODELS"])
    (path,) = root.glob(f"{SERVICE}/*/service-2.json.gz")
    with gzip.open(path) as file:
        return ServiceModel(json.load(file), SERVICE)
