"""What one policy document says to one request, and several of them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from . import match
from .conditions import Context, holds, substitute
from .document import Document, Statement
from .principal import Match, Principal, relation


class Decision(Enum):
    """The answer of one document."""

    NOTHING = "nothing"  # no statement applies: an implicit deny
    DELEGATE = "delegate"  # the caller's account may decide, with identity policies
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True)
class Request:
    """One use of one action on one resource."""

    principal: Principal
    action: str
    resource: str
    context: Context


def evaluate(document: Document, request: Request) -> Decision:
    """A resource policy: statements name their principals. Deny wins."""
    decision = Decision.NOTHING
    for statement in document.statements:
        relates = _relation(statement, request)
        if relates is Match.NONE or not _applies(document, statement, request):
            continue
        if statement.effect == "Deny":
            return Decision.DENY
        if relates is Match.DIRECT:
            decision = Decision.ALLOW
        elif decision is Decision.NOTHING:
            decision = Decision.DELEGATE
    return decision


def evaluate_identity(documents: Iterable[Document], request: Request) -> Decision:
    """Identity policies: the principal is who they are attached to. Deny wins."""
    decision = Decision.NOTHING
    for document in documents:
        for statement in document.statements:
            if not _applies(document, statement, request):
                continue
            if statement.effect == "Deny":
                return Decision.DENY
            decision = Decision.ALLOW
    return decision


def _relation(statement: Statement, request: Request) -> Match:
    """A Deny for an account binds all its members, an Allow only delegates."""
    if statement.not_principals is not None:
        named = relation(statement.not_principals, request.principal)
        return Match.DIRECT if named is Match.NONE else Match.NONE
    if statement.principals is None:
        return Match.NONE
    return relation(statement.principals, request.principal)


def _applies(document: Document, statement: Statement, request: Request) -> bool:
    if statement.effect not in ("Allow", "Deny"):
        return False
    variables = document.version == "2012-10-17"
    return (
        _action_applies(statement, request.action)
        and _resource_applies(statement, request, variables)
        and all(holds(item, request.context, variables) for item in statement.conditions)
    )


def _action_applies(statement: Statement, action: str) -> bool:
    if statement.actions is not None:
        return any(match.action(pattern, action) for pattern in statement.actions)
    if statement.not_actions is not None:
        return not any(match.action(pattern, action) for pattern in statement.not_actions)
    return False


def _resource_applies(statement: Statement, request: Request, variables: bool) -> bool:
    def among(patterns: tuple[str, ...]) -> bool:
        for pattern in patterns:
            filled = substitute(pattern, request.context) if variables else pattern
            if filled is not None and match.resource(filled, request.resource):
                return True
        return False

    if statement.resources is not None:
        return among(statement.resources)
    if statement.not_resources is not None:
        return not among(statement.not_resources)
    # A trust policy has no resource element: its resource is the role. Elsewhere a
    # statement without one has no effect, as KMS accepts it (docs/facts.md 4.1).
    return request.action.lower().startswith("sts:")
