"""What all kinds of Mail Manager have in common: names, updates, deletes, references; and archives."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .harness import Account
from .mail_manager import DROP, KEY, SECRET, MailManagerTest, client


class Resources(MailManagerTest):
    def test_ids_arns_and_dates(self) -> None:
        """Get has what List has not; Create answers the id alone."""
        relay = self.mm.create_relay(
            RelayName="onprem", ServerName="h", ServerPort=25, Authentication={"NoAuthentication": {}}
        )
        self.assertEqual({"RelayId"}, set(relay) - {"ResponseMetadata"})
        found = self.mm.get_relay(RelayId=relay["RelayId"])
        self.assertEqual(self.arn("mailmanager-smtp-relay", relay["RelayId"]), found["RelayArn"])
        self.assertEqual({"NoAuthentication": {}}, found["Authentication"])
        self.assertEqual(found["CreatedTimestamp"], found["LastModifiedTimestamp"])
        age = datetime.now(timezone.utc) - found["CreatedTimestamp"]
        self.assertLess(abs(age.total_seconds()), 60)
        (listed,) = self.mm.list_relays()["Relays"]
        self.assertEqual({"RelayId", "RelayName", "LastModifiedTimestamp"}, set(listed))
        for item, pattern in (
            (self.point(), r"\Ainp-[a-z2-7]{24}\Z"),
            (self.archive(), r"\Aa-[a-z0-9]{24,62}\Z"),
            (self.address_list(), r"\Aal-[a-z0-9]{12}\Z"),
        ):
            self.assertRegex(item, pattern)

    def test_updates_keep_what_is_not_given(self) -> None:
        relay = self.relay()
        self.mm.update_relay(RelayId=relay, ServerPort=2525)
        found = self.mm.get_relay(RelayId=relay)
        self.assertEqual(
            ("onprem", "smtp.example.com", 2525, {"SecretArn": SECRET}),
            tuple(found[name] for name in ("RelayName", "ServerName", "ServerPort", "Authentication")),
        )
        self.assertGreater(found["LastModifiedTimestamp"], found["CreatedTimestamp"])
        policy = self.policy(MaxMessageSizeBytes=5)
        self.mm.update_traffic_policy(TrafficPolicyId=policy, DefaultAction="DENY", TrafficPolicyName="renamed")
        read = self.mm.get_traffic_policy(TrafficPolicyId=policy)
        self.assertEqual(
            ("renamed", "DENY", 5, []),
            tuple(read[name] for name in
                  ("TrafficPolicyName", "DefaultAction", "MaxMessageSizeBytes", "PolicyStatements")),
        )  # fmt: skip

    def test_an_update_replaces_all_rules(self) -> None:
        rules = self.rule_set({"Name": "a", **DROP}, {"Name": "b", **DROP})
        self.mm.update_rule_set(RuleSetId=rules, Rules=[{"Name": "c", **DROP}])
        self.assertEqual([{"Name": "c", **DROP}], self.mm.get_rule_set(RuleSetId=rules)["Rules"])
        self.mm.update_rule_set(RuleSetId=rules, Rules=[])
        self.assertEqual([], self.mm.get_rule_set(RuleSetId=rules)["Rules"])

    def test_two_of_one_name(self) -> None:
        for make in (self.policy, self.rule_set, self.relay, self.archive, self.address_list):
            with self.subTest(make.__name__):
                make(name="same")
                self.refused("ConflictException", make, name="same")
                make(name="other")
        self.point()
        self.refused("ConflictException", self.point, RuleSetId=self.rule_set(), TrafficPolicyId=self.policy())
        other = self.relay(name="third")
        self.refused("ConflictException", self.mm.update_relay, RelayId=other, RelayName="same")
        # Its own name is no conflict.
        self.mm.update_relay(RelayId=other, RelayName="third")

    def test_accounts_and_regions_are_apart(self) -> None:
        relay = self.relay()
        for elsewhere in (self.other(), client(Account().id)):
            self.assertEqual([], elsewhere.list_relays()["Relays"])
            self.refused("ResourceNotFoundException", elsewhere.get_relay, RelayId=relay)

    def test_ids_of_another_kind_are_not_found(self) -> None:
        self.refused("ResourceNotFoundException", self.mm.get_relay, RelayId=self.archive())

    def test_deletes_of_what_is_not_there(self) -> None:
        self.mm.delete_rule_set(RuleSetId="rs-none")
        self.mm.delete_archive(ArchiveId="a-none")
        self.mm.delete_address_list(AddressListId="al-none")
        self.mm.delete_addon_instance(AddonInstanceId="ai-none")
        self.mm.delete_addon_subscription(AddonSubscriptionId="as-none")
        for delete, request in (
            (self.mm.delete_ingress_point, {"IngressPointId": "inp-none"}),
            (self.mm.delete_relay, {"RelayId": "r-none"}),
            (self.mm.delete_traffic_policy, {"TrafficPolicyId": "tp-none"}),
        ):
            with self.subTest(request):
                self.refused("ResourceNotFoundException", delete, **request)

    def test_quotas(self) -> None:
        for number in range(100):
            self.address_list(name=f"l{number}")
        error = self.refused("ServiceQuotaExceededException", self.address_list, name="more")
        self.assertEqual(402, error["ResponseMetadata"]["HTTPStatusCode"])
        self.settings(mail_manager_quota=1)
        self.relay()
        self.refused("ServiceQuotaExceededException", self.relay, name="more")

    def test_add_ons(self) -> None:
        subscribe, make = self.mm.create_addon_subscription, self.mm.create_addon_instance
        one = subscribe(AddonName="TRENDMICRO_VSAPI")["AddonSubscriptionId"]
        self.refused("ConflictException", subscribe, AddonName="TRENDMICRO_VSAPI")
        self.refused("ResourceNotFoundException", make, AddonSubscriptionId="as-none")
        instance = make(AddonSubscriptionId=one)["AddonInstanceId"]
        self.refused("ConflictException", make, AddonSubscriptionId=one)
        (listed,) = self.mm.list_addon_instances()["AddonInstances"]
        self.assertEqual(
            (instance, one, "TRENDMICRO_VSAPI", self.arn("addon-instance", instance)),
            tuple(listed[name] for name in
                  ("AddonInstanceId", "AddonSubscriptionId", "AddonName", "AddonInstanceArn")),
        )  # fmt: skip
        self.refused("ConflictException", self.mm.delete_addon_subscription, AddonSubscriptionId=one)
        self.mm.delete_addon_instance(AddonInstanceId=instance)
        self.mm.delete_addon_subscription(AddonSubscriptionId=one)

    def test_defaults_are_read_back_on_demand(self) -> None:
        topic = "arn:aws:sns:eu-west-1:111122223333:t"
        given = {"PublishToSns": {"TopicArn": topic, "RoleArn": "arn:aws:iam::111122223333:role/r"}}
        rules = self.rule_set({"Actions": [given, {"Drop": {}}]})
        self.assertEqual([{"Actions": [given, {"Drop": {}}]}], self.mm.get_rule_set(RuleSetId=rules)["Rules"])
        self.settings(mail_manager_fills_defaults=True)
        (found,) = self.mm.get_rule_set(RuleSetId=rules)["Rules"]
        action = found["Actions"][0]["PublishToSns"]
        self.assertEqual(
            ("UTF-8", "CONTENT", "DROP"),
            tuple(action[name] for name in ("Encoding", "PayloadType", "ActionFailurePolicy")),
        )
        self.assertEqual(([], []), (found["Conditions"], found["Unless"]))


class References(MailManagerTest):
    def test_rules_hold_what_they_mention(self) -> None:
        relay, archive, addresses = self.relay(), self.archive(), self.address_list()
        listed = {
            "Evaluate": {
                "IsInAddressList": {
                    "Attribute": "FROM",
                    "AddressLists": [self.arn("mailmanager-address-list", addresses)],
                }
            },
            "Operator": "IS_TRUE",
        }
        rules = self.rule_set(
            {"Actions": [{"Relay": {"Relay": relay}}, {"Archive": {"TargetArchive": archive}}]},
            {**DROP, "Unless": [{"BooleanExpression": listed}]},
        )
        for delete, request in (
            (self.mm.delete_relay, {"RelayId": relay}),
            (self.mm.delete_archive, {"ArchiveId": archive}),
            (self.mm.delete_address_list, {"AddressListId": addresses}),
        ):
            with self.subTest(request):
                self.refused("ConflictException", delete, **request)
        self.mm.update_rule_set(RuleSetId=rules, Rules=[])
        self.mm.delete_relay(RelayId=relay)
        self.mm.delete_archive(ArchiveId=archive)
        self.mm.delete_address_list(AddressListId=addresses)

    def test_what_is_mentioned_has_to_exist(self) -> None:
        actions: list[dict[str, Any]] = [
            {"Relay": {"Relay": "r-none"}},
            {"Relay": {"Relay": self.arn("mailmanager-smtp-relay", "r-none")}},
            {"Archive": {"TargetArchive": "a-none"}},
        ]
        for action in actions:
            with self.subTest(action):
                self.refused("ResourceNotFoundException", self.rule_set, {"Actions": [action]})
        self.settings(mail_manager_checks_references=False)
        self.rule_set({"Actions": actions})

    def test_a_relay_by_its_arn(self) -> None:
        arn = self.arn("mailmanager-smtp-relay", self.relay())
        rules = self.rule_set({"Actions": [{"Relay": {"Relay": arn}}]})
        # As it was sent, not as an id.
        (rule,) = self.mm.get_rule_set(RuleSetId=rules)["Rules"]
        self.assertEqual(arn, rule["Actions"][0]["Relay"]["Relay"])

    def test_an_archive_only_by_its_id(self) -> None:
        archive = self.archive()
        arn = self.arn("mailmanager-archive", archive)
        self.refused_text(
            "ValidationException",
            "Member must have length less than or equal to 66",
            self.rule_set,
            {"Actions": [{"Archive": {"TargetArchive": arn}}]},
        )
        self.rule_set({"Actions": [{"Archive": {"TargetArchive": archive}}]})

    def test_add_ons_by_their_arn(self) -> None:
        subscription = self.mm.create_addon_subscription(AddonName="SPAMHAUS_DBL")["AddonSubscriptionId"]
        instance = self.mm.create_addon_instance(AddonSubscriptionId=subscription)["AddonInstanceId"]

        def statement(analyzer: str) -> dict[str, Any]:
            analysis = {"Analysis": {"Analyzer": analyzer, "ResultField": "isSpam"}}
            expression = {"Evaluate": analysis, "Operator": "IS_TRUE"}
            return {"Action": "DENY", "Conditions": [{"BooleanExpression": expression}]}

        for analyzer in (instance, self.arn("addon-instance", "ai-none"), self.arn("addon-subscription", subscription)):
            with self.subTest(analyzer):
                self.refused("ResourceNotFoundException", self.policy, PolicyStatements=[statement(analyzer)])
        policy = self.policy(PolicyStatements=[statement(self.arn("addon-instance", instance))])
        self.refused("ConflictException", self.mm.delete_addon_instance, AddonInstanceId=instance)
        self.mm.delete_traffic_policy(TrafficPolicyId=policy)
        self.mm.delete_addon_instance(AddonInstanceId=instance)


class Archives(MailManagerTest):
    def test_deletion_is_pending(self) -> None:
        archive = self.archive(Retention={"RetentionPeriod": "SEVEN_YEARS"}, KmsKeyArn=KEY)
        found = self.mm.get_archive(ArchiveId=archive)
        self.assertEqual(
            ("ACTIVE", {"RetentionPeriod": "SEVEN_YEARS"}, KEY),
            tuple(found[name] for name in ("ArchiveState", "Retention", "KmsKeyArn")),
        )
        self.mm.delete_archive(ArchiveId=archive)
        self.mm.delete_archive(ArchiveId=archive)
        self.assertEqual("PENDING_DELETION", self.mm.get_archive(ArchiveId=archive)["ArchiveState"])
        (listed,) = self.mm.list_archives()["Archives"]
        self.assertEqual((archive, "PENDING_DELETION"), (listed["ArchiveId"], listed["ArchiveState"]))
        self.refused("ConflictException", self.mm.update_archive, ArchiveId=archive, ArchiveName="other")
        # Its name stays taken, and rules may still mention it: nothing tells at once.
        self.refused("ConflictException", self.archive)
        self.rule_set({"Actions": [{"Archive": {"TargetArchive": archive}}]})
        self.settings(archive_pending_seconds=0)
        self.refused("ResourceNotFoundException", self.mm.get_archive, ArchiveId=archive)
        self.archive()

    def test_updates(self) -> None:
        archive = self.archive()
        self.assertIn("Retention", self.mm.get_archive(ArchiveId=archive))
        self.mm.update_archive(ArchiveId=archive, Retention={"RetentionPeriod": "PERMANENT"}, ArchiveName="renamed")
        found = self.mm.get_archive(ArchiveId=archive)
        self.assertEqual(("renamed", {"RetentionPeriod": "PERMANENT"}), (found["ArchiveName"], found["Retention"]))
