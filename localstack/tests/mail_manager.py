"""What the tests of Mail Manager share: clients of both protocols, and one of each kind."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from .harness import REGION, TEST_CONFIG, Account, EmulatorTest, call, endpoint

CBOR, JSON = "smithy-rpc-v2-cbor", "json"
DROP = {"Actions": [{"Drop": {}}]}
ALLOW_ALL = {"PolicyStatements": [], "DefaultAction": "ALLOW"}
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:login-AbCdEf"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
# As they stand in the model; no client-side check gets in the way.
_CONFIG = TEST_CONFIG.merge(Config(parameter_validation=False))


def model() -> dict[str, Any]:
    (path,) = Path(os.environ["POSTROOM_MODELS"]).glob("mailmanager/*/service-2.json.gz")
    with gzip.open(path) as file:
        return dict(json.load(file))


@cache
def _session(protocol: str) -> boto3.Session:
    """A session whose Mail Manager is the current one, and speaks one protocol."""
    described = model()
    described["metadata"] |= {"protocol": protocol, "protocols": [protocol]}
    directory = tempfile.TemporaryDirectory()
    place = Path(directory.name) / "mailmanager" / described["metadata"]["apiVersion"]
    place.mkdir(parents=True)
    (place / "service-2.json").write_text(json.dumps(described))
    for name in ("endpoint-rule-set-1.json.gz", "paginators-1.json"):
        (found,) = Path(os.environ["POSTROOM_MODELS"]).glob(f"mailmanager/*/{name}")
        (place / name).write_bytes(found.read_bytes())
    core = botocore.session.Session()
    core.get_component("data_loader").search_paths.insert(0, directory.name)
    session = boto3.Session(botocore_session=core)
    session._postroom_directory = directory  # lives as long as the session
    return session


@cache
def client(account: str, region: str = REGION, protocol: str = CBOR) -> Any:
    return _session(protocol).client(
        "mailmanager",
        endpoint_url=endpoint(),
        aws_access_key_id=account,
        aws_secret_access_key="test",
        region_name=region,
        config=_CONFIG,
    )


class MailManagerTest(EmulatorTest):
    """A test with an account of its own, and shortcuts to make one of each kind."""

    def setUp(self) -> None:
        super().setUp()
        self.mm = client(self.account.id)

    def raw(self, operation: str, body: Any) -> tuple[int, dict[str, Any]]:
        """One request in JSON that no client would send; the status and the answer."""
        credential = f"{self.account.id}/20260101/{REGION}/ses/aws4_request"
        headers = {
            "x-amz-target": f"MailManagerSvc.{operation}",
            "content-type": "application/x-amz-json-1.0",
            "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        }
        connection = http.client.HTTPConnection(endpoint().removeprefix("http://"), timeout=30)
        try:
            connection.request("POST", "/", json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def other(self, region: str = "us-east-1") -> Any:
        return client(self.account.id, region)

    def settings(self, **body: Any) -> None:
        status, found = call("POST", f"/_test/settings?account={self.account.id}", body)
        self.assertEqual(200, status, found)

    def policy(self, name: str = "edge", **more: Any) -> str:
        request = {"TrafficPolicyName": name, **ALLOW_ALL, **more}
        return str(self.mm.create_traffic_policy(**request)["TrafficPolicyId"])

    def rule_set(self, *rules: dict[str, Any], name: str = "triage") -> str:
        return str(self.mm.create_rule_set(RuleSetName=name, Rules=list(rules))["RuleSetId"])

    def relay(self, name: str = "onprem", **more: Any) -> str:
        request: dict[str, Any] = {
            "RelayName": name,
            "ServerName": "smtp.example.com",
            "ServerPort": 587,
            "Authentication": {"SecretArn": SECRET},
            **more,
        }
        return str(self.mm.create_relay(**request)["RelayId"])

    def archive(self, name: str = "legal", **more: Any) -> str:
        return str(self.mm.create_archive(ArchiveName=name, **more)["ArchiveId"])

    def address_list(self, name: str = "partners") -> str:
        return str(self.mm.create_address_list(AddressListName=name)["AddressListId"])

    def point(self, name: str = "mx-in", settled: bool = True, **more: Any) -> str:
        """An open one unless told otherwise, with a rule set and policy of its own."""
        request = {"IngressPointName": name, "Type": "OPEN", **more}
        if "RuleSetId" not in request:
            request["RuleSetId"] = self.rule_set(name=f"{name}-rules")
        if "TrafficPolicyId" not in request:
            request["TrafficPolicyId"] = self.policy(name=f"{name}-policy")
        found = str(self.mm.create_ingress_point(**request)["IngressPointId"])
        if settled:
            self.settle(found)
        return found

    def settle(self, point: str) -> None:
        """Wait for an ingress point's state to stop passing."""
        deadline = time.monotonic() + 10
        while self.status(point) in ("PROVISIONING", "UPDATING", "DEPROVISIONING"):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def status(self, point: str) -> str:
        try:
            return str(self.mm.get_ingress_point(IngressPointId=point)["Status"])
        except self.mm.exceptions.ResourceNotFoundException:
            return "GONE"

    def arn(self, kind: str, item: str, region: str = REGION, account: Account | None = None) -> str:
        return f"arn:aws:ses:{region}:{(account or self.account).id}:{kind}/{item}"
