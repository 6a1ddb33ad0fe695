"""Ingress points: states, authentication, network, TLS, and what they hold."""

from __future__ import annotations

from typing import Any

from .mail_manager import KEY, SECRET, MailManagerTest

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ENDPOINT = "vpce-0123456789abcdef0"
PRIVATE = {"PrivateNetworkConfiguration": {"VpcEndpointId": ENDPOINT}}


class IngressPointTest(MailManagerTest):
    def get(self, point: str, **more: Any) -> dict[str, Any]:
        return dict(self.mm.get_ingress_point(IngressPointId=point, **more))

    def update(self, point: str, **more: Any) -> None:
        self.mm.update_ingress_point(IngressPointId=point, **more)


class States(IngressPointTest):
    def test_provisioning(self) -> None:
        self.settings(ingress_provisioning_seconds=600)
        point = self.point(settled=False)
        self.assertEqual("PROVISIONING", self.status(point))
        (listed,) = self.mm.list_ingress_points()["IngressPoints"]
        self.assertEqual("PROVISIONING", listed["Status"])
        self.refused("ConflictException", self.mm.delete_ingress_point, IngressPointId=point)
        self.refused("ConflictException", self.update, point, IngressPointName="other")
        self.settings(ingress_provisioning_seconds=0)
        self.assertEqual("ACTIVE", self.status(point))

    def test_updating_and_closing(self) -> None:
        point = self.point()
        self.settings(ingress_updating_seconds=600)
        self.update(point, StatusToUpdate="CLOSED")
        self.assertEqual("UPDATING", self.status(point))
        self.refused("ConflictException", self.update, point, StatusToUpdate="ACTIVE")
        self.settings(ingress_updating_seconds=0)
        self.assertEqual("CLOSED", self.status(point))
        self.update(point, IngressPointName="renamed")
        self.assertEqual("CLOSED", self.status(point))
        self.update(point, StatusToUpdate="ACTIVE")
        self.assertEqual(("ACTIVE", "renamed"), (self.status(point), self.get(point)["IngressPointName"]))
        self.refused("ValidationException", self.update, point, StatusToUpdate="PROVISIONING")

    def test_what_it_uses_is_held_until_it_is_gone(self) -> None:
        rules, policy = self.rule_set(), self.policy()
        point = self.point(RuleSetId=rules, TrafficPolicyId=policy)

        def held() -> None:
            self.refused("ConflictException", self.mm.delete_rule_set, RuleSetId=rules)
            self.refused("ConflictException", self.mm.delete_traffic_policy, TrafficPolicyId=policy)

        held()
        self.settings(ingress_deprovisioning_seconds=600)
        self.mm.delete_ingress_point(IngressPointId=point)
        self.assertEqual("DEPROVISIONING", self.status(point))
        held()
        self.refused("ConflictException", self.mm.delete_ingress_point, IngressPointId=point)
        self.settings(ingress_deprovisioning_seconds=0)
        self.assertEqual("GONE", self.status(point))
        self.mm.delete_rule_set(RuleSetId=rules)
        self.mm.delete_traffic_policy(TrafficPolicyId=policy)

    def test_an_update_lets_go_of_what_it_used(self) -> None:
        point = self.point()
        before = self.get(point)
        self.update(point, RuleSetId=self.rule_set(), TrafficPolicyId=self.policy())
        self.mm.delete_rule_set(RuleSetId=before["RuleSetId"])
        self.mm.delete_traffic_policy(TrafficPolicyId=before["TrafficPolicyId"])

    def test_failing(self) -> None:
        self.settings(ingress_points_fail=True)
        point = self.point()
        self.assertEqual("FAILED", self.status(point))
        self.refused("ConflictException", self.update, point, StatusToUpdate="ACTIVE")
        self.mm.delete_ingress_point(IngressPointId=point)
        self.settle(point)
        self.assertEqual("GONE", self.status(point))

    def test_references_have_to_exist(self) -> None:
        for more in ({"RuleSetId": "rs-none"}, {"TrafficPolicyId": "tp-none"}):
            with self.subTest(more):
                self.refused("ResourceNotFoundException", self.point, name=f"x{len(str(more))}", **more)
        point = self.point(name="there")
        self.refused("ResourceNotFoundException", self.update, point, RuleSetId="rs-none")
        self.assertEqual("ACTIVE", self.status(point))


class Network(IngressPointTest):
    def test_the_default_is_said(self) -> None:
        found = self.get(self.point())
        self.assertEqual({"PublicNetworkConfiguration": {"IpType": "IPV4"}}, found["NetworkConfiguration"])
        self.assertRegex(found["ARecord"], r"\A[a-z2-7]{12}\.[a-z2-7]{4}\.mail-manager-smtp\.amazonaws\.com\Z")

    def test_dual_stack_and_private(self) -> None:
        for number, network in enumerate(({"PublicNetworkConfiguration": {"IpType": "DUAL_STACK"}}, PRIVATE)):
            found = self.get(self.point(name=f"point{number}", NetworkConfiguration=network))
            self.assertEqual(network, found["NetworkConfiguration"])
        bad = {"PrivateNetworkConfiguration": {"VpcEndpointId": "vpce-short"}}
        self.refused("ValidationException", self.point, NetworkConfiguration=bad)

    def test_an_endpoint_that_is_missing(self) -> None:
        self.settings(missing_vpc_endpoints=[ENDPOINT])
        point = self.point(NetworkConfiguration=PRIVATE)
        self.assertEqual("ASSOCIATED_VPC_ENDPOINT_DOES_NOT_EXIST", self.status(point))
        (listed,) = self.mm.list_ingress_points()["IngressPoints"]
        self.assertEqual("ASSOCIATED_VPC_ENDPOINT_DOES_NOT_EXIST", listed["Status"])
        self.settings(missing_vpc_endpoints=[])
        self.assertEqual("ACTIVE", self.status(point))

    def test_network_and_type_cannot_be_changed(self) -> None:
        """Update has no such members, and what is not known is ignored."""
        point = self.point()
        before = self.get(point)
        body = {"IngressPointId": point, "NetworkConfiguration": PRIVATE, "Type": "AUTH"}
        self.assertEqual(200, self.raw("UpdateIngressPoint", body)[0])
        self.settle(point)
        after = self.get(point)
        self.assertEqual(
            (before["NetworkConfiguration"], before["Type"]), (after["NetworkConfiguration"], after["Type"])
        )


class Tls(IngressPointTest):
    def test_defaults(self) -> None:
        self.assertEqual("REQUIRED", self.get(self.point())["TlsPolicy"])
        self.mm = self.other("ca-central-1")
        found = self.get(self.point())
        self.assertEqual("FIPS", found["TlsPolicy"])
        self.assertIn(".fips.", found["ARecord"])

    def test_fips(self) -> None:
        self.refused("ValidationException", self.point, TlsPolicy="FIPS")
        point = self.point(name="other")
        self.refused("ValidationException", self.update, point, TlsPolicy="FIPS")
        self.update(point, TlsPolicy="OPTIONAL")
        self.settle(point)
        self.assertEqual("OPTIONAL", self.get(point)["TlsPolicy"])
        self.mm = self.other("us-east-1")
        american = self.point(TlsPolicy="FIPS")
        self.refused("ValidationException", self.update, american, TlsPolicy="REQUIRED")

    def test_optional_is_for_some(self) -> None:
        auth = {"Type": "AUTH", "IngressPointConfiguration": {"SecretArn": SECRET}}
        trust = {"TlsAuthConfiguration": {"TrustStore": {"CAContent": CA}}}
        mutual = {"Type": "MTLS", "IngressPointConfiguration": trust}
        self.refused("ValidationException", self.point, name="a-public", TlsPolicy="OPTIONAL", **auth)
        self.refused("ValidationException", self.point, name="m-public", TlsPolicy="OPTIONAL", **mutual)
        self.point(name="a-private", TlsPolicy="OPTIONAL", NetworkConfiguration=PRIVATE, **auth)
        self.point(name="o-public", TlsPolicy="OPTIONAL")
        point = self.point(name="a-later", **auth)
        self.refused("ValidationException", self.update, point, TlsPolicy="OPTIONAL")


class Authentication(IngressPointTest):
    def auth(self, point: str, **more: Any) -> dict[str, Any]:
        return dict(self.get(point, **more)["IngressPointAuthConfiguration"])

    def test_each_type_takes_its_own(self) -> None:
        trust = {"TlsAuthConfiguration": {"TrustStore": {"CAContent": CA}}}
        password = {"SmtpPassword": "open-sesame"}
        made = {"RuleSetId": self.rule_set(), "TrafficPolicyId": self.policy()}
        for kind, configuration in (
            ("OPEN", password), ("OPEN", {"SecretArn": SECRET}), ("OPEN", trust),
            ("AUTH", None), ("AUTH", trust),
            ("MTLS", None), ("MTLS", password), ("MTLS", {"TlsAuthConfiguration": {}}),
        ):  # fmt: skip
            with self.subTest(kind=kind, configuration=configuration):
                more = {} if configuration is None else {"IngressPointConfiguration": configuration}
                self.refused("ValidationException", self.point, Type=kind, **made, **more)
        self.assertNotIn("IngressPointAuthConfiguration", self.get(self.point(**made)))

    def test_a_secret(self) -> None:
        point = self.point(Type="AUTH", IngressPointConfiguration={"SecretArn": SECRET})
        self.assertEqual({"SecretArn": SECRET}, self.auth(point))
        self.update(point, IngressPointConfiguration={"SmtpPassword": "open-sesame"})
        self.settle(point)
        self.assertEqual({"IngressPointPasswordConfiguration"}, set(self.auth(point)))

    def test_a_password_is_never_read_back(self) -> None:
        point = self.point(Type="AUTH", IngressPointConfiguration={"SmtpPassword": "open-sesame"})
        first = self.auth(point)["IngressPointPasswordConfiguration"]
        self.assertEqual({"SmtpPasswordVersion"}, set(first))
        self.update(point, IngressPointConfiguration={"SmtpPassword": "shut-sesame"})
        self.settle(point)
        found = self.get(point)
        second = found["IngressPointAuthConfiguration"]["IngressPointPasswordConfiguration"]
        self.assertEqual(first["SmtpPasswordVersion"], second["PreviousSmtpPasswordVersion"])
        self.assertNotEqual(first["SmtpPasswordVersion"], second["SmtpPasswordVersion"])
        self.assertIn("PreviousSmtpPasswordExpiryTimestamp", second)
        self.assertNotIn("sesame", str(found))
        # An update of something else leaves it alone.
        self.update(point, IngressPointName="renamed")
        self.assertEqual(second, self.auth(point)["IngressPointPasswordConfiguration"])

    def test_a_trust_store_is_read_back_on_demand(self) -> None:
        store = {"CAContent": CA, "CrlContent": CA, "KmsKeyArn": KEY}
        point = self.point(Type="MTLS", IngressPointConfiguration={"TlsAuthConfiguration": {"TrustStore": store}})
        shown = self.auth(point)["TlsAuthConfiguration"]
        self.assertEqual({"TrustStore": {"KmsKeyArn": KEY}}, shown)
        self.assertEqual(shown, self.auth(point, IncludeTrustStoreContents="EXCLUDE")["TlsAuthConfiguration"])
        whole = self.auth(point, IncludeTrustStoreContents="INCLUDE")["TlsAuthConfiguration"]
        self.assertEqual({"TrustStore": store}, whole)
        # Reading took nothing away.
        self.assertEqual(whole, self.auth(point, IncludeTrustStoreContents="INCLUDE")["TlsAuthConfiguration"])
