"""Defaults that the documents name, filled in where a request left them out.

Whether Mail Manager reads them back is not known (docs/facts.md 2): with the setting
``mail_manager_fills_defaults`` it does, so that both answers can be tried.
"""

from __future__ import annotations

from typing import Any

# [M]: "The default value is UTF-8", "The default value is CONTENT". DROP is the default
# in AWS's agent instructions (skills/aws-mail-manager); that of MailFrom is assumed.
_FAILURE = {"ActionFailurePolicy": "DROP"}
_OF_ACTION: dict[str, dict[str, Any]] = {
    "Relay": {**_FAILURE, "MailFrom": "REPLACE"},
    "Archive": _FAILURE,
    "WriteToS3": _FAILURE,
    "Send": _FAILURE,
    "DeliverToMailbox": _FAILURE,
    "DeliverToQBusiness": _FAILURE,
    "PublishToSns": {**_FAILURE, "Encoding": "UTF-8", "PayloadType": "CONTENT"},
    "Bounce": _FAILURE,
    "InvokeLambda": _FAILURE,
}


def filled(members: dict[str, Any]) -> dict[str, Any]:
    """A copy of an item's members; only rules have defaults that are filled in."""
    if "Rules" not in members:
        return members
    return {**members, "Rules": [_rule(rule) for rule in members["Rules"]]}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    actions = [
        {name: {**_OF_ACTION.get(name, {}), **action} for name, action in each.items()}
        for each in rule["Actions"]
    ]
    return {"Conditions": [], "Unless": [], **rule, "Actions": actions}
