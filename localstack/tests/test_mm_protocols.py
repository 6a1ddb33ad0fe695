"""Mail Manager over both of its protocols, whole: every operation, every member."""

from __future__ import annotations

from typing import Any

from .harness import Account, call
from .mail_manager import CBOR, JSON, KEY, SECRET, MailManagerTest, client, model

ROLE = "arn:aws:iam::111122223333:role/mm-exec"


class Protocols(MailManagerTest):
    def test_each_kind_in_each_protocol(self) -> None:
        for protocol in (CBOR, JSON):
            with self.subTest(protocol):
                self.account = Account()
                self.mm = client(self.account.id, protocol=protocol)
                self.whole_life()
                paths = {one["service"] for one in self.account.calls()}
                self.assertEqual({"mailmanager"}, paths)

    def whole_life(self) -> None:
        point = self.point()
        found = self.mm.get_ingress_point(IngressPointId=point)
        self.assertEqual("ACTIVE", found["Status"])
        relay, archive, addresses = self.relay(), self.archive(), self.address_list()
        subscription = self.mm.create_addon_subscription(AddonName="SPAMHAUS_DBL")["AddonSubscriptionId"]
        instance = self.mm.create_addon_instance(AddonSubscriptionId=subscription)["AddonInstanceId"]
        self.mm.register_member_to_address_list(AddressListId=addresses, Address="a@example.com")
        for lists, kind in (
            (self.mm.list_relays()["Relays"], "RelayId"),
            (self.mm.list_archives()["Archives"], "ArchiveId"),
            (self.mm.list_address_lists()["AddressLists"], "AddressListId"),
            (self.mm.list_addon_subscriptions()["AddonSubscriptions"], "AddonSubscriptionId"),
            (self.mm.list_addon_instances()["AddonInstances"], "AddonInstanceId"),
            (self.mm.list_ingress_points()["IngressPoints"], "IngressPointId"),
            (self.mm.list_rule_sets()["RuleSets"], "RuleSetId"),
            (self.mm.list_traffic_policies()["TrafficPolicies"], "TrafficPolicyId"),
        ):
            self.assertEqual(1, len(lists), kind)
            self.assertIn(kind, lists[0])
        error = self.refused("ConflictException", self.relay)
        self.assertEqual(409, error["ResponseMetadata"]["HTTPStatusCode"])
        self.refused("ResourceNotFoundException", self.mm.get_relay, RelayId="r-none")
        self.refused("ValidationException", self.mm.get_relay, RelayId="")
        self.mm.delete_ingress_point(IngressPointId=point)
        self.settle(point)
        self.assertEqual([], self.mm.list_ingress_points()["IngressPoints"])
        self.mm.delete_relay(RelayId=relay)
        self.mm.delete_archive(ArchiveId=archive)
        self.mm.delete_address_list(AddressListId=addresses)
        self.mm.delete_addon_instance(AddonInstanceId=instance)
        self.mm.delete_addon_subscription(AddonSubscriptionId=subscription)

    def test_every_action_and_condition_comes_back(self) -> None:
        """One of each member of each union, as the model lists them."""
        subscription = self.mm.create_addon_subscription(AddonName="ABUSIX_MAIL_INTELLIGENCE")
        instance = self.mm.create_addon_instance(**{
            "AddonSubscriptionId": subscription["AddonSubscriptionId"],
        })["AddonInstanceId"]  # fmt: skip
        sample = Sample(
            relay=self.relay(),
            archive=self.archive(),
            addresses=self.arn("mailmanager-address-list", self.address_list()),
            analyzer=self.arn("addon-instance", instance),
        )
        actions, conditions = sample.all("RuleAction"), sample.all("RuleCondition")
        statements = [{"Action": "DENY", "Conditions": [each]} for each in sample.all("PolicyCondition")]
        self.assertEqual(12, len(actions))
        rules = [{"Name": f"a{number}", "Actions": [each]} for number, each in enumerate(actions)]
        rules += [
            {"Name": f"c{number}", "Conditions": [each], "Unless": [each], "Actions": [{"Drop": {}}]}
            for number, each in enumerate(conditions)
        ]
        for protocol in (CBOR, JSON):
            with self.subTest(protocol):
                self.mm = client(self.account.id, protocol=protocol)
                found = self.mm.get_rule_set(RuleSetId=self.rule_set(*rules, name=protocol))
                self.assertEqual(rules, found["Rules"])
                policy = self.policy(name=protocol, PolicyStatements=statements, MaxMessageSizeBytes=1)
                read = self.mm.get_traffic_policy(TrafficPolicyId=policy)
                self.assertEqual(statements, read["PolicyStatements"])
                self.assertEqual(1, read["MaxMessageSizeBytes"])

    def test_ses_v1_is_still_there(self) -> None:
        self.account.client("ses").create_receipt_rule_set(RuleSetName="set")
        self.rule_set(name="set")
        self.assertEqual(["ses", "mailmanager"], [one["service"] for one in self.account.calls()])

    def test_operations_that_are_not_there(self) -> None:
        for protocol in (CBOR, JSON):
            with self.subTest(protocol):
                mm = client(self.account.id, protocol=protocol)
                error = self.refused("InternalFailure", mm.list_archive_searches, ArchiveId=self.archive(protocol))
                self.assertEqual(501, error["ResponseMetadata"]["HTTPStatusCode"])

    def test_each_operation_is_emulated_or_known_not_to_be(self) -> None:
        from postroom_localstack.mail_manager.provider import handlers

        missing = set(model()["operations"]) - set(handlers())
        self.assertEqual(
            {
                "StartArchiveExport", "GetArchiveExport", "ListArchiveExports", "StopArchiveExport",
                "StartArchiveSearch", "GetArchiveSearch", "ListArchiveSearches", "StopArchiveSearch",
                "GetArchiveSearchResults", "GetArchiveMessage", "GetArchiveMessageContent",
            },
            missing,
        )  # fmt: skip

    def test_values_of_the_wrong_type(self) -> None:
        for body in ({"RelayName": 5}, {"Authentication": {"SecretArn": ["a"]}}):
            with self.subTest(body):
                status, found = self.raw("CreateRelay", body)
                self.assertEqual((400, "SerializationException"), (status, found["__type"]))

    def test_recorder_and_faults(self) -> None:
        relay = self.relay()
        (found,) = self.account.calls()
        self.assertEqual(
            ("mailmanager", "CreateRelay", "write", "onprem", 200),
            tuple(found[name] for name in ("service", "operation", "access", "resource", "status")),
        )
        self.addCleanup(call, "DELETE", f"/_test/faults?account={self.account.id}")
        fault = {"service": "mailmanager", "account": self.account.id, "resource": relay}
        throttled = {**fault, "code": "ThrottlingException", "message": "Rate exceeded", "status": 429}
        for protocol in (CBOR, JSON):
            for mode in ("before", "after"):
                with self.subTest(protocol=protocol, mode=mode):
                    call("POST", "/_test/faults", {**throttled, "mode": mode})
                    mm = client(self.account.id, protocol=protocol)
                    error = self.refused("ThrottlingException", mm.get_relay, RelayId=relay)
                    self.assertEqual(429, error["ResponseMetadata"]["HTTPStatusCode"])
                    mm.get_relay(RelayId=relay)

    def test_secrets_are_not_recorded(self) -> None:
        self.point(Type="AUTH", IngressPointConfiguration={"SmtpPassword": "opensesame"})
        self.assertNotIn("opensesame", str(self.account.calls()))


class Sample:
    """A value for every shape of the model, and one for each member of a union."""

    def __init__(self, relay: str, archive: str, addresses: str, analyzer: str) -> None:
        self.shapes = model()["shapes"]
        self.values: dict[str, Any] = {
            "Relay": relay,
            "TargetArchive": archive,
            "AddressLists": [addresses],
            "Analyzer": analyzer,
            "ResultField": "addon.isSpam",
            "RoleArn": ROLE,
            "MailboxArn": "arn:aws:workmail:eu-west-1:111122223333:organization/m-1",
            "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
            "TopicArn": "arn:aws:sns:eu-west-1:111122223333:topic",
            "S3SseKmsKeyId": KEY,
            "S3Bucket": "bucket",
            "S3Prefix": "in/",
            "HeaderName": "X-Route",
            "MimeHeaderAttribute": "X-Project",
            "ReplaceWith": ["desk@example.com"],
            "Sender": "mailer@example.com",
            "StatusCode": "5.1.1",
            "SmtpReplyCode": "550",
            "SecretArn": SECRET,
        }
        self.by_shape = {
            "QBusinessApplicationId": "11111111-2222-3333-4444-555555555555",
            "QBusinessIndexId": "66666666-7777-8888-9999-000000000000",
            "RuleIpStringValue": "10.0.0.0/8",
            "Ipv4Cidr": "192.0.2.0/24",
            "Ipv6Cidr": "2001:db8::/32",
        }

    def all(self, union: str) -> list[Any]:
        """Each member of the union, and of the unions inside it."""
        return [value for value in self._each(union)]

    def _each(self, name: str) -> list[Any]:
        shape = self.shapes[name]
        if shape["type"] != "structure":
            return [self._plain(name)]
        if shape.get("union"):
            return [
                {member: value}
                for member, place in shape["members"].items()
                for value in self._of_member(member, place["shape"])
            ]
        usual = {m: self._of_member(m, p["shape"])[0] for m, p in shape["members"].items()}
        found = [usual]
        for member, place in shape["members"].items():
            found += [{**usual, member: each} for each in self._of_member(member, place["shape"])[1:]]
        return found

    def _of_member(self, member: str, shape: str) -> list[Any]:
        if member in self.values and self.shapes[shape]["type"] != "structure":
            return [self.values[member]]
        return self._each(shape)

    def _plain(self, name: str) -> Any:
        shape = self.shapes[name]
        if name in self.by_shape:
            return self.by_shape[name]
        if shape["type"] == "list":
            return [self._each(shape["member"]["shape"])[0]]
        if shape["type"] == "string":
            return shape["enum"][0] if "enum" in shape else "a" * max(shape.get("min", 1), 1)
        return {"double": 1.5, "integer": 1, "boolean": True}[shape["type"]]
