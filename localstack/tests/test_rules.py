"""Rules: form, read-back, order."""

from __future__ import annotations

from typing import Any

from .harness import EmulatorTest

STOP = {"StopAction": {"Scope": "RuleSet"}}


def header(name: str = "X-Mail", value: str = "1") -> dict[str, Any]:
    return {"AddHeaderAction": {"HeaderName": name, "HeaderValue": value}}


class RulesTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")
        self.ses.create_receipt_rule_set(RuleSetName="set")

    def create(self, name: str = "rule", after: str | None = None, **rule: Any) -> None:
        more = {"After": after} if after else {}
        self.ses.create_receipt_rule(RuleSetName="set", Rule={"Name": name, **rule}, **more)

    def rule(self, name: str = "rule") -> dict[str, Any]:
        found = self.ses.describe_receipt_rule(RuleSetName="set", RuleName=name)["Rule"]
        return dict(found)

    def names(self) -> list[str]:
        rules = self.ses.describe_receipt_rule_set(RuleSetName="set")["Rules"]
        return [rule["Name"] for rule in rules]


class Form(RulesTest):
    def test_defaults(self) -> None:
        self.create()
        self.assertEqual(
            {"Name": "rule", "Enabled": False, "TlsPolicy": "Optional", "ScanEnabled": False},
            self.rule(),
        )

    def test_everything(self) -> None:
        self.create(
            Enabled=True,
            TlsPolicy="Require",
            ScanEnabled=True,
            Recipients=["b.example", "a@b.example", ".b.example"],
            Actions=[header(), STOP],
        )
        self.assertEqual(
            {
                "Name": "rule",
                "Enabled": True,
                "TlsPolicy": "Require",
                "ScanEnabled": True,
                "Recipients": [".b.example", "a@b.example", "b.example"],
                "Actions": [header(), STOP],
            },
            self.rule(),
        )

    def test_all_kinds_of_actions_survive(self) -> None:
        account = self.account
        account.client("ses").verify_domain_identity(Domain="example.com")
        topic, function = account.topic(), account.function()
        account.client("lambda").add_permission(
            FunctionName="mail", StatementId="s", Action="lambda:InvokeFunction",
            Principal="ses.amazonaws.com",
        )  # fmt: skip
        bucket, role = account.bucket(), account.role()
        account.role_policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
        actions: list[dict[str, Any]] = [
            {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": "in/", "IamRoleArn": role,
                          "TopicArn": topic}},
            {"SNSAction": {"TopicArn": topic, "Encoding": "Base64"}},
            {"LambdaAction": {"FunctionArn": function, "InvocationType": "RequestResponse",
                              "TopicArn": topic}},
            {"BounceAction": {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "no",
                              "Sender": "x@example.com", "TopicArn": topic}},
            header(),
            {"WorkmailAction": {"OrganizationArn":
                                f"arn:aws:workmail:eu-west-1:{account.id}:organization/m-1"}},
            {"ConnectAction": {"InstanceARN":
                               f"arn:aws:connect:eu-west-1:{account.id}:instance/1",
                               "IAMRoleARN": role}},
            {"StopAction": {"Scope": "RuleSet", "TopicArn": topic}},
        ]  # fmt: skip
        self.create(Actions=actions)
        self.assertEqual(actions, self.rule()["Actions"])

    def test_action_defaults(self) -> None:
        topic, function = self.account.topic(), self.account.function()
        self.account.client("lambda").add_permission(
            FunctionName="mail", StatementId="s", Action="lambda:InvokeFunction",
            Principal="ses.amazonaws.com",
        )  # fmt: skip
        self.create(
            Actions=[
                {"SNSAction": {"TopicArn": topic}},
                {"LambdaAction": {"FunctionArn": function}},
            ]
        )
        sns, function_action = self.rule()["Actions"]
        self.assertEqual("UTF-8", sns["SNSAction"]["Encoding"])
        self.assertEqual("Event", function_action["LambdaAction"]["InvocationType"])

    def test_names(self) -> None:
        self.refused("ValidationError", self.create, "a b")
        for name in ("-a", "a_", "a" * 65):
            self.refused_text(
                "InvalidParameterValue", f"Not a valid ruleName: {name}", self.create, name
            )

    def test_actions(self) -> None:
        one_type = "Exactly one action type must be specified for each ReceiptAction"
        both = {**STOP, **header()}
        self.refused_text("InvalidParameterValue", one_type, self.create, Actions=[both])
        self.refused_text(
            "InvalidParameterValue",
            "Stop action, if any, must be placed at the end of the actions list",
            self.create,
            Actions=[STOP, header()],
        )
        self.create("ten", Actions=[header()] * 10)
        self.refused_text(
            "LimitExceeded", "Too many actions", self.create, Actions=[header()] * 11
        )
        self.refused(
            "ValidationError", self.create, Actions=[{"StopAction": {"Scope": "Rule"}}]
        )
        self.refused("ValidationError", self.create, TlsPolicy="Never")
        self.assertEqual(["ten"], self.names())

    def test_headers(self) -> None:
        for action in (header("X Y"), header("X:Y"), header("X" * 51), header(""),
                       header(value="a\nb"), header(value="a\rb"), header(value="a" * 2049)):
            self.refused("InvalidParameterValue", self.create, Actions=[action])
        self.create(Actions=[header("X!#$%", "a" * 2048)])

    def test_limit(self) -> None:
        for number in range(200):
            self.create(f"r{number}")
        self.refused_text("LimitExceeded", "Too many rules", self.create, "more")
        self.assertEqual(200, len(self.names()))


class Change(RulesTest):
    def test_update_replaces_everything_in_place(self) -> None:
        self.create("last")
        self.create("rule", Enabled=True, TlsPolicy="Require", ScanEnabled=True,
                    Recipients=["example.com"], Actions=[STOP])  # fmt: skip
        self.create("first")
        self.ses.update_receipt_rule(RuleSetName="set", Rule={"Name": "rule"})
        self.assertEqual(
            {"Name": "rule", "Enabled": False, "TlsPolicy": "Optional", "ScanEnabled": False},
            self.rule(),
        )
        self.assertEqual(["first", "rule", "last"], self.names())

    def test_missing(self) -> None:
        rule = {"Name": "none"}
        for code, rule_set in (("RuleDoesNotExist", "set"), ("RuleSetDoesNotExist", "none")):
            self.refused(code, self.ses.update_receipt_rule, RuleSetName=rule_set, Rule=rule)
            self.refused(
                code, self.ses.describe_receipt_rule, RuleSetName=rule_set, RuleName="none"
            )
            self.refused(
                code, self.ses.set_receipt_rule_position, RuleSetName=rule_set, RuleName="none"
            )
        create = self.ses.create_receipt_rule
        self.refused("RuleSetDoesNotExist", create, RuleSetName="none", Rule=rule)

    def test_delete_is_idempotent(self) -> None:
        self.create()
        for _ in range(2):
            self.ses.delete_receipt_rule(RuleSetName="set", RuleName="rule")
        self.assertEqual([], self.names())
        self.refused(
            "RuleSetDoesNotExist",
            self.ses.delete_receipt_rule,
            RuleSetName="none",
            RuleName="rule",
        )

    def test_already_there(self) -> None:
        self.create()
        self.refused("AlreadyExists", self.create)


class Order(RulesTest):
    def setUp(self) -> None:
        super().setUp()
        self.create("c")
        self.create("b")
        self.create("a")

    def reorder(self, *names: str) -> None:
        self.ses.reorder_receipt_rule_set(RuleSetName="set", RuleNames=list(names))

    def position(self, name: str, after: str | None = None) -> None:
        more = {"After": after} if after else {}
        self.ses.set_receipt_rule_position(RuleSetName="set", RuleName=name, **more)

    def test_create(self) -> None:
        self.assertEqual(["a", "b", "c"], self.names())  # no After: the front
        self.create("b2", after="b")
        self.create("c2", after="c")
        self.assertEqual(["a", "b", "b2", "c", "c2"], self.names())
        self.refused("RuleDoesNotExist", self.create, "x", after="none")

    def test_position(self) -> None:
        self.position("a", "b")
        self.assertEqual(["b", "a", "c"], self.names())
        self.position("c")
        self.assertEqual(["c", "b", "a"], self.names())
        self.position("b", "b")
        self.assertEqual(["c", "b", "a"], self.names())
        self.refused("RuleDoesNotExist", self.position, "b", "none")
        self.assertEqual(["c", "b", "a"], self.names())

    def test_reorder(self) -> None:
        self.reorder("c", "a", "b")
        self.assertEqual(["c", "a", "b"], self.names())
        for code, text, names in (
            ("InvalidParameterValue", "Multiple positions found for rule: a", ["a", "a", "x"]),
            ("InvalidParameterValue", "Positions for rules not found: c, a", ["b", "x"]),
            ("RuleDoesNotExist", "Rule does not exist: x", ["a", "b", "c", "x"]),
        ):
            self.refused_text(code, text, self.reorder, *names)
        self.assertEqual(["c", "a", "b"], self.names())
        self.refused(
            "RuleSetDoesNotExist",
            self.ses.reorder_receipt_rule_set,
            RuleSetName="none",
            RuleNames=["a"],
        )
