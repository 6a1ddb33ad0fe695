"""Reading other services' state, in the account that owns it.

Goes through the official operations, inside the process: those are the same in
every LocalStack version, its stores are not. Calls made here are internal: they
are not recorded, faulted, paced or checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from localstack.aws.connect import connect_to

from .policy.access import RolePolicies
from .policy.document import Document, DocumentError, load

# Nobody allows anything: also what an unreadable document amounts to.
NOTHING = Document("2012-10-17", ())


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @staticmethod
    def parse(text: str | None) -> Arn | None:
        parts = (text or "").split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not all((parts[1], parts[2], parts[5])):
            return None
        return Arn(*parts[1:])


@dataclass(frozen=True)
class Key:
    """A KMS key as far as permissions go."""

    arn: str
    account: str
    enabled: bool
    is_customer: bool
    policy: Document


def client(service: str, account: str, region: str) -> Any:
    """An internal client acting as the account itself."""
    return connect_to.get_client(
        service, region_name=region, aws_access_key_id=account, aws_secret_access_key="test"
    )


def bucket_owner(bucket: str) -> str | None:
    """Bucket names are global; no operation tells the owner of another's."""
    from localstack.services.s3.models import s3_stores

    store = s3_stores["000000000000"]["us-east-1"]
    owner: str | None = store.global_bucket_map.get(bucket)
    return owner


def bucket_region(bucket: str, owner: str) -> str:
    """From the store: this is asked at every S3 request."""
    from localstack.services.s3.models import s3_stores

    return str(s3_stores[owner]["us-east-1"].buckets[bucket].bucket_region)


def bucket_policy(bucket: str, owner: str) -> Document:
    try:
        found = client("s3", owner, "us-east-1").get_bucket_policy(Bucket=bucket)
    except ClientError:
        return NOTHING
    return _document(found["Policy"])


def bucket_retention(bucket: str, owner: str) -> bool:
    """Whether objects get a default retention."""
    try:
        found = client("s3", owner, "us-east-1").get_object_lock_configuration(Bucket=bucket)
    except ClientError:
        return False  # ObjectLockConfigurationNotFoundError
    rule = found["ObjectLockConfiguration"].get("Rule") or {}
    return bool(rule.get("DefaultRetention"))


def bucket_key(bucket: str, owner: str) -> str | None:
    """The id of the bucket's SSE-KMS key as configured; None without one."""
    found = client("s3", owner, "us-east-1").get_bucket_encryption(Bucket=bucket)
    rules = found["ServerSideEncryptionConfiguration"]["Rules"]
    default = (rules[0] if rules else {}).get("ApplyServerSideEncryptionByDefault", {})
    if not str(default.get("SSEAlgorithm", "")).startswith("aws:kms"):
        return None
    key: str | None = default.get("KMSMasterKeyID")
    return key


def key(key_id: str, account: str, region: str) -> Key | None:
    """A key by ARN, id or alias, as its owner sees it."""
    arn = Arn.parse(key_id)
    if arn is not None:
        account, region = arn.account, arn.region
    kms = client("kms", account, region)
    try:
        metadata = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=metadata["KeyId"], PolicyName="default")["Policy"]
    except ClientError:
        return None
    return Key(
        arn=metadata["Arn"],
        account=metadata["AWSAccountId"],
        enabled=metadata["KeyState"] == "Enabled",
        is_customer=metadata.get("KeyManager", "CUSTOMER") == "CUSTOMER",
        policy=_document(policy),
    )


def topic(topic_arn: str) -> dict[str, str] | None:
    """A topic's attributes."""
    arn = Arn.parse(topic_arn)
    if arn is None:
        return None
    sns = client("sns", arn.account, arn.region)
    try:
        attributes: dict[str, str] = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    except ClientError:
        return None
    return attributes


def function_policy(arn: Arn, name: str, qualifier: str | None) -> Document | None:
    """A function's policy; None if the function does not exist."""
    functions = client("lambda", arn.account, arn.region)
    which = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    try:
        # Not GetFunctionConfiguration: LocalStack's does not know aliases.
        functions.get_function(**which)
    except ClientError:
        return None
    try:
        return _document(functions.get_policy(**which)["Policy"])
    except ClientError:
        return NOTHING


def secret_policy(secret_arn: str) -> Document:
    arn = Arn.parse(secret_arn)
    if arn is None:
        return NOTHING
    secrets = client("secretsmanager", arn.account, arn.region)
    try:
        return _document(secrets.get_resource_policy(SecretId=secret_arn).get("ResourcePolicy"))
    except ClientError:
        return NOTHING


def role(role_arn: str) -> dict[str, Any] | None:
    """A role as GetRole shows it; None if there is none with exactly this ARN."""
    arn = Arn.parse(role_arn)
    if arn is None:
        return None
    try:
        found = _iam(arn.account).get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except ClientError:
        return None
    return dict(found) if found["Arn"] == role_arn else None


def trust(found: dict[str, Any]) -> Document:
    return _document(found["AssumeRolePolicyDocument"])


def role_policies(found: dict[str, Any]) -> RolePolicies:
    """Inline and attached policies of a role, and its boundary."""
    arn = Arn.parse(found["Arn"])
    assert arn is not None
    iam = _iam(arn.account)
    name = found["RoleName"]
    documents = [
        _document(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    documents += [_managed(iam, policy["PolicyArn"]) for policy in attached]
    boundary = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return RolePolicies(tuple(documents), _managed(iam, boundary) if boundary else None)


def _managed(iam: Any, policy_arn: str) -> Document:
    try:
        version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)
    except ClientError:
        return NOTHING
    return _document(found["PolicyVersion"]["Document"])


def _iam(account: str) -> Any:
    return client("iam", account, "us-east-1")


def _document(policy: Any) -> Document:
    """IAM gives decoded documents, or URL-encoded text; others give text."""
    try:
        if isinstance(policy, str) and policy.startswith("%7B"):
            policy = json.loads(unquote(policy))
        return load(policy)
    except (DocumentError, ValueError):
        return NOTHING
