"""Access of a role: its own policies, the resource's, and the account border."""

from __future__ import annotations

from dataclasses import dataclass

from .document import Document
from .evaluate import Decision, Request, evaluate, evaluate_identity


@dataclass(frozen=True)
class RolePolicies:
    """What is attached to a role."""

    inline_and_attached: tuple[Document, ...]
    boundary: Document | None = None


def role_may(
    role: RolePolicies, resource_policy: Document, request: Request, owner: str
) -> bool:
    """Bucket, topic and the like: in the same account either side may allow,
    across accounts both have to. An explicit Deny anywhere wins.
    """
    identity = _identity(role, request)
    resource = evaluate(resource_policy, request)
    if Decision.DENY in (identity, resource):
        return False
    if owner == request.principal.account:
        return identity is Decision.ALLOW or resource is Decision.ALLOW
    return identity is Decision.ALLOW and resource in (Decision.ALLOW, Decision.DELEGATE)


def role_may_use_key(
    role: RolePolicies, key_policy: Document, request: Request, owner: str
) -> bool:
    """Keys: nothing is allowed without the key policy; it names the role, or
    delegates to an account, whose identity policies then decide.
    """
    identity = _identity(role, request)
    key = evaluate(key_policy, request)
    if Decision.DENY in (identity, key):
        return False
    if key is Decision.ALLOW and owner == request.principal.account:
        return True
    return key in (Decision.ALLOW, Decision.DELEGATE) and identity is Decision.ALLOW


def _identity(role: RolePolicies, request: Request) -> Decision:
    """A permissions boundary allows nothing, it can only take away."""
    decision = evaluate_identity(role.inline_and_attached, request)
    if decision is Decision.ALLOW and role.boundary is not None:
        limit = evaluate_identity((role.boundary,), request)
        return limit if limit is not Decision.ALLOW else decision
    return decision
