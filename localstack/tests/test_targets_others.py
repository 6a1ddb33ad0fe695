"""What SES needs of topics, functions, identities."""

from __future__ import annotations

from typing import Any

from .harness import OTHER_REGION, Account, EmulatorTest, call


def publish(**members: Any) -> dict[str, Any]:
    return {
        "Sid": "AllowSES",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "SNS:Publish",
        **members,
    }


class Topics(EmulatorTest):
    def create(self, topic: str) -> None:
        self.account.create_rule({"SNSAction": {"TopicArn": topic}})

    def unpublishable(self, topic: str) -> None:
        text = f"Could not publish to SNS topic: {topic}"
        self.refused_text("InvalidSnsTopic", text, self.create, topic)

    def test_own_topic_with_default_policy(self) -> None:
        self.create(self.account.topic())

    def test_own_topic_whose_default_statement_is_lost(self) -> None:
        other = Account()
        lost = publish(Principal={"AWS": other.root})
        self.unpublishable(self.account.topic(lost))

    def test_own_topic_with_a_statement_for_ses(self) -> None:
        self.create(self.account.topic(publish(Condition=self.account.source())))

    def test_malformed_missing_other_region(self) -> None:
        arn = f"arn:aws:sns:eu-west-1:{self.account.id}:none"
        self.unpublishable(arn)
        for topic in ("none", f"arn:aws:sqs:eu-west-1:{self.account.id}:none",
                      f"arn:aws:sns:{OTHER_REGION}:{self.account.id}:none"):
            self.refused_text(
                "InvalidSnsTopic", f"Invalid SNS topic: {topic}", self.create, topic
            )

    def test_another_account(self) -> None:
        other = Account()
        self.unpublishable(other.topic(name="closed"))
        self.unpublishable(
            other.topic(
                publish(Condition={"StringEquals": {"aws:SourceAccount": other.id}}),
                name="wrong",
            )
        )
        self.create(other.topic(publish(Condition=self.account.source()), name="open"))

    def test_legacy_source_owner(self) -> None:
        other = Account()
        condition = {"StringEquals": {"AWS:SourceOwner": self.account.id}}
        self.create(other.topic(publish(Condition=condition)))

    def test_deny(self) -> None:
        deny = publish(Sid="Deny", Effect="Deny", Principal="*")
        self.unpublishable(self.account.topic(publish(), deny))

    def test_encrypted(self) -> None:
        def key(*actions: str) -> str:
            return self.account.key(
                publish(Action=list(actions), Resource="*"),
            )

        self.unpublishable(self.account.topic(name="a", KmsMasterKeyId="alias/aws/sns"))
        self.unpublishable(self.account.topic(name="b", KmsMasterKeyId=self.account.key()))
        for name, action in (("c", "kms:GenerateDataKey"), ("d", "kms:Decrypt")):
            self.unpublishable(self.account.topic(name=name, KmsMasterKeyId=key(action)))
        good = key("kms:GenerateDataKey", "kms:Decrypt")
        self.create(self.account.topic(name="e", KmsMasterKeyId=good))

    def test_encrypted_by_alias(self) -> None:
        both = ["kms:GenerateDataKey", "kms:Decrypt"]
        key = self.account.key(publish(Action=both, Resource="*"))
        self.account.client("kms").create_alias(AliasName="alias/mail", TargetKeyId=key)
        self.create(self.account.topic(KmsMasterKeyId="alias/mail"))

    def test_topic_of_every_action(self) -> None:
        missing = f"arn:aws:sns:eu-west-1:{self.account.id}:none"
        for action in (
            {"StopAction": {"Scope": "RuleSet", "TopicArn": missing}},
            {"WorkmailAction": {"OrganizationArn": "arn:aws:workmail:x", "TopicArn": missing}},
        ):
            self.refused("InvalidSnsTopic", self.account.create_rule, action)


class Functions(EmulatorTest):
    def create(self, function: str) -> None:
        self.account.create_rule({"LambdaAction": {"FunctionArn": function}})

    def not_invokable(self, function: str) -> None:
        text = f"Could not invoke Lambda function: {function}"
        self.refused_text("InvalidLambdaFunction", text, self.create, function)

    def allow(self, account: Account | None = None, **more: str) -> None:
        permission = {
            "StatementId": "GiveSESPermissionToInvokeFunction",
            "Action": "lambda:InvokeFunction",
            "Principal": "ses.amazonaws.com",
            "SourceAccount": self.account.id,
            "SourceArn": self.account.rule_arn(),
            **more,
        }
        owner = account or self.account
        owner.client("lambda").add_permission(FunctionName="mail", **permission)

    def test_active_without_docker(self) -> None:
        self.account.function()
        functions = self.account.client("lambda")
        functions.get_waiter("function_active_v2").wait(
            FunctionName="mail", WaiterConfig={"Delay": 0.1, "MaxAttempts": 50}
        )
        found = functions.get_function_configuration(FunctionName="mail")
        self.assertEqual("Active", found["State"])

    def test_permission(self) -> None:
        function = self.account.function()
        self.not_invokable(function)
        self.allow()
        self.create(function)

    def test_wrong_source(self) -> None:
        function = self.account.function()
        self.allow(SourceAccount=Account().id)
        self.not_invokable(function)
        self.allow(StatementId="Two", SourceArn=self.account.rule_arn("other"))
        self.not_invokable(function)
        self.allow(StatementId="Three")
        self.create(function)

    def test_qualifier(self) -> None:
        function = self.account.function()
        functions = self.account.client("lambda")
        functions.get_waiter("function_active_v2").wait(
            FunctionName="mail", WaiterConfig={"Delay": 0.1, "MaxAttempts": 50}
        )
        version = functions.publish_version(FunctionName="mail")["Version"]
        functions.create_alias(FunctionName="mail", Name="live", FunctionVersion=version)
        self.allow()
        self.not_invokable(f"{function}:live")
        self.allow(Qualifier="live")
        self.not_invokable(f"{function}:none")
        self.create(f"{function}:live")
        for which in ({"FunctionName": "mail", "Qualifier": "live"},
                      {"FunctionName": f"{function}:live"}):
            found = functions.get_function_configuration(**which)
            self.assertEqual(f"{function}:live", found["FunctionArn"])
        self.refused(
            "ResourceNotFoundException",
            functions.get_function_configuration,
            FunctionName="mail",
            Qualifier="none",
        )

    def test_malformed_and_missing(self) -> None:
        self.not_invokable(f"arn:aws:lambda:eu-west-1:{self.account.id}:function:none")
        for function in ("mail", f"arn:aws:lambda:{OTHER_REGION}:{self.account.id}:function:x"):
            self.refused_text(
                "InvalidLambdaFunction",
                f"Invalid Lambda function: {function}",
                self.create,
                function,
            )

    def test_another_account(self) -> None:
        other = Account()
        function = other.function()
        self.not_invokable(function)
        theirs = self.account.client("lambda").get_policy
        self.refused("AccessDeniedException", theirs, FunctionName=function)
        self.allow(other)
        self.create(function)
        self.refused("AccessDeniedException", theirs, FunctionName=function)
        other.client("lambda").add_permission(
            FunctionName="mail", StatementId="Read", Action="lambda:GetPolicy",
            Principal=self.account.id,
        )  # fmt: skip
        self.assertIn("Statement", theirs(FunctionName=function)["Policy"])


class Identities(EmulatorTest):
    def bounce(self, sender: str) -> None:
        self.account.create_rule(
            {"BounceAction": {"SmtpReplyCode": "550", "Message": "no", "Sender": sender}},
            name=f"r{len(self.made)}",
        )
        self.made.append(sender)

    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")
        self.made: list[str] = []

    def unverified(self, sender: str) -> None:
        text = f"Identity is not verified: {sender}"
        self.refused_text("InvalidParameterValue", text, self.bounce, sender)

    def test_address(self) -> None:
        self.unverified("a@example.com")
        self.ses.verify_email_identity(EmailAddress="a@example.com")
        self.bounce("a@example.com")
        self.bounce("Ada <a@example.com>")
        self.unverified("b@example.com")

    def test_domain_covers_addresses(self) -> None:
        self.ses.verify_domain_identity(Domain="example.com")
        for sender in ("a@example.com", "b@EXAMPLE.com", "c@sub.example.com"):
            self.bounce(sender)
        self.unverified("a@badexample.com")

    def test_attributes(self) -> None:
        self.ses.verify_domain_identity(Domain="example.com")
        self.ses.verify_email_identity(EmailAddress="a@b.example")
        found = self.ses.get_identity_verification_attributes(
            Identities=["example.com", "a@b.example", "none.example"]
        )["VerificationAttributes"]
        self.assertEqual({"example.com", "a@b.example"}, set(found))
        self.assertEqual("Success", found["example.com"]["VerificationStatus"])
        self.assertTrue(found["example.com"]["VerificationToken"])
        self.assertCountEqual(
            ["example.com", "a@b.example"], self.ses.list_identities()["Identities"]
        )

    def test_pending(self) -> None:
        call("POST", f"/_test/settings?account={self.account.id}", {"identity_status": "Pending"})
        self.ses.verify_domain_identity(Domain="example.com")
        self.unverified("a@example.com")
        status, _ = call(
            "POST",
            "/_test/identities",
            {"account": self.account.id, "region": "eu-west-1", "identity": "example.com",
             "status": "Success"},
        )  # fmt: skip
        self.assertEqual(204, status)
        self.bounce("a@example.com")

    def test_deleted(self) -> None:
        self.ses.verify_domain_identity(Domain="example.com")
        self.ses.delete_identity(Identity="example.com")
        self.unverified("a@example.com")
