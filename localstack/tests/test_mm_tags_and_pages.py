"""Tags, pages and client tokens of Mail Manager."""

from __future__ import annotations

from .harness import Account, call
from .mail_manager import MailManagerTest, client


class Pages(MailManagerTest):
    def test_pages_and_tokens(self) -> None:
        made = {self.relay(name=f"r{number}") for number in range(5)}
        seen: list[str] = []
        token: dict[str, str] = {}
        sizes = []
        while True:
            page = self.mm.list_relays(PageSize=2, **token)
            sizes.append(len(page["Relays"]))
            seen += [relay["RelayId"] for relay in page["Relays"]]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual([2, 2, 1], sizes)
        self.assertEqual(made, set(seen))
        self.assertEqual(5, len(seen))
        # Of another operation, another account, or of nobody.
        self.refused("ValidationException", self.mm.list_archives, **token)
        self.refused("ValidationException", client(Account().id).list_relays, **token)
        for text in ("2", "not base64!", "bnVsbA==", "W10="):
            self.refused("ValidationException", self.mm.list_relays, NextToken=text)
        for size in (0, 51):
            self.refused("ValidationException", self.mm.list_relays, PageSize=size)

    def test_what_goes_meanwhile_hides_nothing(self) -> None:
        for number in range(4):
            self.relay(name=f"r{number}")
        everything = [relay["RelayId"] for relay in self.mm.list_relays()["Relays"]]
        first = self.mm.list_relays(PageSize=2)
        self.mm.delete_relay(RelayId=everything[0])
        self.mm.delete_relay(RelayId=everything[1])
        second = self.mm.list_relays(PageSize=2, NextToken=first["NextToken"])
        self.assertEqual(everything[2:], [relay["RelayId"] for relay in second["Relays"]])

    def test_pages_of_a_smaller_size_on_demand(self) -> None:
        self.settings(mail_manager_page_size=1)
        self.relay()
        self.relay(name="second")
        pages = list(self.mm.get_paginator("list_relays").paginate())
        self.assertEqual([1, 1], [len(page["Relays"]) for page in pages])


class Tags(MailManagerTest):
    def tags(self, arn: str) -> dict[str, str]:
        found = self.mm.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def test_tags(self) -> None:
        relay = self.relay(Tags=[{"Key": "owner", "Value": "plan"}, {"Key": "empty", "Value": ""}])
        arn = self.arn("mailmanager-smtp-relay", relay)
        self.assertEqual({"owner": "plan", "empty": ""}, self.tags(arn))
        self.mm.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "other"}, {"Key": "a", "Value": "b"}])
        self.mm.untag_resource(ResourceArn=arn, TagKeys=["empty", "unknown"])
        self.assertEqual({"owner": "other", "a": "b"}, self.tags(arn))
        # Only here, and in no Get.
        self.assertNotIn("Tags", self.mm.get_relay(RelayId=relay))
        self.mm.delete_relay(RelayId=relay)
        self.refused("ResourceNotFoundException", self.mm.list_tags_for_resource, ResourceArn=arn)

    def test_every_kind_has_them(self) -> None:
        subscription = self.mm.create_addon_subscription(AddonName="SPAMHAUS_DBL")["AddonSubscriptionId"]
        instance = self.mm.create_addon_instance(AddonSubscriptionId=subscription)["AddonInstanceId"]
        for kind, item in (
            ("mailmanager-traffic-policy", self.policy()),
            ("mailmanager-rule-set", self.rule_set()),
            ("mailmanager-ingress-point", self.point()),
            ("mailmanager-archive", self.archive()),
            ("mailmanager-address-list", self.address_list()),
            ("addon-subscription", subscription),
            ("addon-instance", instance),
        ):
            with self.subTest(kind):
                arn = self.arn(kind, item)
                self.mm.tag_resource(ResourceArn=arn, Tags=[{"Key": "k", "Value": "v"}])
                self.assertEqual({"k": "v"}, self.tags(arn))

    def test_refusals(self) -> None:
        arn = self.arn("mailmanager-smtp-relay", self.relay())
        tag = self.mm.tag_resource
        for key, value in (("a b", "v"), ("k", "a b"), ("", "v"), ("k" * 129, "v"), ("k", "v" * 257), ("aws:x", "v")):
            with self.subTest(key=key, value=value):
                self.refused("ValidationException", tag, ResourceArn=arn, Tags=[{"Key": key, "Value": value}])
        twice = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
        self.refused("ValidationException", tag, ResourceArn=arn, Tags=twice)
        self.refused("ValidationException", self.relay, name="other", Tags=twice)
        self.refused("ValidationException", tag, ResourceArn="arn:aws:s3:::bucket/long-enough", Tags=[])
        many = [{"Key": f"k{number}", "Value": ""} for number in range(200)]
        tag(ResourceArn=arn, Tags=many)
        self.refused("ServiceQuotaExceededException", tag, ResourceArn=arn, Tags=[{"Key": "more", "Value": ""}])
        tag(ResourceArn=arn, Tags=[{"Key": "k0", "Value": "changed"}])


class Tokens(MailManagerTest):
    def test_the_same_request_makes_one(self) -> None:
        first = self.relay(ClientToken="t1")
        self.assertEqual(first, self.relay(ClientToken="t1"))
        self.assertEqual(1, len(self.mm.list_relays()["Relays"]))
        self.refused("ConflictException", self.relay, name="other", ClientToken="t1")
        # Tokens are an operation's own.
        self.archive(ClientToken="t1")

    def test_a_request_that_failed_can_be_sent_again(self) -> None:
        self.relay(name="taken")
        self.refused("ConflictException", self.relay, name="taken", ClientToken="t1")
        self.mm.delete_relay(RelayId=self.mm.list_relays()["Relays"][0]["RelayId"])
        self.relay(name="taken", ClientToken="t1")

    def test_an_answer_that_was_lost(self) -> None:
        """As the SDKs do it: the same token again, and there is still one."""
        fault = {"service": "mailmanager", "operation": "CreateRelay", "account": self.account.id}
        lost = {**fault, "mode": "after", "code": "InternalFailure", "status": 500}
        self.assertEqual(201, call("POST", "/_test/faults", lost)[0])
        self.refused("InternalFailure", self.relay, ClientToken="t1")
        again = self.relay(ClientToken="t1")
        self.assertEqual([again], [relay["RelayId"] for relay in self.mm.list_relays()["Relays"]])
