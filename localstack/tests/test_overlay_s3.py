"""S3: region, owner and policy of buckets."""

from __future__ import annotations

import http.client
import json
from typing import Any

from .harness import OTHER_REGION, Account, EmulatorTest, client, document, endpoint


class S3Test(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.bucket = self.account.bucket()
        self.s3 = self.account.client("s3")

    def statement(self, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "A",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.bucket}/*",
            **members,
        }

    def put(self, *statements: dict[str, Any]) -> None:
        self.put_text(document(*statements))

    def put_text(self, text: str) -> None:
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=text)


class Region(S3Test):
    def raw(self, method: str, query: str = "") -> http.client.HTTPResponse:
        """Without a client that follows redirects by itself."""
        connection = http.client.HTTPConnection(endpoint().removeprefix("http://"))
        credential = f"{self.account.id}/20260101/{OTHER_REGION}/s3/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
        headers = {"Authorization": authorization}
        connection.request(method, f"/{self.bucket}{query}", headers=headers)
        self.addCleanup(connection.close)
        return connection.getresponse()

    def test_redirect(self) -> None:
        found = self.raw("GET", "?policy")
        body = found.read().decode()
        self.assertEqual(301, found.status)
        self.assertEqual("eu-west-1", found.headers["x-amz-bucket-region"])
        self.assertIn("<Code>PermanentRedirect</Code>", body)
        self.assertIn(f"<Endpoint>{self.bucket}.s3.eu-west-1.amazonaws.com</Endpoint>", body)
        (call,) = self.account.calls(operation="GetBucketPolicy")
        self.assertEqual((301, "PermanentRedirect"), (call["status"], call["error"]))
        self.assertEqual(OTHER_REGION, call["region"])

    def test_redirect_of_head_bucket(self) -> None:
        found = self.raw("HEAD")
        self.assertEqual((301, b""), (found.status, found.read()))
        self.assertEqual("eu-west-1", found.headers["x-amz-bucket-region"])

    def test_location_is_told_everywhere(self) -> None:
        far = client("s3", self.account.id, OTHER_REGION)
        location = far.get_bucket_location(Bucket=self.bucket)["LocationConstraint"]
        self.assertEqual("eu-west-1", location)
        found = self.s3.head_bucket(Bucket=self.bucket)
        self.assertEqual("eu-west-1", found["BucketRegion"])


class Create(EmulatorTest):
    TAGS = [{"Key": "a", "Value": "b"}]

    def test_tags_from_the_first_moment(self) -> None:
        for region in ("eu-west-1", "us-east-1"):
            s3 = client("s3", self.account.id, region)
            name = f"tagged-{region}-{self.account.id}"
            where = {} if region == "us-east-1" else {"LocationConstraint": region}
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": self.TAGS, **where})
            self.assertEqual(self.TAGS, s3.get_bucket_tagging(Bucket=name)["TagSet"])
            location = s3.get_bucket_location(Bucket=name)["LocationConstraint"]
            self.assertEqual(where.get("LocationConstraint"), location)

    def test_a_bucket_that_is_there_keeps_its_tags(self) -> None:
        s3 = client("s3", self.account.id, "us-east-1")
        name = f"there-{self.account.id}"
        s3.create_bucket(Bucket=name)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": self.TAGS})
        with self.assertRaises(s3.exceptions.ClientError) as refused:
            s3.get_bucket_tagging(Bucket=name)
        self.assertEqual("NoSuchTagSet", refused.exception.response["Error"]["Code"])

    def test_a_taken_name(self) -> None:
        configuration = {"Tags": self.TAGS, "LocationConstraint": "eu-west-1"}
        name = self.account.bucket()
        with self.assertRaises(self.account.client("s3").exceptions.BucketAlreadyOwnedByYou):
            self.account.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=configuration)
        with self.assertRaises(self.account.client("s3").exceptions.BucketAlreadyExists):
            Account().client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=configuration)


class Owner(S3Test):
    def setUp(self) -> None:
        super().setUp()
        self.other = Account()
        self.theirs = self.other.client("s3")

    def test_foreign_bucket(self) -> None:
        for call in (
            self.theirs.get_bucket_policy,
            self.theirs.get_bucket_encryption,
            self.theirs.delete_bucket_policy,
            self.theirs.list_objects_v2,
        ):
            self.refused("AccessDenied", call, Bucket=self.bucket)
        self.refused(
            "AccessDenied",
            self.theirs.put_bucket_policy,
            Bucket=self.bucket,
            Policy=document(self.statement()),
        )
        error = self.refused("403", self.theirs.head_bucket, Bucket=self.bucket)
        headers = error["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual("eu-west-1", headers["x-amz-bucket-region"])

    def test_foreign_bucket_with_permission(self) -> None:
        self.put(
            self.statement(
                Principal={"AWS": self.other.id},
                Action=["s3:ListBucket", "s3:GetBucketPolicy"],
                Resource=f"arn:aws:s3:::{self.bucket}",
            )
        )
        self.theirs.head_bucket(Bucket=self.bucket)
        self.refused("MethodNotAllowed", self.theirs.get_bucket_policy, Bucket=self.bucket)

    def test_expected_owner(self) -> None:
        for call in (self.s3.head_bucket, self.s3.get_bucket_location):
            call(Bucket=self.bucket, ExpectedBucketOwner=self.account.id)
        error = self.refused(
            "403", self.s3.head_bucket, Bucket=self.bucket, ExpectedBucketOwner=self.other.id
        )
        self.assertEqual(403, error["ResponseMetadata"]["HTTPStatusCode"])

    def test_no_bucket(self) -> None:
        name = f"none-{self.account.id}"
        self.refused("NoSuchBucket", self.s3.get_bucket_policy, Bucket=name)
        self.refused(
            "NoSuchBucket", self.s3.put_bucket_policy, Bucket=name, Policy=document()
        )


class Policy(S3Test):
    def bad(self, text: str, *statements: dict[str, Any]) -> None:
        self.refused_text("MalformedPolicy", text, self.put, *statements)

    def test_malformed(self) -> None:
        self.refused("MalformedPolicy", self.put_text, "{")
        self.refused("MalformedPolicy", self.put_text, "[]")
        self.refused("MalformedPolicy", self.put_text, "")
        self.bad("Statement is empty!")
        self.bad("Policy has invalid action", self.statement(Action="kms:Decrypt"))
        self.bad("Policy has invalid action", self.statement(Action="PutObject"))
        self.bad("Policy has invalid resource", self.statement(Resource="arn:aws:s3:::other/*"))
        self.bad(
            "Action does not apply to any resource(s) in statement",
            self.statement(Resource=f"arn:aws:s3:::{self.bucket}"),
        )
        nobody = self.statement()
        del nobody["Principal"]
        self.bad("Missing required field Principal", nobody)
        self.refused("MalformedPolicy", self.put, self.statement(Effect="allow"))
        self.refused(
            "MalformedPolicy", self.put_text, document(self.statement(), version="2020-01-01")
        )
        self.refused(
            "MalformedPolicy", self.put, self.statement(Condition={"StringEqual": {"a": "b"}})
        )
        self.refused("NoSuchBucketPolicy", self.s3.get_bucket_policy, Bucket=self.bucket)

    def test_principals(self) -> None:
        text = "Invalid principal in policy"
        for principal in (
            {"AWS": "12345"},
            {"AWS": f"arn:aws:iam::{self.account.id}:role/*"},
            {"AWS": "AROAABCDEFGHIJKLMNOPQ"},
            {"Service": "ses"},
            {"Other": "x"},
        ):
            self.bad(text, self.statement(Principal=principal))
        # Of an account without users and roles nothing is known.
        unknown = f"arn:aws:iam::{self.account.id}:role/mail"
        self.put(self.statement(Principal={"AWS": unknown}))
        self.account.role(name="other")
        self.bad(text, self.statement(Principal={"AWS": unknown}))
        self.put(self.statement(Principal={"AWS": unknown.replace("mail", "other")}))

    def test_size(self) -> None:
        account = self.account.id
        statements = [
            self.statement(Sid=f"{number:0200}", Condition={
                "StringEquals": {"aws:SourceAccount": account}})
            for number in range(60)
        ]  # fmt: skip
        self.assertGreater(len(document(*statements)), 20480)
        self.refused("MalformedPolicy", self.put, *statements)
        self.put(*statements[:30])

    def test_block_public_policy(self) -> None:
        public = self.statement(Principal="*")
        self.refused("AccessDenied", self.put, public)
        self.put({**public, "Condition": {"StringEquals": {"aws:SourceAccount": "1" * 12}}})
        self.s3.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": False,
                "RestrictPublicBuckets": True,
            },
        )
        self.put(public)
        self.assertTrue(self.status())

    def test_status(self) -> None:
        self.refused("NoSuchBucketPolicy", self.status)
        self.put(self.statement())
        self.assertFalse(self.status())

    def status(self) -> bool:
        found = self.s3.get_bucket_policy_status(Bucket=self.bucket)
        return bool(found["PolicyStatus"]["IsPublic"])

    def test_read_back(self) -> None:
        statement = self.statement(
            Principal={"AWS": [self.account.id]},
            Action=["s3:PutObject"],
            Unknown=["kept"],
            Condition={"StringEquals": {"aws:SourceArn": ["a", "b", "c", "d"]}},
        )
        self.put(statement)
        text = self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"]
        (found,) = json.loads(text)["Statement"]
        self.assertEqual({"AWS": self.account.root}, found["Principal"])
        self.assertEqual("s3:PutObject", found["Action"])
        self.assertEqual(["kept"], found["Unknown"])
        values = found["Condition"]["StringEquals"]["aws:SourceArn"]
        self.assertCountEqual(["a", "b", "c", "d"], values)
        self.assertNotIn(": ", text)
        self.assertEqual(text, self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"])
