"""Rule sets and filters."""

from __future__ import annotations

from .harness import OTHER_REGION, Account, EmulatorTest, call

STOP = {"StopAction": {"Scope": "RuleSet"}}


class RuleSets(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")

    def names(self) -> list[str]:
        return [found["Name"] for found in self.ses.list_receipt_rule_sets()["RuleSets"]]

    def test_create_and_describe(self) -> None:
        self.ses.create_receipt_rule_set(RuleSetName="set")
        found = self.ses.describe_receipt_rule_set(RuleSetName="set")
        self.assertEqual("set", found["Metadata"]["Name"])
        self.assertIn("CreatedTimestamp", found["Metadata"])
        self.assertEqual([], found["Rules"])
        self.refused("AlreadyExists", self.ses.create_receipt_rule_set, RuleSetName="set")
        error = self.refused(
            "RuleSetDoesNotExist", self.ses.describe_receipt_rule_set, RuleSetName="none"
        )
        self.assertEqual(400, error["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual("Rule set does not exist: none", error["Error"]["Message"])
        self.assertEqual("none", error["Name"])

    def test_accounts_and_regions_are_apart(self) -> None:
        self.ses.create_receipt_rule_set(RuleSetName="set")
        self.assertEqual(["set"], self.names())
        for other in (self.account.client("ses", OTHER_REGION), Account().client("ses")):
            self.assertEqual([], other.list_receipt_rule_sets()["RuleSets"])

    def test_names(self) -> None:
        create = self.ses.create_receipt_rule_set
        for name in ("a b", "a/b", "é"):
            self.refused("ValidationError", create, RuleSetName=name)
        for name in ("-a", "a.", "_", "a" * 65):
            self.refused("InvalidParameterValue", create, RuleSetName=name)
        for name in ("a", "A.b_c-9", "a" * 64):
            create(RuleSetName=name)

    def test_limit(self) -> None:
        for number in range(40):
            self.ses.create_receipt_rule_set(RuleSetName=f"s{number}")
        self.refused("LimitExceeded", self.ses.create_receipt_rule_set, RuleSetName="more")
        self.refused(
            "LimitExceeded",
            self.ses.clone_receipt_rule_set,
            RuleSetName="more",
            OriginalRuleSetName="s0",
        )

    def test_pages(self) -> None:
        for number in range(5):
            self.ses.create_receipt_rule_set(RuleSetName=f"s{number}")
        call("POST", f"/_test/settings?account={self.account.id}", {"rule_set_page_size": 2})
        found, token = [], {}
        for _ in range(3):
            page = self.ses.list_receipt_rule_sets(**token)
            found += [each["Name"] for each in page["RuleSets"]]
            token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
        self.assertEqual([f"s{number}" for number in range(5)], found)
        self.assertEqual({}, token)

    def test_active(self) -> None:
        self.assertNotIn("Metadata", self.ses.describe_active_receipt_rule_set())
        self.refused(
            "RuleSetDoesNotExist", self.ses.set_active_receipt_rule_set, RuleSetName="set"
        )
        self.account.create_rule(STOP)
        self.ses.set_active_receipt_rule_set(RuleSetName="set")
        active = self.ses.describe_active_receipt_rule_set()
        self.assertEqual("set", active["Metadata"]["Name"])
        self.assertEqual(["rule"], [rule["Name"] for rule in active["Rules"]])
        self.refused_text(
            "CannotDelete",
            "Cannot delete active rule set: set",
            self.ses.delete_receipt_rule_set,
            RuleSetName="set",
        )
        self.ses.set_active_receipt_rule_set()
        self.assertNotIn("Metadata", self.ses.describe_active_receipt_rule_set())
        self.ses.delete_receipt_rule_set(RuleSetName="set")
        self.assertEqual([], self.names())

    def test_delete_is_idempotent_and_takes_the_rules(self) -> None:
        self.ses.delete_receipt_rule_set(RuleSetName="none")
        self.account.create_rule(STOP)
        self.ses.delete_receipt_rule_set(RuleSetName="set")
        self.ses.create_receipt_rule_set(RuleSetName="set")
        self.assertEqual([], self.ses.describe_receipt_rule_set(RuleSetName="set")["Rules"])

    def test_clone(self) -> None:
        self.account.create_rule(STOP, Recipients=["example.com"])
        self.ses.set_active_receipt_rule_set(RuleSetName="set")
        clone = self.ses.clone_receipt_rule_set
        clone(RuleSetName="copy", OriginalRuleSetName="set")
        rules = self.ses.describe_receipt_rule_set(RuleSetName="copy")["Rules"]
        self.assertEqual(self.ses.describe_receipt_rule_set(RuleSetName="set")["Rules"], rules)
        active = self.ses.describe_active_receipt_rule_set()["Metadata"]["Name"]
        self.assertEqual("set", active)
        # A change of the copy leaves the original alone.
        self.ses.delete_receipt_rule(RuleSetName="copy", RuleName="rule")
        self.assertEqual(1, len(self.ses.describe_receipt_rule_set(RuleSetName="set")["Rules"]))
        self.refused("RuleSetDoesNotExist", clone, RuleSetName="x", OriginalRuleSetName="none")
        self.refused("AlreadyExists", clone, RuleSetName="copy", OriginalRuleSetName="none")


class Filters(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.ses = self.account.client("ses")

    def create(self, name: str = "f", cidr: str = "10.0.0.0/8", policy: str = "Block") -> None:
        self.ses.create_receipt_filter(
            Filter={"Name": name, "IpFilter": {"Policy": policy, "Cidr": cidr}}
        )

    def test_create_list_delete(self) -> None:
        self.create()
        self.create("g", "2001:db8::/32", "Allow")
        self.assertEqual(
            [
                {"Name": "f", "IpFilter": {"Policy": "Block", "Cidr": "10.0.0.0/8"}},
                {"Name": "g", "IpFilter": {"Policy": "Allow", "Cidr": "2001:db8::/32"}},
            ],
            self.ses.list_receipt_filters()["Filters"],
        )
        self.refused("AlreadyExists", self.create)
        self.ses.delete_receipt_filter(FilterName="f")
        self.ses.delete_receipt_filter(FilterName="f")
        self.assertEqual(1, len(self.ses.list_receipt_filters()["Filters"]))

    def test_cidr(self) -> None:
        for number, cidr in enumerate(("10.0.0.1", "::1", "0.0.0.0/0", "2001:db8::1/128")):
            self.create(f"good{number}", cidr)
        for cidr in (
            "10.0.0.256", "10.0.0.0/33", "10.0.0", "host", "fe80::1%eth0", "[::1]",
            "::ffff:10.0.0.1", "::1/129", "10.0.0.0/", "10.0.0.0/255.0.0.0", "",
        ):  # fmt: skip
            self.refused_text(
                "InvalidParameterValue", f"Invalid CIDR block: {cidr}", self.create, "bad", cidr
            )

    def test_names_and_policy(self) -> None:
        self.refused("ValidationError", self.create, "a b")
        self.refused("InvalidParameterValue", self.create, "-a")
        self.refused("ValidationError", self.create, "a", policy="Deny")

    def test_limit(self) -> None:
        for number in range(100):
            self.create(f"f{number}")
        self.refused_text("LimitExceeded", "Too many filters", self.create, "more")
