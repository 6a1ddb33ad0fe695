"""What Mail Manager's model constrains is refused before anything is looked up."""

from __future__ import annotations

import unittest
from typing import Any

from postroom_localstack.mail_manager import patterns

from .mail_manager import DROP, SECRET, MailManagerTest, model


class Patterns(unittest.TestCase):
    def test_all_of_the_model_can_be_used(self) -> None:
        for name, shape in model()["shapes"].items():
            if "pattern" in shape:
                with self.subTest(name):
                    patterns.matches(shape["pattern"], "x")

    def test_the_whole_value_counts(self) -> None:
        self.assertTrue(patterns.matches("[a-z]+", "abc"))
        for value in ("ab c", "abc\n", " abc", ""):
            self.assertFalse(patterns.matches("[a-z]+", value), value)
        self.assertFalse(patterns.matches(r"\w+", "é"))

    def test_those_that_python_has_not(self) -> None:
        self.assertTrue(patterns.matches(r"[\P{C}\s]*", "-----BEGIN\r\n\té\u2003"))
        self.assertFalse(patterns.matches(r"[\P{C}\s]*", "a\x00"))
        self.assertTrue(patterns.matches("(([0-9]|.|:|/)*)", "2001:db8::/32"))
        # As it stands this would take longer than anybody waits.
        self.assertFalse(patterns.matches("(([0-9]|.|:|/)*)", "1" * 42 + "\n"))


class Constraints(MailManagerTest):
    def test_names(self) -> None:
        cases: list[tuple[Any, str, dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
            (self.mm.create_rule_set, "RuleSetName", {"Rules": []},
             ("a", "A.b_c-9", "x" * 100), ("", "a b", "x" * 101)),
            (self.mm.create_address_list, "AddressListName", {},
             ("a", "A.b_c-9", "x" * 255), ("", "a/b", "x" * 256)),
            (self.mm.create_archive, "ArchiveName", {},
             ("ab", "a_-b", "x" * 64), ("a", "-ab", "ab_", "a.b", "x" * 65)),
            (self.mm.create_traffic_policy, "TrafficPolicyName", {"PolicyStatements": [], "DefaultAction": "DENY"},
             ("abc", "a_-", "x" * 63), ("ab", "a.b", "x" * 64)),
            (self.mm.create_relay, "RelayName",
             {"ServerName": "h", "ServerPort": 25, "Authentication": {"NoAuthentication": {}}},
             ("a", "a-_", "x" * 100), ("", "a.b", "x" * 101)),
        ]  # fmt: skip
        for create, member, more, good, bad in cases:
            for name in good:
                with self.subTest(member=member, name=name):
                    create(**{member: name}, **more)
            for name in bad:
                with self.subTest(member=member, name=name):
                    self.refused("ValidationException", create, **{member: name}, **more)

    def test_required_members(self) -> None:
        self.refused_text("ValidationException", "'rules'", self.mm.create_rule_set, RuleSetName="a")
        error = self.refused("ValidationException", self.mm.create_relay)
        self.assertIn("4 validation errors detected", error["Error"]["Message"])
        for action in ({"WriteToS3": {"S3Bucket": "b"}}, {"AddHeader": {"HeaderName": "X-A"}}, {"Bounce": {}}):
            with self.subTest(action):
                self.refused("ValidationException", self.rule_set, {"Actions": [action]})

    def test_paths_count_from_one(self) -> None:
        self.refused_text(
            "ValidationException",
            "'rules.2.member.actions.1.member.addHeader.headerName'",
            self.rule_set,
            DROP,
            {"Actions": [{"AddHeader": {"HeaderName": "Subject", "HeaderValue": "a"}}]},
        )

    def test_unions_have_exactly_one_member(self) -> None:
        header = {"AddHeader": {"HeaderName": "X-A", "HeaderValue": "b"}}
        for action in ({}, {"Drop": {}, **header}):
            with self.subTest(action):
                self.refused("ValidationException", self.rule_set, {"Actions": [action]})
        # What is not known is ignored, and so nothing is left; null is as good as nothing.
        for action in ({"NoSuchAction": {}}, {"Drop": None}):
            with self.subTest(action):
                body = {"RuleSetName": "a", "Rules": [{"Actions": [action]}]}
                status, found = self.raw("CreateRuleSet", body)
                self.assertEqual((400, "ValidationException"), (status, found["__type"]))
        body = {"RuleSetName": "a", "Rules": [{"Actions": [{"Drop": {}, "Send": None}]}]}
        status, found = self.raw("CreateRuleSet", body)
        self.assertEqual(200, status, found)
        for authentication in ({}, {"NoAuthentication": {}, "SecretArn": SECRET}):
            with self.subTest(authentication):
                self.refused("ValidationException", self.relay, Authentication=authentication)
        self.refused("ValidationException", self.archive, Retention={})

    def test_values(self) -> None:
        def rule(**action: Any) -> dict[str, Any]:
            return {"Actions": [action]}

        role = "arn:aws:iam::111122223333:role/r"
        condition = {"Operator": "EQUALS", "Evaluate": {"Attribute": "SUBJECT"}}
        for name, bad in {
            "bucket of 63": rule(WriteToS3={"RoleArn": role, "S3Bucket": "b" * 63}),
            "prefix": rule(WriteToS3={"RoleArn": role, "S3Bucket": "b", "S3Prefix": "a b"}),
            "fifo topic": rule(PublishToSns={"RoleArn": role, "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t.fifo"}),
            "v1 spelling": rule(PublishToSns={"RoleArn": role, "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t",
                                              "Encoding": "Base64"}),
            "retries": rule(InvokeLambda={"RoleArn": role, "FunctionArn": role, "InvocationType": "EVENT",
                                          "RetryTimeMinutes": 2161}),
            "recipient": rule(ReplaceRecipient={"ReplaceWith": ["nobody"]}),
            "no actions": {"Actions": []},
            "eleven actions": {"Actions": [{"Drop": {}}] * 11},
            "eleven conditions": {**DROP, "Conditions": [{"StringExpression": {**condition, "Values": ["a"]}}] * 11},
            "no values": {**DROP, "Conditions": [{"StringExpression": {**condition, "Values": []}}]},
            "rule name": {**DROP, "Name": "n" * 33},
        }.items():  # fmt: skip
            with self.subTest(name):
                self.refused("ValidationException", self.rule_set, bad)
        self.refused("ValidationException", self.rule_set, *[DROP] * 41)
        self.rule_set(*[DROP] * 40)
        for port in (0, 65536):
            self.refused("ValidationException", self.relay, ServerPort=port)
        self.refused("ValidationException", self.policy, MaxMessageSizeBytes=0)
        self.refused("ValidationException", self.policy, PolicyStatements=[{"Action": "ALLOW", "Conditions": []}])

    def test_cidr_blocks_of_policies(self) -> None:
        def statement(version: str, attribute: str, value: str) -> dict[str, Any]:
            expression = {"Evaluate": {"Attribute": attribute}, "Operator": "CIDR_MATCHES", "Values": [value]}
            return {"Action": "ALLOW", "Conditions": [{version: expression}]}

        for number, (version, attribute, value, good) in enumerate((
            ("IpExpression", "SENDER_IP", "192.0.2.0/24", True),
            ("IpExpression", "SENDER_IP", "192.0.2.0", False),
            ("IpExpression", "SENDER_IP", "192.0.2.0/0", True),
            ("IpExpression", "SENDER_IP", "192.0.2.256/24", False),
            ("IpExpression", "SENDER_IP", "2001:db8::/32", False),
            ("Ipv6Expression", "SENDER_IPV6", "2001:db8::/32", True),
            ("Ipv6Expression", "SENDER_IPV6", "2001:db8::", False),
            ("Ipv6Expression", "SENDER_IPV6", "2001:db8::/129", False),
        )):  # fmt: skip
            with self.subTest(value=value):
                given = [statement(version, attribute, value)]
                if good:
                    self.policy(name=f"policy{number}", PolicyStatements=given)
                else:
                    self.refused("ValidationException", self.policy, PolicyStatements=given)

    def test_sensitive_values_are_not_repeated(self) -> None:
        error = self.refused(
            "ValidationException",
            self.point,
            Type="AUTH",
            RuleSetId="rs-any",
            TrafficPolicyId="tp-any",
            IngressPointConfiguration={"SmtpPassword": "my secret"},
        )
        self.assertIn("smtpPassword", error["Error"]["Message"])
        self.assertNotIn("my secret", error["Error"]["Message"])
