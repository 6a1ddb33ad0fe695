"""What SES needs of a bucket, its key and the message key, without a role."""

from __future__ import annotations

from typing import Any

from .harness import OTHER_REGION, Account, EmulatorTest, call, document


class BucketTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.bucket = self.account.bucket()

    def statement(self, bucket: str | None = None, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "AllowSESPuts",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket or self.bucket}/*",
            "Condition": self.account.source(),
            **members,
        }

    def allow(self) -> None:
        self.account.bucket_policy(self.bucket, self.statement())

    def create(self, bucket: str | None = None, **action: Any) -> None:
        action = {"BucketName": bucket or self.bucket, **action}
        self.account.create_rule({"S3Action": action}, name="rule")

    def not_writable(self, bucket: str | None = None, **action: Any) -> None:
        name = bucket or self.bucket
        self.refused_text(
            "InvalidS3Configuration",
            f"Could not write to bucket: {name}",
            self.create,
            name,
            **action,
        )


class Bucket(BucketTest):
    def test_missing(self) -> None:
        name = f"none-{self.account.id}"
        self.refused_text(
            "InvalidS3Configuration", f"No such bucket: {name}", self.create, name
        )

    def test_without_policy(self) -> None:
        self.not_writable()

    def test_policy_of_the_documents(self) -> None:
        self.allow()
        self.create()

    def test_update_is_tested_as_well(self) -> None:
        self.allow()
        self.create()
        self.account.client("s3").delete_bucket_policy(Bucket=self.bucket)
        rule = {"Name": "rule", "Actions": [{"S3Action": {"BucketName": self.bucket}}]}
        update = self.account.client("ses").update_receipt_rule
        self.refused("InvalidS3Configuration", update, RuleSetName="set", Rule=rule)

    def test_a_refused_rule_is_not_there(self) -> None:
        self.not_writable()
        found = self.account.client("ses").describe_receipt_rule_set(RuleSetName="set")
        self.assertEqual([], found["Rules"])

    def test_conditions_that_do_not_hold(self) -> None:
        other = Account()
        arn = self.account.rule_arn
        for condition in (
            {"StringEquals": {"aws:SourceAccount": other.id}},
            {"StringEquals": {"aws:SourceArn": arn("other")}},
            {"StringEquals": {"aws:SourceArn": arn(rule_set="other")}},
            {"StringEquals": {"aws:SourceArn": arn(region=OTHER_REGION)}},
            # The mistake of CDK issue 29823: a wildcard under StringEquals.
            {"StringEquals": {"aws:SourceArn": arn("*")}},
            {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        ):
            self.account.bucket_policy(self.bucket, self.statement(Condition=condition))
            with self.subTest(condition=condition):
                self.not_writable()

    def test_conditions_that_hold(self) -> None:
        arn = self.account.rule_arn
        for condition in (
            {"StringEquals": {"aws:SourceAccount": self.account.id}},
            {"StringEquals": {"aws:SourceArn": [arn("other"), arn("rule")]}},
            {"ArnLike": {"aws:SourceArn": arn("*")}},
            {"StringEquals": {"aws:Referer": self.account.id}},
            {"Bool": {"aws:SecureTransport": "true"}},
        ):
            self.account.bucket_policy(self.bucket, self.statement(Condition=condition))
            with self.subTest(condition=condition):
                self.create()
            self.account.client("ses").delete_receipt_rule(RuleSetName="set", RuleName="rule")

    def test_the_organization_of_the_account(self) -> None:
        condition = {"StringEquals": {"aws:SourceOrgID": "o-a1b2"}}
        self.account.bucket_policy(self.bucket, self.statement(Condition=condition))
        self.not_writable()
        call("POST", f"/_test/settings?account={self.account.id}", {"organization": "o-other"})
        self.not_writable()
        call("POST", f"/_test/settings?account={self.account.id}", {"organization": "o-a1b2"})
        self.create()

    def test_other_principal_action_resource(self) -> None:
        for members in (
            {"Principal": {"Service": "lambda.amazonaws.com"}},
            {"Action": "s3:GetObject"},
            {"Resource": f"arn:aws:s3:::{self.bucket}/other/*"},
        ):
            self.account.bucket_policy(self.bucket, self.statement(**members))
            with self.subTest(members=members):
                self.not_writable()

    def test_prefix(self) -> None:
        resource = f"arn:aws:s3:::{self.bucket}/in/*"
        self.account.bucket_policy(self.bucket, self.statement(Resource=resource))
        self.not_writable()
        self.not_writable(ObjectKeyPrefix="out/")
        self.create(ObjectKeyPrefix="in/")

    def test_explicit_deny_wins(self) -> None:
        deny = {
            "Sid": "Deny",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.bucket}/*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        }
        self.account.bucket_policy(self.bucket, self.statement(), deny)
        self.not_writable()
        deny["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
        self.account.bucket_policy(self.bucket, self.statement(), deny)
        self.create()

    def test_other_region(self) -> None:
        bucket = self.account.bucket("far", OTHER_REGION)
        self.not_writable(bucket)
        self.account.bucket_policy(bucket, self.statement(bucket), region=OTHER_REGION)
        self.create(bucket)

    def test_region_that_receives_no_mail(self) -> None:
        bucket = self.account.bucket("away", "eu-central-2")
        self.account.bucket_policy(bucket, self.statement(bucket), region="eu-central-2")
        self.not_writable(bucket)

    def test_other_account(self) -> None:
        other = Account()
        bucket = other.bucket()
        self.not_writable(bucket)
        other.bucket_policy(bucket, self.statement(bucket))
        self.create(bucket)

    def test_object_lock(self) -> None:
        bucket = self.account.bucket("locked", ObjectLockEnabledForBucket=True)
        self.account.bucket_policy(bucket, self.statement(bucket))
        s3 = self.account.client("s3")
        s3.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        )
        self.not_writable(bucket)
        s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )
        self.create(bucket)


class BucketKey(BucketTest):
    def setUp(self) -> None:
        super().setUp()
        self.allow()

    def encrypt(self, key: str | None, algorithm: str = "aws:kms") -> None:
        default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
        self.account.client("s3").put_bucket_encryption(
            Bucket=self.bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
            },
        )

    def grant(self, *actions: str, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "AllowSES",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": list(actions),
            "Resource": "*",
            **members,
        }

    def test_key_policy_needs_both_actions(self) -> None:
        for actions in ((), ("kms:GenerateDataKey*",), ("kms:Decrypt",)):
            statements = [self.grant(*actions)] if actions else []
            self.encrypt(self.account.key(*statements))
            with self.subTest(actions=actions):
                self.not_writable()
        self.encrypt(self.account.key(self.grant("kms:GenerateDataKey*", "kms:Decrypt")))
        self.create()

    def test_conditions(self) -> None:
        both = ("kms:GenerateDataKey*", "kms:Decrypt")
        wrong = {"StringEquals": {"aws:SourceAccount": Account().id}}
        self.encrypt(self.account.key(self.grant(*both, Condition=wrong)))
        self.not_writable()
        self.encrypt(self.account.key(self.grant(*both, Condition=self.account.source())))
        self.create()

    def test_a_bare_id_or_alias_does_not_work(self) -> None:
        key = self.account.key(self.grant("kms:GenerateDataKey*", "kms:Decrypt"))
        self.encrypt(key.rsplit("/", 1)[-1])
        self.not_writable()
        self.encrypt(key)
        self.create()

    def test_disabled(self) -> None:
        key = self.account.key(self.grant("kms:GenerateDataKey*", "kms:Decrypt"))
        self.encrypt(key)
        self.account.client("kms").disable_key(KeyId=key)
        self.not_writable()

    def test_without_customer_key(self) -> None:
        self.encrypt(None, "AES256")
        self.create()


class MessageKey(BucketTest):
    def setUp(self) -> None:
        super().setUp()
        self.allow()

    def grant(self, **members: Any) -> dict[str, Any]:
        return {
            "Sid": "AllowSES",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": self.account.source(),
            **members,
        }

    def unusable(self, key: str) -> None:
        self.refused_text(
            "InvalidS3Configuration",
            f"Unable to use AWS KMS key: {key}",
            self.create,
            KmsKeyArn=key,
        )

    def test_key_policy(self) -> None:
        self.unusable(self.account.key())
        self.unusable(self.account.key(self.grant(Action="kms:Decrypt")))
        self.create(KmsKeyArn=self.account.key(self.grant()))

    def test_encryption_context(self) -> None:
        condition = {
            "Null": {"kms:EncryptionContext:aws:ses:rule-name": "false"},
            "StringEquals": {"kms:EncryptionContext:aws:ses:source-account": self.account.id},
        }
        self.create(KmsKeyArn=self.account.key(self.grant(Condition=condition)))

    def test_aliases(self) -> None:
        own = f"arn:aws:kms:eu-west-1:{self.account.id}:alias"
        key = self.account.key(self.grant())
        self.account.client("kms").create_alias(AliasName="alias/mail", TargetKeyId=key)
        self.unusable(f"{own}/mail")
        self.unusable(f"arn:aws:kms:eu-west-1:{Account().id}:alias/aws/ses")
        self.unusable(f"arn:aws:kms:{OTHER_REGION}:{self.account.id}:alias/aws/ses")
        self.unusable("alias/aws/ses")
        self.create(KmsKeyArn=f"{own}/aws/ses")

    def test_other_region_missing_disabled(self) -> None:
        self.unusable(self.account.key(self.grant(), region=OTHER_REGION))
        key = self.account.key(self.grant())
        self.unusable(key[:-4] + "0000")
        self.account.client("kms").disable_key(KeyId=key)
        self.unusable(key)

    def test_of_another_account(self) -> None:
        other = Account()
        self.unusable(other.key())
        self.create(KmsKeyArn=other.key(self.grant()))

    def test_deny(self) -> None:
        deny = self.grant(Sid="Deny", Effect="Deny", Principal="*", Condition={})
        self.unusable(self.account.key(self.grant(), deny))


class Documents(BucketTest):
    """What is evaluated is what is stored, however it got there."""

    def test_a_policy_read_back_and_put_again(self) -> None:
        self.allow()
        s3 = self.account.client("s3")
        read = s3.get_bucket_policy(Bucket=self.bucket)["Policy"]
        self.assertNotEqual(read, document(self.statement()))
        s3.put_bucket_policy(Bucket=self.bucket, Policy=read)
        self.create()
