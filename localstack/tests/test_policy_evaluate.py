"""Documents, principals and several documents together; no server."""

from __future__ import annotations

import unittest
from typing import Any

from postroom_localstack.policy.access import RolePolicies, role_may, role_may_use_key
from postroom_localstack.policy.document import DocumentError, load
from postroom_localstack.policy.evaluate import (
    Decision,
    Request,
    evaluate,
    evaluate_identity,
)
from postroom_localstack.policy.principal import Principal
from postroom_localstack.policy.public import is_public

ROLE = "arn:aws:iam::111122223333:role/path/mail"
SES = Principal.of_service("ses.amazonaws.com")
SESSION = Principal.of_role(ROLE, "session")
OBJECT = "arn:aws:s3:::bucket/in/x"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(**members: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::bucket/*",
        **members,
    }


def ask(
    raw: dict[str, Any],
    who: Principal = SES,
    action: str = "s3:PutObject",
    resource: str = OBJECT,
    **context: str,
) -> Decision:
    keys = {"aws:" + name: (value,) for name, value in context.items()}
    return evaluate(load(raw), Request(who, action, resource, keys))


class Evaluate(unittest.TestCase):
    def test_allow_and_nothing(self) -> None:
        self.assertIs(Decision.ALLOW, ask(policy(statement())))
        self.assertIs(Decision.NOTHING, ask(policy()))
        self.assertIs(Decision.NOTHING, ask(policy(statement()), action="s3:GetObject"))
        self.assertIs(Decision.NOTHING, ask(policy(statement()), resource="arn:aws:s3:::b/x"))

    def test_deny_wins_in_any_order(self) -> None:
        deny = statement(Effect="Deny", Principal="*")
        self.assertIs(Decision.DENY, ask(policy(statement(), deny)))
        self.assertIs(Decision.DENY, ask(policy(deny, statement())))

    def test_forms_that_mean_the_same(self) -> None:
        for raw in (
            {"Version": "2012-10-17", "Statement": statement()},
            policy(statement(Principal={"Service": ["x.amazonaws.com", "SES.amazonaws.com"]})),
            policy(statement(Action=["s3:GetObject", "S3:putobject"])),
            policy(statement(Action="s3:Put*")),
            policy(statement(Resource=["arn:aws:s3:::other", "arn:aws:s3:::bucket/i?/*"])),
            policy(statement(Principal="*")),
            policy(statement(Principal={"AWS": "*"})),
        ):
            self.assertIs(Decision.ALLOW, ask(raw), raw)

    def test_resources_are_case_sensitive(self) -> None:
        self.assertIs(
            Decision.NOTHING, ask(policy(statement(Resource="arn:aws:s3:::BUCKET/*")))
        )

    def test_not_elements(self) -> None:
        others = statement(NotAction="s3:GetObject")
        del others["Action"]
        self.assertIs(Decision.ALLOW, ask(policy(others)))
        self.assertIs(Decision.NOTHING, ask(policy(others), action="s3:GetObject"))
        elsewhere = statement(Effect="Deny", NotResource="arn:aws:s3:::bucket/in/*")
        del elsewhere["Resource"]
        both = policy(statement(), elsewhere)
        self.assertIs(Decision.ALLOW, ask(both))
        self.assertIs(Decision.DENY, ask(both, resource="arn:aws:s3:::bucket/out/x"))
        only_lambda = statement(Effect="Deny", NotPrincipal={"Service": "lambda.amazonaws.com"})
        del only_lambda["Principal"]
        self.assertIs(Decision.DENY, ask(policy(statement(), only_lambda)))
        only_ses = statement(Effect="Deny", NotPrincipal={"Service": "ses.amazonaws.com"})
        del only_ses["Principal"]
        self.assertIs(Decision.ALLOW, ask(policy(statement(), only_ses)))

    def test_conditions_are_combined_with_and(self) -> None:
        raw = policy(
            statement(
                Condition={
                    "StringEquals": {"aws:SourceAccount": ["1", "2"]},
                    "Bool": {"aws:SecureTransport": True},
                }
            )
        )
        self.assertIs(Decision.ALLOW, ask(raw, sourceaccount="2", securetransport="true"))
        self.assertIs(Decision.NOTHING, ask(raw, sourceaccount="2", securetransport="false"))
        self.assertIs(Decision.NOTHING, ask(raw, sourceaccount="3", securetransport="true"))
        self.assertIs(Decision.NOTHING, ask(raw, sourceaccount="2"))

    def test_a_deny_for_other_organizations_hits_a_service(self) -> None:
        deny = statement(
            Effect="Deny",
            Principal="*",
            Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        )
        self.assertIs(Decision.DENY, ask(policy(statement(), deny)))
        deny["Condition"]["Bool"] = {"aws:PrincipalIsAWSService": "false"}
        self.assertIs(
            Decision.ALLOW, ask(policy(statement(), deny), principalisawsservice="true")
        )

    def test_an_account_delegates(self) -> None:
        for account in ("111122223333", "arn:aws:iam::111122223333:root"):
            raw = policy(statement(Principal={"AWS": account}))
            self.assertIs(Decision.DELEGATE, ask(raw, SESSION))
            self.assertIs(Decision.NOTHING, ask(raw, SES))
            root = Principal.of_arn("arn:aws:iam::111122223333:root")
            self.assertIs(Decision.ALLOW, ask(raw, root))
            deny = policy(statement(Effect="Deny", Principal={"AWS": account}))
            self.assertIs(Decision.DENY, ask(deny, SESSION))

    def test_a_role_or_its_session(self) -> None:
        session = "arn:aws:sts::111122223333:assumed-role/mail/session"
        for member in (ROLE, session):
            raw = policy(statement(Principal={"AWS": ["444455556666", member]}))
            self.assertIs(Decision.ALLOW, ask(raw, SESSION))
        other = policy(statement(Principal={"AWS": ROLE + "2"}))
        self.assertIs(Decision.NOTHING, ask(other, SESSION))

    def test_without_resource_only_trust_works(self) -> None:
        bare = statement(Action=["sts:AssumeRole", "kms:Decrypt"])
        del bare["Resource"]
        self.assertIs(Decision.ALLOW, ask(policy(bare), action="sts:AssumeRole", resource=ROLE))
        self.assertIs(Decision.NOTHING, ask(policy(bare), action="kms:Decrypt", resource="k"))

    def test_not_documents(self) -> None:
        for text in ("", "{}"):
            self.assertEqual((), load(text).statements)
        for text in ("[]", "{", '{"Statement": "x"}', '{"Statement": ["x"]}'):
            with self.assertRaises(DocumentError):
                load(text)


class Roles(unittest.TestCase):
    """Same account: either side; other account: both; keys: the key policy first."""

    OWN, OTHER = "111122223333", "444455556666"

    def may(self, identity: Any, resource: Any, owner: str, boundary: Any = None) -> bool:
        role = RolePolicies((load(identity),), load(boundary) if boundary else None)
        request = Request(SESSION, "s3:PutObject", OBJECT, {})
        return role_may(role, load(resource), request, owner)

    def may_key(self, identity: Any, key: Any, owner: str) -> bool:
        role = RolePolicies((load(identity),))
        request = Request(SESSION, "kms:Decrypt", "arn:aws:kms:r:1:key/k", {})
        return role_may_use_key(role, load(key), request, owner)

    def test_buckets(self) -> None:
        mine = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
        denied = policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
        named = policy(statement(Principal={"AWS": ROLE}))
        account = policy(statement(Principal={"AWS": self.OWN}))
        refused = policy(statement(Effect="Deny", Principal={"AWS": ROLE}))
        nothing = policy()
        for expected, identity, resource, owner in (
            (True, mine, nothing, self.OWN),
            (True, nothing, named, self.OWN),
            (False, nothing, account, self.OWN),
            (False, nothing, nothing, self.OWN),
            (False, mine, refused, self.OWN),
            (False, denied, named, self.OWN),
            (False, mine, nothing, self.OTHER),
            (False, nothing, named, self.OTHER),
            (True, mine, named, self.OTHER),
            (True, mine, account, self.OTHER),
        ):
            self.assertIs(expected, self.may(identity, resource, owner), (identity, resource))
        self.assertTrue(self.may(mine, nothing, self.OWN, boundary=mine))
        reads = policy({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
        self.assertFalse(self.may(mine, nothing, self.OWN, boundary=reads))

    def test_keys(self) -> None:
        mine = policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*"})
        denied = policy({"Effect": "Deny", "Action": "kms:*", "Resource": "*"})

        def key(member: str) -> Any:
            return policy(statement(Principal={"AWS": member}, Action="kms:*", Resource="*"))

        nothing = policy()
        for expected, identity, document, owner in (
            (True, mine, key(self.OWN), self.OWN),
            (False, nothing, key(self.OWN), self.OWN),
            (True, nothing, key(ROLE), self.OWN),
            (False, denied, key(ROLE), self.OWN),
            (False, mine, nothing, self.OWN),
            (False, mine, key(self.OTHER), self.OWN),
            (False, nothing, key(ROLE), self.OTHER),
            (True, mine, key(ROLE), self.OTHER),
            (True, mine, key(self.OWN), self.OTHER),
        ):
            self.assertIs(expected, self.may_key(identity, document, owner))

    def test_identity_policies_have_no_principal(self) -> None:
        raw = policy({"Effect": "Allow", "Action": "s3:Put*", "Resource": "arn:aws:s3:::bucket/*"})
        request = Request(SESSION, "s3:PutObject", OBJECT, {})
        self.assertIs(Decision.ALLOW, evaluate_identity([load(raw)], request))
        self.assertIs(Decision.NOTHING, evaluate(load(raw), request))


class Public(unittest.TestCase):
    def test_public(self) -> None:
        everybody = statement(Principal="*")
        self.assertTrue(is_public(load(policy(everybody))))
        self.assertTrue(is_public(load(policy(statement(Principal={"AWS": ["1", "*"]})))))
        self.assertFalse(is_public(load(policy(statement()))))
        self.assertFalse(is_public(load(policy(statement(Principal="*", Effect="Deny")))))

    def test_limited(self) -> None:
        for expected, condition in (
            (False, {"StringEquals": {"aws:SourceAccount": "111122223333"}}),
            (False, {"ArnLike": {"aws:SourceArn": "arn:aws:ses:*:111122223333:*"}}),
            (True, {"ArnLike": {"aws:SourceArn": "arn:aws:ses:*:*:*"}}),
            (True, {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}),
            (True, {"StringEquals": {"aws:Referer": "111122223333"}}),
            (True, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        ):
            raw = policy(statement(Principal="*", Condition=condition))
            self.assertIs(expected, is_public(load(raw)), condition)
