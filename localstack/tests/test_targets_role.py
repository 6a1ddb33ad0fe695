"""The role of S3 and Connect actions: the role and only the role is used."""

from __future__ import annotations

from typing import Any

from .harness import OTHER_REGION, Account, EmulatorTest, document

WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
NO_WRITE = "Unable to write to S3 bucket"
NO_ROLE = "Could not assume the provided IAM Role"


def trust(**members: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **members,
    }


class RoleTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.bucket = self.account.bucket()
        self.role = f"arn:aws:iam::{self.account.id}:role/mail"

    def create(self, **action: Any) -> None:
        body = {"BucketName": self.bucket, "IamRoleArn": self.role, **action}
        self.account.create_rule({"S3Action": body})

    def refused_as(self, text: str, **action: Any) -> None:
        self.refused_text("InvalidParameterValue", text, self.create, **action)


class Trust(RoleTest):
    def test_missing(self) -> None:
        self.refused_as(NO_ROLE)

    def test_trust(self) -> None:
        other = Account()
        for number, bad in enumerate(
            (
                trust(Principal={"Service": "lambda.amazonaws.com"}),
                trust(Condition={"StringEquals": {"aws:SourceAccount": other.id}}),
                trust(Condition={"StringEquals": {"aws:SourceArn": "arn:aws:ses:x"}}),
            )
        ):
            role = self.account.role(bad, f"bad{number}")
            self.account.role_policy(WRITE, role=f"bad{number}")
            with self.subTest(trust=bad):
                self.refused_as(NO_ROLE, IamRoleArn=role)
        self.account.role(trust(Condition=self.account.source()))
        self.account.role_policy(WRITE)
        self.create()

    def test_with_a_path(self) -> None:
        role = self.account.role(Path="/mail/")
        self.account.role_policy(WRITE)
        self.refused_as(NO_ROLE)  # the ARN without path is another role
        self.create(IamRoleArn=role)

    def test_connect(self) -> None:
        instance = f"arn:aws:connect:eu-west-1:{self.account.id}:instance/1"
        action = {"ConnectAction": {"InstanceARN": instance, "IAMRoleARN": self.role}}
        self.refused_text(
            "InvalidParameterValue", NO_ROLE, self.account.create_rule, action
        )
        self.account.role()
        self.account.create_rule(action)

    def test_not_an_arn(self) -> None:
        self.refused("ValidationError", self.create, IamRoleArn="not-the-arn-of-a-role")


class Bucket(RoleTest):
    def setUp(self) -> None:
        super().setUp()
        self.account.role()

    def test_inline_policy(self) -> None:
        self.refused_as(NO_WRITE)
        self.account.role_policy({**WRITE, "Resource": f"arn:aws:s3:::{self.bucket}/in/*"})
        self.refused_as(NO_WRITE)
        self.create(ObjectKeyPrefix="in/")

    def test_attached_policy(self) -> None:
        iam = self.account.client("iam")
        policy = iam.create_policy(PolicyName="mail", PolicyDocument=document(WRITE))["Policy"]
        iam.attach_role_policy(RoleName="mail", PolicyArn=policy["Arn"])
        self.create()

    def test_boundary(self) -> None:
        iam = self.account.client("iam")
        reads = document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
        policy = iam.create_policy(PolicyName="limit", PolicyDocument=reads)["Policy"]
        self.account.role_policy(WRITE)
        iam.put_role_permissions_boundary(
            RoleName="mail", PermissionsBoundary=policy["Arn"]
        )
        self.refused_as(NO_WRITE)

    def test_a_bucket_policy_for_ses_does_not_help(self) -> None:
        self.account.bucket_policy(
            self.bucket,
            {
                "Effect": "Allow",
                "Principal": {"Service": "ses.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{self.bucket}/*",
            },
        )
        self.refused_as(NO_WRITE)

    def test_deny_in_the_bucket_policy(self) -> None:
        self.account.role_policy(WRITE)
        self.create()
        self.account.bucket_policy(
            self.bucket,
            {
                "Effect": "Deny",
                "Principal": {"AWS": self.role},
                "Action": "s3:*",
                "Resource": f"arn:aws:s3:::{self.bucket}/*",
            },
        )
        update = self.account.client("ses").update_receipt_rule
        action = {"BucketName": self.bucket, "IamRoleArn": self.role}
        rule = {"Name": "rule", "Actions": [{"S3Action": action}]}
        self.refused("InvalidParameterValue", update, RuleSetName="set", Rule=rule)

    def test_deny_in_the_role(self) -> None:
        self.account.role_policy(WRITE, {**WRITE, "Effect": "Deny"})
        self.refused_as(NO_WRITE)

    def test_bucket_in_another_region(self) -> None:
        self.account.role_policy(WRITE)
        self.create(BucketName=self.account.bucket("far", OTHER_REGION))

    def test_missing_bucket(self) -> None:
        self.account.role_policy(WRITE)
        self.refused("InvalidS3Configuration", self.create, BucketName=f"no-{self.account.id}")

    def test_bucket_of_another_account(self) -> None:
        self.account.role_policy(WRITE)
        other = Account()
        bucket = other.bucket()
        self.refused_as(NO_WRITE, BucketName=bucket)
        other.bucket_policy(
            bucket,
            {
                "Effect": "Allow",
                "Principal": {"AWS": self.role},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            },
        )
        self.create(BucketName=bucket)


class Keys(RoleTest):
    def setUp(self) -> None:
        super().setUp()
        self.account.role()
        self.account.role_policy(WRITE)

    def grant(self, key: str) -> None:
        data_key = {"Effect": "Allow", "Action": "kms:GenerateDataKey*", "Resource": key}
        self.account.role_policy(WRITE, data_key)

    def test_message_key(self) -> None:
        key = self.account.key()
        self.refused("InvalidS3Configuration", self.create, KmsKeyArn=key)
        self.grant(key)
        self.create(KmsKeyArn=key)

    def test_malformed_resource_of_the_documents(self) -> None:
        """P001-1 has a colon too many in its key ARN: it never matches."""
        key = self.account.key()
        self.grant(key.replace("eu-west-1:", "eu-west-1::"))
        self.refused("InvalidS3Configuration", self.create, KmsKeyArn=key)

    def test_message_key_of_another_account(self) -> None:
        other = Account()
        closed = other.key()
        self.grant("*")
        self.refused("InvalidS3Configuration", self.create, KmsKeyArn=closed)
        named = {
            "Effect": "Allow",
            "Principal": {"AWS": self.role},
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
        }
        self.create(KmsKeyArn=other.key(named))

    def test_bucket_key(self) -> None:
        key = self.account.key()
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        self.account.client("s3").put_bucket_encryption(
            Bucket=self.bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
            },
        )
        self.refused_as(NO_WRITE)
        self.grant(key)
        self.create()


class Topics(RoleTest):
    def setUp(self) -> None:
        super().setUp()
        self.account.role()

    def test_topic(self) -> None:
        lost = {
            "Effect": "Allow",
            "Principal": {"AWS": self.account.root},
            "Action": "SNS:Publish",
        }
        topic = self.account.topic(lost)
        self.account.role_policy(WRITE)
        self.refused("InvalidSnsTopic", self.create, TopicArn=topic)
        publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        self.account.role_policy(WRITE, publish)
        self.create(TopicArn=topic)

    def test_encrypted_topic(self) -> None:
        key = self.account.key()
        topic = self.account.topic(KmsMasterKeyId=key)
        publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        self.account.role_policy(WRITE, publish)
        self.refused("InvalidSnsTopic", self.create, TopicArn=topic)
        use = {"Effect": "Allow", "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
               "Resource": key}  # fmt: skip
        self.account.role_policy(WRITE, publish, use)
        self.create(TopicArn=topic)
