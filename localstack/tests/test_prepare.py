"""The verb ``prepare``, as far as other tests do not use it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from .harness import emulator, endpoint
from .mail_manager import MailManagerTest

OPEN = {"IngressPointName": "mx-in", "Type": "OPEN", "TlsPolicy": "OPTIONAL"}


class Prepare(MailManagerTest):
    def prepare(self, described: dict[str, Any]) -> dict[str, str]:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "described.json"
            path.write_text(json.dumps(described))
            done = emulator("prepare", str(path), "--endpoint", endpoint(), "--account", self.account.id)
        self.assertEqual(0, done.returncode, done.stderr)
        return dict(json.loads(done.stdout))

    def test_mail_manager(self) -> None:
        listed = {"Attribute": "FROM", "AddressLists": [{"arn_of": "partners"}]}
        condition = {"BooleanExpression": {"Evaluate": {"IsInAddressList": listed}, "Operator": "IS_TRUE"}}
        made = self.prepare({"mail_manager": [
            {"create": "AddressList", "as": "partners", "request": {"AddressListName": "partners"},
             "members": ["*@example.com"]},
            {"create": "AddonSubscription", "as": "spamhaus", "request": {"AddonName": "SPAMHAUS_DBL"}},
            {"create": "AddonInstance", "as": "instance",
             "request": {"AddonSubscriptionId": {"id_of": "spamhaus"}}},
            {"create": "TrafficPolicy", "as": "edge",
             "request": {"TrafficPolicyName": "edge", "DefaultAction": "ALLOW", "PolicyStatements": []}},
            {"create": "RuleSet", "as": "triage", "request": {"RuleSetName": "triage", "Rules": [
                {"Conditions": [condition], "Actions": [{"Drop": {}}]}]}},
            {"create": "IngressPoint", "as": "mx-in", "request": {
                **OPEN, "RuleSetId": {"id_of": "triage"}, "TrafficPolicyId": {"id_of": "edge"}}},
        ]})  # fmt: skip
        (point,) = self.mm.list_ingress_points()["IngressPoints"]
        self.assertEqual(self.arn("mailmanager-ingress-point", point["IngressPointId"]), made["mx-in"])
        (partners,) = self.mm.list_address_lists()["AddressLists"]
        found = self.mm.list_members_of_address_list(AddressListId=partners["AddressListId"])
        self.assertEqual(["*@example.com"], [member["Address"] for member in found["Addresses"]])
        self.assertIn(":addon-instance/ai-", made["instance"])

    def test_secrets(self) -> None:
        made = self.prepare({
            "keys": [{"alias": "alias/mm"}],
            "secrets": [{"name": "relay-login", "key": "alias/mm", "policy": [
                {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"},
                 "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}],
        })  # fmt: skip
        secrets = self.account.client("secretsmanager")
        found = secrets.describe_secret(SecretId="relay-login")
        self.assertEqual((made["secret/relay-login"], made["alias/mm"]), (found["ARN"], found["KmsKeyId"]))
        policy = secrets.get_resource_policy(SecretId="relay-login")["ResourcePolicy"]
        self.assertIn("ses.amazonaws.com", policy)
