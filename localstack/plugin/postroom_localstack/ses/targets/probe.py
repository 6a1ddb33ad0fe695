"""The request SES makes of a target, as policies see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from ...control import settings
from ...policy.document import Document
from ...policy.evaluate import Decision, Request, evaluate
from ...policy.principal import Principal

SERVICE = "ses.amazonaws.com"
SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"

_Keys = dict[str, Sequence[str]]


@dataclass(frozen=True)
class Probe:
    """The rule on whose behalf SES asks."""

    account: str
    region: str
    partition: str
    rule_set: str
    rule: str

    @property
    def rule_arn(self) -> str:
        """Built from names; SES returns it nowhere (docs/facts.md 1)."""
        return (
            f"arn:{self.partition}:ses:{self.region}:{self.account}"
            f":receipt-rule-set/{self.rule_set}:receipt-rule/{self.rule}"
        )

    def service_context(self, owner: str) -> _Keys:
        """Keys of a request SES makes itself."""
        return {
            **_common(owner),
            # That SES tells the organization is assumed: the page of the key leaves that to each service.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
            **_organization("aws:sourceorgid", self.account),
            # That the probe carries the rule's ARN is implied by the documents,
            # not proven (docs/facts.md 1.4).
            "aws:sourceaccount": (self.account,),
            "aws:sourcearn": (self.rule_arn,),
            # The legacy account checks of bucket and topic policies. Whether SES
            # still sends a Referer is open (docs/facts.md P000-1): assumed.
            "aws:referer": (self.account,),
            "aws:sourceowner": (self.account,),
            "aws:principalisawsservice": ("true",),
            "aws:principalservicename": (SERVICE,),
            "aws:principalservicenameslist": (SERVICE,),
        }

    def role_context(self, role_arn: str, owner: str) -> _Keys:
        """Keys of a request made with the role: it is the role who asks (assumed)."""
        account = role_arn.split(":")[4]
        return {
            **_common(owner),
            **_organization("aws:principalorgid", account),
            "aws:principalarn": (role_arn,),
            "aws:principalaccount": (account,),
            "aws:principaltype": ("AssumedRole",),
            "aws:principalisawsservice": ("false",),
        }

    def encryption_context(self) -> _Keys:
        """What SES encrypts a message key with (docs/facts.md P001-4, CDK)."""
        pairs = {
            "aws:ses:rule-name": self.rule,
            "aws:ses:message-id": SETUP_NOTIFICATION,
            "aws:ses:source-account": self.account,
        }
        keys: _Keys = {f"kms:encryptioncontext:{name}": (value,) for name, value in pairs.items()}
        keys["kms:encryptioncontextkeys"] = tuple(pairs)
        return keys

    def service_may(
        self, document: Document, action: str, resource: str, owner: str, **more: Sequence[str]
    ) -> bool:
        """Whether a resource policy lets SES itself do something."""
        context = {**self.service_context(owner), **more}
        request = Request(Principal.of_service(SERVICE), action, resource, context)
        return evaluate(document, request) is Decision.ALLOW


def _common(owner: str) -> _Keys:
    now = datetime.now(timezone.utc)
    return {
        "aws:securetransport": ("true",),
        "aws:viaawsservice": ("false",),
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:resourceaccount": (owner,),
        **_organization("aws:resourceorgid", owner),
    }


def _organization(key: str, account: str) -> _Keys:
    """An account that is in none does not bring the key."""
    found = settings.of(account).organization
    return {key: (found,)} if found else {}
