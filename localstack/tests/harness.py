"""One emulator for the whole run, and an account of its own for every test."""

from __future__ import annotations

import atexit
import http.client
import io
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

EMULATOR = Path(__file__).resolve().parent.parent / "emulator"
REGION = "eu-west-1"
OTHER_REGION = "us-east-1"
TEST_CONFIG = Config(
    # An error is the answer, not a reason to try again.
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    read_timeout=30,
)


def emulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(EMULATOR), *arguments], capture_output=True, text=True)


@cache
def endpoint() -> str:
    """Start the emulator of this run; it ends with the run, however that ends."""
    state = tempfile.mkdtemp(prefix="postroom-emulator-test-")
    started = emulator("start", "--port", "0", "--state", state, "--parent", str(os.getpid()))
    if started.returncode != 0:
        raise RuntimeError(started.stderr)

    @atexit.register
    def stop() -> None:
        emulator("stop", "--state", state)
        shutil.rmtree(state, ignore_errors=True)

    return started.stdout.strip()


def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """One request to the emulator's own endpoints."""
    connection = http.client.HTTPConnection(endpoint().removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None
    finally:
        connection.close()


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


class Account:
    """A random account: nothing of another test is in it."""

    def __init__(self) -> None:
        self.id = f"{random.randrange(10**11, 10**12)}"
        self.root = f"arn:aws:iam::{self.id}:root"

    def client(self, service: str, region: str = REGION) -> Any:
        return client(service, self.id, region)

    def rule_arn(self, rule: str = "rule", rule_set: str = "set", region: str = REGION) -> str:
        return (
            f"arn:aws:ses:{region}:{self.id}:receipt-rule-set/{rule_set}:receipt-rule/{rule}"
        )

    def source(self, rule: str = "rule") -> dict[str, Any]:
        """The condition the documents ask for."""
        return {
            "StringEquals": {"AWS:SourceAccount": self.id, "AWS:SourceArn": self.rule_arn(rule)}
        }

    def bucket(self, name: str = "mail", region: str = REGION, **more: Any) -> str:
        bucket = f"{name}-{self.id}"
        if region != "us-east-1":
            more["CreateBucketConfiguration"] = {"LocationConstraint": region}
        self.client("s3", region).create_bucket(Bucket=bucket, **more)
        return bucket

    def bucket_policy(
        self, bucket: str, *statements: dict[str, Any], region: str = REGION
    ) -> None:
        self.client("s3", region).put_bucket_policy(Bucket=bucket, Policy=document(*statements))

    def key(self, *statements: dict[str, Any], region: str = REGION) -> str:
        """A key with the usual root statement and the given ones."""
        root = {
            "Sid": "Root",
            "Effect": "Allow",
            "Principal": {"AWS": self.root},
            "Action": "kms:*",
            "Resource": "*",
        }
        kms = self.client("kms", region)
        created = kms.create_key(Policy=document(root, *statements))
        return str(created["KeyMetadata"]["Arn"])

    def topic(self, *statements: dict[str, Any], name: str = "mail", **attributes: str) -> str:
        """A topic; without statements it keeps its default policy."""
        sns = self.client("sns")
        topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        if statements:
            placed = [{"Resource": topic, **statement} for statement in statements]
            sns.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=document(*placed)
            )
        return str(topic)

    def role(self, trust: dict[str, Any] | None = None, name: str = "mail", **more: str) -> str:
        default = {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        created = self.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=document(trust or default), **more
        )
        return str(created["Role"]["Arn"])

    def role_policy(self, *statements: dict[str, Any], role: str = "mail") -> None:
        self.client("iam").put_role_policy(
            RoleName=role, PolicyName="mail", PolicyDocument=document(*statements)
        )

    def function(self, name: str = "mail") -> str:
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("main.py", "def handler(event, context): pass")
        created = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Handler="main.handler",
            Role=f"arn:aws:iam::{self.id}:role/any",
            Code={"ZipFile": package.getvalue()},
        )
        return str(created["FunctionArn"])

    def create_rule(self, *actions: dict[str, Any], name: str = "rule", **more: Any) -> None:
        """A rule in the rule set "set", which is made when it is not there."""
        ses = self.client("ses")
        try:
            ses.create_receipt_rule_set(RuleSetName="set")
        except ses.exceptions.AlreadyExistsException:
            pass
        rule = {"Name": name, "Actions": list(actions), **more}
        ses.create_receipt_rule(RuleSetName="set", Rule=rule)

    def calls(self, **filters: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        found: list[dict[str, Any]] = call("GET", f"/_test/calls?account={self.id}&{query}")[1]
        return found


@cache
def _session() -> boto3.Session:
    return boto3.Session(region_name=REGION)


@cache
def client(service: str, key: str, region: str = REGION, token: str | None = None) -> Any:
    return _session().client(
        service,
        endpoint_url=endpoint(),
        aws_access_key_id=key,
        aws_secret_access_key="test",
        aws_session_token=token,
        region_name=region,
        config=TEST_CONFIG,
    )


class EmulatorTest(unittest.TestCase):
    """A test with an account of its own."""

    def setUp(self) -> None:
        self.account = Account()

    def refused(self, code: str, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Check that the call is refused with this code; returns the answer."""
        with self.assertRaises(ClientError) as caught:
            function(*args, **kwargs)
        self.assertEqual(code, caught.exception.response["Error"]["Code"], str(caught.exception))
        return dict(caught.exception.response)

    def refused_text(
        self, code: str, text: str, function: Any, *args: Any, **kwargs: Any
    ) -> None:
        """As ``refused``, for texts that are probed or relied upon by others."""
        response = self.refused(code, function, *args, **kwargs)
        self.assertIn(text, response["Error"]["Message"])
