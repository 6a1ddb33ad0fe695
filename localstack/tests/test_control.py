"""``/_test/*``: recorder, faults, pacing, health."""

from __future__ import annotations

import time
from typing import Any

from .harness import Account, EmulatorTest, call


class Recorder(EmulatorTest):
    def test_calls(self) -> None:
        bucket = self.account.bucket()
        s3 = self.account.client("s3")
        self.refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=bucket)
        create, get = self.account.calls()
        self.assertEqual(
            ("s3", "CreateBucket", "write", bucket, 200, None, "eu-west-1"),
            tuple(create[name] for name in
                  ("service", "operation", "access", "resource", "status", "error", "region")),
        )  # fmt: skip
        self.assertEqual(self.account.id, create["account"])
        self.assertEqual(bucket, create["parameters"]["Bucket"])
        self.assertEqual(
            ("GetBucketPolicy", "read", 404, "NoSuchBucketPolicy"),
            tuple(get[name] for name in ("operation", "access", "status", "error")),
        )
        self.assertLess(create["start_ms"], create["end_ms"])
        self.assertLess(create["end_ms"], get["start_ms"])
        self.assertLess(create["id"], get["id"])

    def test_filters_since_and_clear(self) -> None:
        other = Account()
        for account in (self.account, other):
            account.client("ses").list_receipt_filters()
            account.client("sns").list_topics()
        self.assertEqual(["ListTopics"], [c["operation"] for c in self.account.calls(service="sns")])
        first = self.account.calls()[0]["id"]
        self.assertEqual(1, len(self.account.calls(since=str(first))))
        self.assertEqual([], self.account.calls(access="write"))
        self.assertEqual(204, call("DELETE", f"/_test/calls?account={self.account.id}")[0])
        self.assertEqual([], self.account.calls())
        self.assertEqual(2, len(other.calls()))

    def test_internal_calls_are_not_there(self) -> None:
        bucket = self.account.bucket()
        self.refused(
            "InvalidS3Configuration",
            self.account.create_rule,
            {"S3Action": {"BucketName": bucket}},
        )
        self.assertEqual(
            ["CreateBucket", "CreateReceiptRuleSet", "CreateReceiptRule"],
            [found["operation"] for found in self.account.calls()],
        )

    def test_parameters_are_as_sent_and_without_secrets(self) -> None:
        self.account.client("secretsmanager").create_secret(Name="relay", SecretString="hidden")
        (found,) = self.account.calls(service="secretsmanager")
        self.assertEqual("relay", found["resource"])
        self.assertNotIn("hidden", str(found))
        key = self.account.key()
        self.account.client("kms").get_key_policy(KeyId=key)
        (found,) = self.account.calls(operation="GetKeyPolicy")
        self.assertEqual({"KeyId": key}, found["parameters"])  # the name is added later
        self.account.function()
        (found,) = self.account.calls(operation="CreateFunction")
        self.assertRegex(found["parameters"]["Code"]["ZipFile"], r"^<\d+ bytes>$")

    def test_resources(self) -> None:
        topic = self.account.topic()
        self.account.role()
        self.account.role_policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
        self.account.function()
        functions = self.account.client("lambda")
        self.refused(
            "ResourceNotFoundException", functions.get_policy, FunctionName="mail", Qualifier="x"
        )
        self.account.client("sns").get_topic_attributes(TopicArn=topic)
        self.account.create_rule()
        found = {one["operation"]: one["resource"] for one in self.account.calls()}
        self.assertEqual("mail:x", found["GetPolicy"])
        self.assertEqual(topic, found["GetTopicAttributes"])
        self.assertEqual("mail", found["PutRolePolicy"])
        self.assertEqual("set", found["CreateReceiptRule"])


class Faults(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")
        self.addCleanup(call, "DELETE", f"/_test/faults?account={self.account.id}")

    def fault(self, **body: Any) -> int:
        status, found = call("POST", "/_test/faults", {"account": self.account.id, **body})
        self.assertEqual(201, status, found)
        return int(found["id"])

    def test_before(self) -> None:
        self.fault(service="ses", operation="CreateReceiptRuleSet", code="Throttling",
                   message="Rate exceeded")  # fmt: skip
        create = self.ses.create_receipt_rule_set
        self.refused_text("Throttling", "Rate exceeded", create, RuleSetName="set")
        self.assertEqual([], self.ses.list_receipt_rule_sets()["RuleSets"])
        create(RuleSetName="set")

    def test_after(self) -> None:
        self.fault(service="ses", operation="CreateReceiptRuleSet", code="InternalFailure",
                   status=500, mode="after")  # fmt: skip
        create = self.ses.create_receipt_rule_set
        error = self.refused("InternalFailure", create, RuleSetName="set")
        self.assertEqual(500, error["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual(1, len(self.ses.list_receipt_rule_sets()["RuleSets"]))
        (found,) = self.account.calls(operation="CreateReceiptRuleSet")
        self.assertEqual((500, "InternalFailure"), (found["status"], found["error"]))

    def test_skip_and_remaining(self) -> None:
        number = self.fault(service="ses", code="X", skip=1, remaining=2)
        self.ses.list_receipt_filters()
        for _ in range(2):
            self.refused("X", self.ses.list_receipt_filters)
        self.ses.list_receipt_filters()
        (found,) = [one for one in call("GET", "/_test/faults")[1] if one["id"] == number]
        self.assertEqual((0, 0, 2), (found["skip"], found["remaining"], found["hits"]))

    def test_what_does_not_match(self) -> None:
        self.fault(service="sns", code="X")
        self.fault(operation="ListReceiptRuleSets", code="X")
        self.fault(region="us-east-1", code="X")
        self.fault(account=Account().id, code="X")
        self.fault(resource="other", code="X")
        self.ses.list_receipt_filters()

    def test_of_a_resource(self) -> None:
        one, two = self.account.bucket("one"), self.account.bucket("two")
        self.fault(service="s3", resource=one, code="AccessDenied", status=403, remaining=None)
        s3 = self.account.client("s3")
        for _ in range(3):
            self.refused("AccessDenied", s3.get_bucket_encryption, Bucket=one)
        s3.get_bucket_encryption(Bucket=two)

    def test_all_protocols(self) -> None:
        self.account.bucket()
        self.account.key()
        for service, operation in (
            ("s3", "list_buckets"), ("kms", "list_keys"), ("sns", "list_topics"),
            ("iam", "list_roles"), ("sts", "get_caller_identity"), ("lambda", "list_functions"),
            ("secretsmanager", "list_secrets"),
        ):  # fmt: skip
            for mode in ("before", "after"):
                self.fault(service=service, code="Injected", status=503, mode=mode)
                with self.subTest(service=service, mode=mode):
                    function = getattr(self.account.client(service), operation)
                    error = self.refused("Injected", function)
                    self.assertEqual(503, error["ResponseMetadata"]["HTTPStatusCode"])
                    function()

    def test_delay(self) -> None:
        self.fault(service="ses", delay_ms=300)
        started = time.monotonic()
        self.ses.list_receipt_filters()
        self.assertGreaterEqual(time.monotonic() - started, 0.3)

    def test_internal_calls_are_spared(self) -> None:
        bucket = self.account.bucket()
        self.account.bucket_policy(bucket, {
            "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
        })  # fmt: skip
        self.fault(service="s3", code="X", remaining=None)
        self.account.create_rule({"S3Action": {"BucketName": bucket}})

    def test_delete(self) -> None:
        number = self.fault(service="ses", code="X", remaining=None)
        self.fault(service="ses", code="Y", remaining=None)
        call("DELETE", f"/_test/faults?id={number}")
        self.refused("Y", self.ses.list_receipt_filters)
        call("DELETE", f"/_test/faults?account={self.account.id}")
        self.ses.list_receipt_filters()

    def test_bad_body(self) -> None:
        for body in ({"nonsense": 1}, {"mode": "never"}, []):
            self.assertEqual(400, call("POST", "/_test/faults", body)[0])


class Pacing(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")

    def pace(self, rate: float | None) -> None:
        body = {"ses_requests_per_second": rate}
        status, found = call("POST", f"/_test/settings?account={self.account.id}", body)
        self.assertEqual((200, rate), (status, found["ses_requests_per_second"]))

    def test_off_by_default(self) -> None:
        for _ in range(5):
            self.ses.list_receipt_filters()

    def test_one_request_in_a_while(self) -> None:
        self.pace(2)
        self.ses.list_receipt_filters()
        self.refused_text("Throttling", "Rate exceeded", self.ses.list_receipt_rule_sets)
        # Regions and accounts are paced apart; other services are not paced.
        self.account.client("ses", "us-east-1").list_receipt_filters()
        Account().client("ses").list_receipt_filters()
        self.account.client("sns").list_topics()
        time.sleep(0.5)
        self.ses.list_receipt_rule_sets()
        self.refused("Throttling", self.ses.list_receipt_filters)
        self.pace(None)
        self.ses.list_receipt_filters()

    def test_bad_settings(self) -> None:
        path = f"/_test/settings?account={self.account.id}"
        self.assertEqual(400, call("POST", path, {"nonsense": 1})[0])
        self.assertEqual(400, call("POST", "/_test/settings", {})[0])


class Health(EmulatorTest):
    def test_health(self) -> None:
        status, body = call("GET", "/_test/health")
        self.assertEqual((200, "ok"), (status, body["status"]))
        self.assertIn("ses", body["services"])

    def test_unknown_operations_are_501(self) -> None:
        """Not retried by the SDKs, as an internal error would be."""
        error = self.refused("InternalFailure", self.account.client("ses").get_account_sending_enabled)
        self.assertEqual(501, error["ResponseMetadata"]["HTTPStatusCode"])
