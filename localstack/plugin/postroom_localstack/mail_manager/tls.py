"""TlsPolicy of ingress points.

[M]: "The FIPS value is only valid in US and Canada regions", "Only ingress endpoints
using REQUIRED or OPTIONAL as TlsPolicy can be updated". AWS's agent instructions
(skills/aws-mail-manager): left out it is FIPS there and REQUIRED elsewhere; OPTIONAL is
for OPEN and for AUTH in a private network. All codes are assumed.
"""

from __future__ import annotations

from . import errors

FIPS, REQUIRED, OPTIONAL = "FIPS", "REQUIRED", "OPTIONAL"


def chosen(given: str | None, kind: str, private: bool, region: str) -> str:
    """The policy of a new ingress point."""
    in_america = region.startswith(("us-", "ca-"))
    policy = given or (FIPS if in_america else REQUIRED)
    if policy == FIPS and not in_america:
        raise errors.validation(f"TlsPolicy FIPS is not available in {region}")
    _check_optional(policy, kind, private)
    return policy


def check_change(before: str, after: str, kind: str, private: bool) -> None:
    if FIPS in (before, after):
        raise errors.validation(f"TlsPolicy cannot be changed from {before} to {after}")
    _check_optional(after, kind, private)


def _check_optional(policy: str, kind: str, private: bool) -> None:
    if policy == OPTIONAL and not (kind == "OPEN" or (kind == "AUTH" and private)):
        place = "a private" if private else "a public"
        raise errors.validation(f"TlsPolicy OPTIONAL is not available for {kind} in {place} network")
