"""Key policies and topic policies."""

from __future__ import annotations

import json
from typing import Any

from .harness import Account, EmulatorTest, client, document


class KeyPolicies(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.kms = self.account.client("kms")
        self.key = self.account.key()

    def root(self, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": self.account.root},
            "Action": "kms:*",
            "Resource": "*",
            **members,
        }

    def put(self, *statements: dict[str, Any], **more: Any) -> None:
        more = {"PolicyName": "default", **more}
        self.kms.put_key_policy(KeyId=self.key, Policy=document(*statements), **more)

    def bad(self, *statements: dict[str, Any], **more: Any) -> None:
        self.refused("MalformedPolicyDocumentException", self.put, *statements, **more)

    def test_lockout(self) -> None:
        text = "The new key policy will not allow you to update the key policy in the future."
        ses = {**self.root(), "Principal": {"Service": "ses.amazonaws.com"}}
        for statements in (
            [ses],
            [self.root(Action="kms:Decrypt")],
            [self.root(Principal={"AWS": Account().root})],
            [self.root(), self.root(Sid="No", Effect="Deny", Principal="*")],
        ):
            self.refused_text("MalformedPolicyDocumentException", text, self.put, *statements)
        self.refused(
            "MalformedPolicyDocumentException", self.kms.create_key, Policy=document(ses)
        )
        self.put(self.root(Principal={"AWS": self.account.id}), ses)
        self.put(ses, BypassPolicyLockoutSafetyCheck=True)

    def test_malformed(self) -> None:
        self.bad()
        self.bad(self.root(Effect="allow"))
        self.bad(self.root(Principal={"AWS": "nobody"}))
        for text in ("{", "[]", '{"Version": "2020-01-01", "Statement": []}'):
            self.refused(
                "MalformedPolicyDocumentException",
                self.kms.put_key_policy,
                KeyId=self.key,
                PolicyName="default",
                Policy=text,
            )
        # Accepted, though without effect.
        self.put(self.root(), {"Effect": "Allow", "Principal": {"AWS": self.account.root}})

    def test_unknown_principal(self) -> None:
        role = self.account.role()
        self.put(self.root(), self.root(Sid="Role", Principal={"AWS": role}))
        self.bad(self.root(), self.root(Sid="Role", Principal={"AWS": role + "2"}))

    def test_size(self) -> None:
        many = [self.root(Sid=f"{number:0200}") for number in range(110)]
        self.assertGreater(len(document(*many)), 32768)
        self.refused("LimitExceededException", self.put, *many)
        self.put(*many[:90])

    def test_pending_deletion(self) -> None:
        self.kms.schedule_key_deletion(KeyId=self.key, PendingWindowInDays=7)
        self.refused("KMSInvalidStateException", self.put, self.root())

    def test_alias(self) -> None:
        self.kms.create_alias(AliasName="alias/mail", TargetKeyId=self.key)
        self.kms.describe_key(KeyId="alias/mail")
        self.refused("InvalidArnException", self.kms.get_key_policy, KeyId="alias/mail")

    def test_read_back(self) -> None:
        self.put(self.root(Principal={"AWS": [self.account.id]}, Action=["kms:*"]))
        without_name = self.kms.get_key_policy(KeyId=self.key)["Policy"]
        text = self.kms.get_key_policy(KeyId=self.key, PolicyName="default")["Policy"]
        self.assertEqual(text, without_name)
        (found,) = json.loads(text)["Statement"]
        self.assertEqual(self.root(), found)
        self.assertTrue(text.startswith('{\n  "Version" : "2012-10-17"'), text)

    def test_another_account(self) -> None:
        other = Account()
        theirs = other.client("kms")
        self.refused("AccessDeniedException", theirs.describe_key, KeyId=self.key)
        describe = self.root(Sid="D", Principal={"AWS": other.id}, Action="kms:DescribeKey")
        self.put(self.root(), describe)
        found = theirs.describe_key(KeyId=self.key)["KeyMetadata"]
        self.assertEqual(self.account.id, found["AWSAccountId"])


class TopicPolicies(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.sns = self.account.client("sns")
        self.topic = self.account.topic()

    def statement(self, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "AllowSES",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": self.topic,
            **members,
        }

    def put_text(self, text: str) -> None:
        self.sns.set_topic_attributes(
            TopicArn=self.topic, AttributeName="Policy", AttributeValue=text
        )

    def put(self, *statements: dict[str, Any]) -> None:
        self.put_text(document(*statements))

    def policy(self) -> Any:
        attributes = self.sns.get_topic_attributes(TopicArn=self.topic)["Attributes"]
        return json.loads(attributes["Policy"])

    def test_default(self) -> None:
        (found,) = self.policy()["Statement"]
        self.assertEqual("__default_statement_ID", found["Sid"])
        owner = found["Condition"]["StringEquals"]["AWS:SourceOwner"]
        self.assertEqual(self.account.id, owner)

    def test_cannot_be_emptied(self) -> None:
        for text in ("", "{}", document()):
            self.refused("InvalidParameter", self.put_text, text)
        self.assertEqual("__default_statement_ID", self.policy()["Statement"][0]["Sid"])

    def test_malformed(self) -> None:
        self.refused("InvalidParameter", self.put_text, "{")
        for members in (
            {"Effect": "allow"},
            {"Action": "s3:PutObject"},
            {"Resource": "*"},
            {"Resource": [self.topic, self.topic]},
            {"Principal": {"AWS": []}},
            {"Principal": {"AWS": "nobody"}},
            {"Condition": {"Nonsense": {}, "StringEqual": {"a": "b"}}},
            {"Sid": "é"},
        ):
            with self.subTest(members=members):
                statement = self.statement(**members)
                text = json.dumps({"Statement": [statement]}, ensure_ascii=False)
                self.refused("InvalidParameter", self.put_text, text)
        self.refused("InvalidParameter", self.put, self.statement(), self.statement())
        create = self.sns.create_topic
        self.refused("InvalidParameter", create, Name="new", Attributes={"Policy": "{"})

    def test_limits(self) -> None:
        self.put(*(self.statement(Sid=f"s{number}") for number in range(100)))
        self.refused(
            "InvalidParameter",
            self.put,
            *(self.statement(Sid=f"s{number}") for number in range(101)),
        )
        long = [self.statement(Sid=f"{number:0400}") for number in range(60)]
        self.assertGreater(len(document(*long)), 30720)
        self.refused("InvalidParameter", self.put, *long)
        many = [f"{number:012}" for number in range(201)]
        self.put(self.statement(Principal={"AWS": many[:200]}))
        self.refused("InvalidParameter", self.put, self.statement(Principal={"AWS": many}))

    def test_unknown_principal(self) -> None:
        role = self.account.role()
        self.put(self.statement(Principal={"AWS": role}))
        self.refused("InvalidParameter", self.put, self.statement(Principal={"AWS": role + "2"}))

    def test_read_back(self) -> None:
        sids = [f"s{number}" for number in range(8)]
        self.put(
            *(
                self.statement(Sid=sid, Principal={"AWS": [self.account.id]}, Unknown=[sid])
                for sid in sids
            )
        )
        found = self.policy()["Statement"]
        self.assertCountEqual(sids, [each["Sid"] for each in found])
        self.assertNotEqual(sids, [each["Sid"] for each in found])
        self.assertEqual({"AWS": self.account.root}, found[0]["Principal"])
        self.assertEqual([found[0]["Sid"]], found[0]["Unknown"])

    def test_another_account(self) -> None:
        other = Account()
        theirs = client("sns", other.id)
        self.refused("AuthorizationError", theirs.get_topic_attributes, TopicArn=self.topic)
        self.put(
            self.statement(Principal={"AWS": other.root}, Action="SNS:GetTopicAttributes")
        )
        found = theirs.get_topic_attributes(TopicArn=self.topic)["Attributes"]
        self.assertEqual(self.account.id, found["Owner"])
