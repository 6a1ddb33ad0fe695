"""IAM documents, AssumeRole and secrets."""

from __future__ import annotations

import json
from typing import Any

from .harness import Account, EmulatorTest, client, document


def trust(*principals: str, **members: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
        **members,
    }


def allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", **members}


class Documents(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.iam = self.account.client("iam")
        self.account.role()

    def update_trust(self, *statements: dict[str, Any]) -> None:
        self.iam.update_assume_role_policy(
            RoleName="mail", PolicyDocument=document(*statements)
        )

    def put(self, *statements: dict[str, Any], name: str = "mail") -> None:
        self.iam.put_role_policy(
            RoleName="mail", PolicyName=name, PolicyDocument=document(*statements)
        )

    def test_trust(self) -> None:
        root = self.account.root
        for bad in (
            [],
            [trust(root, Effect="allow")],
            [trust(root, Resource="*")],
            [trust(root, Sid="not-alphanumeric")],
            [trust(root, Sid="Same"), trust(root, Sid="Same")],
            [trust(f"arn:aws:iam::{self.account.id}:role/none")],
            [trust("nobody")],
        ):
            with self.subTest(bad=bad):
                self.refused("MalformedPolicyDocument", self.update_trust, *bad)
        self.refused(
            "MalformedPolicyDocument",
            self.iam.create_role,
            RoleName="new",
            AssumeRolePolicyDocument=document(trust("nobody")),
        )
        self.update_trust(trust(root, Sid="One"), trust(Account().id, Sid="Two"))

    def test_trust_size(self) -> None:
        """About 15 rule ARNs of the documents' length fit (facts P001-2)."""

        def fitting(count: int) -> dict[str, Any]:
            arns = [self.account.rule_arn(f"rule-{number:02}-" + "x" * 16, "rules")
                    for number in range(count)]  # fmt: skip
            condition = {"StringEquals": {"aws:SourceArn": arns}}
            ses = {"Service": "ses.amazonaws.com"}
            return trust(Principal=ses, Condition=condition)

        text = json.dumps({"Version": "2012-10-17", "Statement": [fitting(14)]}, indent=40)
        self.assertGreater(len(text), 2048)
        self.iam.update_assume_role_policy(RoleName="mail", PolicyDocument=text)
        self.refused("LimitExceeded", self.update_trust, fitting(24))

    def test_inline(self) -> None:
        for bad in (
            [],
            [allow(Principal="*")],
            [allow(Sid="a b")],
            [allow(Sid="Same"), allow(Sid="Same")],
            [{"Effect": "Allow", "Action": "s3:PutObject"}],
        ):
            with self.subTest(bad=bad):
                self.refused("MalformedPolicyDocument", self.put, *bad)

    def test_inline_size_is_of_all_policies(self) -> None:
        big = [allow(Sid=f"S{number:0199}") for number in range(40)]
        self.assertLess(len(document(*big[:20])), 6000)
        self.put(*big[:20], name="one")
        self.refused("LimitExceeded", self.put, *big[20:], name="two")
        self.put(*big[20:], name="one")  # the same name replaces
        self.put(*big[:15], name="two")

    def test_inline_policies_of_users_and_groups(self) -> None:
        self.iam.create_user(UserName="mail")
        self.iam.create_group(GroupName="mail")
        for put, who, limit in (
            (self.iam.put_user_policy, {"UserName": "mail"}, 2048),
            (self.iam.put_group_policy, {"GroupName": "mail"}, 5120),
        ):
            sids = [f"S{number:0199}" for number in range(limit // 300)]
            fits = document(*(allow(Sid=sid) for sid in sids))
            put(**who, PolicyName="one", PolicyDocument=fits)
            self.refused("LimitExceeded", put, **who, PolicyName="two", PolicyDocument=fits)
            bad = document(allow(Sid="a b"))
            self.refused("MalformedPolicyDocument", put, **who, PolicyName="x", PolicyDocument=bad)

    def test_managed_size(self) -> None:
        big = [allow(Sid=f"S{number:0199}") for number in range(24)]
        self.assertGreater(len(document(*big)), 6144)
        self.refused(
            "LimitExceeded",
            self.iam.create_policy,
            PolicyName="big",
            PolicyDocument=document(*big),
        )
        small = self.iam.create_policy(PolicyName="small", PolicyDocument=document(allow()))
        self.refused(
            "LimitExceeded",
            self.iam.create_policy_version,
            PolicyArn=small["Policy"]["Arn"],
            PolicyDocument=document(*big),
        )

    def test_read_back(self) -> None:
        self.update_trust(trust(self.account.id, Sid="One"))
        found = self.iam.get_role(RoleName="mail")["Role"]["AssumeRolePolicyDocument"]
        expected = trust(Sid="One", Principal={"AWS": self.account.root})
        self.assertEqual([expected], found["Statement"])
        actions = [f"s3:Get{letter}" for letter in "ABCDEF"]
        self.put(allow(Action=actions, Resource=["arn:aws:s3:::x"]))
        (read,) = self.iam.get_role_policy(RoleName="mail", PolicyName="mail")[
            "PolicyDocument"
        ]["Statement"]
        self.assertEqual("arn:aws:s3:::x", read["Resource"])
        self.assertCountEqual(actions, read["Action"])
        self.assertNotEqual(actions, read["Action"])


class AssumeRole(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.other = Account()
        self.sts = self.other.client("sts")

    def assume(self, role: str, **more: Any) -> dict[str, Any]:
        found = self.sts.assume_role(RoleArn=role, RoleSessionName="test", **more)
        return dict(found["Credentials"])

    def test_missing_role(self) -> None:
        role = f"arn:aws:iam::{self.account.id}:role/none"
        error = self.refused("AccessDenied", self.assume, role)
        self.assertEqual(403, error["ResponseMetadata"]["HTTPStatusCode"])

    def test_trust(self) -> None:
        role = self.account.role(trust(self.account.root))
        self.refused("AccessDenied", self.assume, role)
        role = self.account.role(trust(self.other.id), "open")
        credentials = self.assume(role)
        sts = client("sts", credentials["AccessKeyId"], token=credentials["SessionToken"])
        self.assertEqual(self.account.id, sts.get_caller_identity()["Account"])

    def test_external_id(self) -> None:
        condition = {"StringEquals": {"sts:ExternalId": "secret"}}
        role = self.account.role(trust(self.other.root, Condition=condition))
        self.refused("AccessDenied", self.assume, role)
        self.refused("AccessDenied", self.assume, role, ExternalId="wrong")
        self.assume(role, ExternalId="secret")

    def test_a_session_assumes_the_next_role(self) -> None:
        first = self.account.role(trust(self.other.root), "first")
        second = self.account.role(trust(first), "second")
        self.refused("AccessDenied", self.assume, second)
        credentials = self.assume(first)
        sts = client("sts", credentials["AccessKeyId"], token=credentials["SessionToken"])
        sts.assume_role(RoleArn=second, RoleSessionName="test")

    def test_a_session_works_in_its_account(self) -> None:
        role = self.account.role(trust(self.other.root))
        bucket = self.account.bucket()
        self.refused("403", self.other.client("s3").head_bucket, Bucket=bucket)
        credentials = self.assume(role)
        s3 = client("s3", credentials["AccessKeyId"], token=credentials["SessionToken"])
        s3.head_bucket(Bucket=bucket)


class Secrets(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.secrets = self.account.client("secretsmanager")
        created = self.secrets.create_secret(Name="relay", SecretString="{}")
        self.secret = created["ARN"]

    def statement(self, **members: Any) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": ["ses.amazonaws.com"]},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
            **members,
        }

    def put_text(self, text: str, **more: Any) -> None:
        self.secrets.put_resource_policy(SecretId="relay", ResourcePolicy=text, **more)

    def put(self, *statements: dict[str, Any], **more: Any) -> None:
        self.put_text(document(*statements), **more)

    def test_malformed(self) -> None:
        code = "MalformedPolicyDocumentException"
        for text in ("{", "[]", document()):
            self.refused(code, self.put_text, text)
        self.refused(code, self.put, self.statement(Principal={"AWS": "nobody"}))
        self.refused(code, self.put, self.statement(Effect="allow"))
        self.assertNotIn("ResourcePolicy", self.secrets.get_resource_policy(SecretId="relay"))
        self.put(self.statement())
        found = self.secrets.get_resource_policy(SecretId="relay")["ResourcePolicy"]
        self.assertEqual([self.statement()], json.loads(found)["Statement"])

    def test_public(self) -> None:
        public = self.statement(Principal="*")
        self.put(public)
        self.refused("PublicPolicyException", self.put, public, BlockPublicPolicy=True)
        self.put(self.statement(), BlockPublicPolicy=True)

    def test_validate(self) -> None:
        def passed(text: str) -> bool:
            found = self.secrets.validate_resource_policy(ResourcePolicy=text)
            self.assertEqual(found["PolicyValidationPassed"], not found["ValidationErrors"])
            return bool(found["PolicyValidationPassed"])

        self.assertTrue(passed(document(self.statement())))
        self.assertFalse(passed(document(self.statement(Principal="*"))))
        self.assertFalse(passed("{"))

    def test_another_account(self) -> None:
        other = Account()
        theirs = other.client("secretsmanager")
        self.refused("AccessDeniedException", theirs.describe_secret, SecretId=self.secret)
