"""Who may submit mail to an ingress point (docs/facts.md 2.3).

The password is kept nowhere: only versions of it are read back.
"""

from __future__ import annotations

import copy
import secrets
from datetime import timedelta
from typing import Any

from . import errors
from .store import now

Configuration = dict[str, Any]

# What each type of ingress point takes: AUTH is [M] "you must configure either an
# SMTP password or a secret ARN"; that the others are refused what is not theirs is in
# docs/facts.md 2.3 for OPEN and assumed for MTLS. Codes assumed.
_TAKES = {"OPEN": (), "AUTH": ("SmtpPassword", "SecretArn"), "MTLS": ("TlsAuthConfiguration",)}
# How long an earlier password is still taken: assumed.
_GRACE = timedelta(hours=24)


def check(kind: str, configuration: Configuration | None, new: bool) -> None:
    takes = _TAKES[kind]
    if configuration is None:
        if new and takes:
            raise errors.validation(f"IngressPointConfiguration is needed for the type {kind}: {' or '.join(takes)}")
        return
    (given,) = configuration
    if given not in takes:
        raise errors.validation(f"{given} is not taken for the type {kind}")
    if given == "TlsAuthConfiguration" and not configuration[given].get("TrustStore"):
        raise errors.validation("TlsAuthConfiguration has no TrustStore")


def kept(configuration: Configuration, before: Configuration | None) -> Configuration:
    """The configuration as it is read back, after ``before``."""
    if "SmtpPassword" not in configuration:
        return copy.deepcopy(configuration)
    password: dict[str, Any] = {"SmtpPasswordVersion": secrets.token_hex(16)}
    earlier = (before or {}).get("IngressPointPasswordConfiguration")
    if earlier is not None:
        password["PreviousSmtpPasswordVersion"] = earlier["SmtpPasswordVersion"]
        password["PreviousSmtpPasswordExpiryTimestamp"] = now() + _GRACE
    return {"IngressPointPasswordConfiguration": password}


def hide(answer: dict[str, Any], with_contents: bool) -> None:
    """[M]: "Use INCLUDE to retrieve trust store certificate and CRL contents".

    CAContent is required in the shape of the answer, so that the trust store is left out
    as a whole unless it has a key to show (assumed).
    """
    mutual = answer.get("IngressPointAuthConfiguration", {}).get("TlsAuthConfiguration")
    if mutual is None or with_contents:
        return
    store = mutual.pop("TrustStore")
    if "KmsKeyArn" in store:
        mutual["TrustStore"] = {"KmsKeyArn": store["KmsKeyArn"]}
