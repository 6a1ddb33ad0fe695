"""The verb ``prepare``: what a plan names but does not make, in one account.

The file is JSON; every entry may carry ``account`` and ``region`` of its own:

    keys        {alias, policy?: [statements beside the account's own], multi_region?}
    buckets     {name, encryption?: alias, versioning?, policy?: [statements], acl?: canned}
    topics      {name, key?: alias, policy?: [statements instead of the default]}
    functions   {name, aliases?: [names], permissions?: [as AddPermission takes them]}
    secrets     {name, value?, key?: alias, policy?: [statements]}
    identities  "domain or address", which is verified
    policies    {name, statements}
    roles       {name, path?, trusts?: account, external_id?, trust?: [statements], tags?, inline?: {name: [statements]},
                 attached?: [names of policies, or ARNs], boundary?: name of a policy}
    users, groups {name, inline?: {name: [statements]}}
    filters     {name, policy: Allow or Block, cidr}
    rule_sets   {name, active?, rules: [as SES takes them]}
    settings    {any setting of the emulator for an account: localstack/README.md}
    mail_manager {create: kind, as: name here, request: as Mail Manager takes it, members?: [of an address list]}

Where statements stand, a whole document may stand (a mapping), and is put as it is. In a rule and in a
Mail Manager request ``{"id_of": name}`` and ``{"arn_of": name}`` stand for what was made before.
``${account}``, ``${other}``, ``${region}`` and ``${suffix}`` are replaced; bucket names are global, so
that they end in ``${suffix}``.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any
from urllib.request import Request, urlopen

from .paths import EmulatorError, Home, home

Entry = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where things are made unless an entry says otherwise."""

    endpoint: str
    account: str
    other: str
    region: str
    suffix: str

    def read(self, path: Path) -> Entry:
        words = {"account": self.account, "other": self.other, "region": self.region, "suffix": self.suffix}
        try:
            # Not safe_substitute: a misspelt word shall not become part of a name.
            described = json.loads(Template(path.read_text()).substitute(words))
        except (OSError, ValueError, KeyError) as error:
            raise EmulatorError(f"{path}: {error}") from error
        unknown = set(described) - set(_MAKERS)
        if unknown:
            raise EmulatorError(f"{path}: unknown: {', '.join(sorted(unknown))}")
        return described


def prepare(path: Path, place: Place) -> dict[str, str]:
    """Make everything; returns the ARNs of what has one, by name."""
    described = place.read(path)
    made = Made(place)
    for kind, make in _MAKERS.items():
        for entry in described.get(kind, []):
            make(made, entry)
    return made.arns


def policy(bucket: str, place: Place, put: str | None) -> str:
    """The policy of a bucket, after ``put`` was put."""
    s3 = _client(place.endpoint, "s3", place.account, place.region)
    if put is not None:
        s3.put_bucket_policy(Bucket=bucket, Policy=put)
    return str(s3.get_bucket_policy(Bucket=bucket)["Policy"])


@dataclass
class Made:
    """What has been made, and clients to make more."""

    place: Place
    arns: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, entry: Any = None) -> Any:
        account, region = self.home(entry)
        return _client(self.place.endpoint, service, account, region)

    def home(self, entry: Any) -> tuple[str, str]:
        entry = entry if isinstance(entry, dict) else {}
        return entry.get("account", self.place.account), entry.get("region", self.place.region)

    def key_of(self, alias: str, entry: Entry) -> str:
        """The key in the place of what it encrypts; an ARN is one already."""
        return alias if alias.startswith("arn:") else self.arns[_named(self, alias, entry)]


def _named(made: Made, name: str, entry: Entry) -> str:
    account, region = made.home(entry)
    name = name if account == made.place.account else f"{name}@{account}"
    return name if region == made.place.region else f"{name}:{region}"


def _key(made: Made, entry: Entry) -> None:
    account, _ = made.home(entry)
    kms = made.client("kms", entry)
    own = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = entry.get("policy", [])
    document = policy if isinstance(policy, dict) else [own, *policy]
    key = kms.create_key(Policy=_document(document), MultiRegion=entry.get("multi_region", False))["KeyMetadata"]
    kms.create_alias(AliasName=entry["alias"], TargetKeyId=key["KeyId"])
    made.arns[_named(made, entry["alias"], entry)] = key["Arn"]


def _bucket(made: Made, entry: Entry) -> None:
    s3, name = made.client("s3", entry), entry["name"]
    _, region = made.home(entry)
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    # What a list may grant the public, a bucket as they are made today would refuse.
    owner = {"ObjectOwnership": "ObjectWriter"} if "acl" in entry else {}
    s3.create_bucket(Bucket=name, **where, **owner)
    if "acl" in entry:
        s3.delete_public_access_block(Bucket=name)
        s3.put_bucket_acl(Bucket=name, ACL=entry["acl"])
    if "encryption" in entry:
        key = made.key_of(entry["encryption"], entry)
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if entry.get("versioning"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if "policy" in entry:
        s3.put_bucket_policy(Bucket=name, Policy=_document(entry["policy"]))


def _topic(made: Made, entry: Entry) -> None:
    sns = made.client("sns", entry)
    key = {"KmsMasterKeyId": made.key_of(entry["key"], entry)} if "key" in entry else {}
    arn = sns.create_topic(Name=entry["name"], Attributes=key)["TopicArn"]
    if "policy" in entry:
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=_document(entry["policy"]))
    made.arns[_named(made, f"topic/{entry['name']}", entry)] = arn


def _function(made: Made, entry: Entry) -> None:
    functions, name = made.client("lambda", entry), entry["name"]
    account, _ = made.home(entry)
    found = functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="index.handler",
        Role=f"arn:aws:iam::{account}:role/{name}",
        Code={"ZipFile": _code()},
        Publish=True,
    )
    for alias in entry.get("aliases", []):
        functions.create_alias(FunctionName=name, Name=alias, FunctionVersion=found["Version"])
    for permission in entry.get("permissions", []):
        functions.add_permission(FunctionName=name, **permission)


def _secret(made: Made, entry: Entry) -> None:
    secrets = made.client("secretsmanager", entry)
    key = {"KmsKeyId": made.key_of(entry["key"], entry)} if "key" in entry else {}
    arn = secrets.create_secret(Name=entry["name"], SecretString=entry.get("value", "{}"), **key)["ARN"]
    if "policy" in entry:
        secrets.put_resource_policy(SecretId=arn, ResourcePolicy=_document(entry["policy"]))
    made.arns[_named(made, f"secret/{entry['name']}", entry)] = arn


def _identity(made: Made, entry: str) -> None:
    ses = made.client("ses")
    if "@" in entry:
        ses.verify_email_identity(EmailAddress=entry)
    else:
        ses.verify_domain_identity(Domain=entry)


def _policy(made: Made, entry: Entry) -> None:
    made.client("iam", entry).create_policy(PolicyName=entry["name"], PolicyDocument=_document(entry["statements"]))


def _role(made: Made, entry: Entry) -> None:
    iam, name = made.client("iam", entry), entry["name"]
    trust = entry.get("trust", [])
    trust = trust if isinstance(trust, dict) else list(trust)
    if "trusts" in entry:
        statement: Entry = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{entry['trusts']}:root"},
            "Action": "sts:AssumeRole",
        }
        if "external_id" in entry:
            statement["Condition"] = {"StringEquals": {"sts:ExternalId": entry["external_id"]}}
        trust.append(statement)
    iam.create_role(
        RoleName=name,
        Path=entry.get("path", "/"),
        AssumeRolePolicyDocument=_document(trust),
        Tags=[{"Key": tag, "Value": value} for tag, value in entry.get("tags", {}).items()],
    )
    for policy, statements in entry.get("inline", {}).items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_document(statements))
    account, _ = made.home(entry)
    for policy in entry.get("attached", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=_policy_arn(account, policy))
    if "boundary" in entry:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=_policy_arn(account, entry["boundary"]))


def _user(made: Made, entry: Entry) -> None:
    iam, name = made.client("iam", entry), entry["name"]
    iam.create_user(UserName=name)
    for policy, statements in entry.get("inline", {}).items():
        iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=_document(statements))


def _group(made: Made, entry: Entry) -> None:
    iam, name = made.client("iam", entry), entry["name"]
    iam.create_group(GroupName=name)
    for policy, statements in entry.get("inline", {}).items():
        iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=_document(statements))


def _policy_arn(account: str, policy: str) -> str:
    return policy if policy.startswith("arn:") else f"arn:aws:iam::{account}:policy/{policy}"


def _filter(made: Made, entry: Entry) -> None:
    address = {"Policy": entry["policy"], "Cidr": entry["cidr"]}
    made.client("ses", entry).create_receipt_filter(Filter={"Name": entry["name"], "IpFilter": address})


def _rule_set(made: Made, entry: Entry) -> None:
    ses, name = made.client("ses", entry), entry["name"]
    ses.create_receipt_rule_set(RuleSetName=name)
    for after, rule in _each_with_the_one_before(_resolved(made, entry.get("rules", []))):
        ses.create_receipt_rule(RuleSetName=name, Rule=rule, **({"After": after["Name"]} if after else {}))
    if entry.get("active"):
        ses.set_active_receipt_rule_set(RuleSetName=name)


def _mail_manager(made: Made, entry: Entry) -> None:
    client, kind = made.client("mailmanager", entry), entry["create"]
    from botocore import xform_name

    operation = "_" + xform_name(kind)
    item = getattr(client, "create" + operation)(**_resolved(made, entry["request"]))[f"{kind}Id"]
    made.ids[entry["as"]] = item
    found = getattr(client, "get" + operation)(**{f"{kind}Id": item})
    if f"{kind}Arn" in found:  # a relay's ARN is in no answer
        made.arns[entry["as"]] = found[f"{kind}Arn"]
    for member in entry.get("members", []):
        client.register_member_to_address_list(AddressListId=item, Address=member)


def _resolved(made: Made, value: Any) -> Any:
    """A request with the ids and ARNs of what it mentions."""
    if isinstance(value, list):
        return [_resolved(made, each) for each in value]
    if not isinstance(value, dict):
        return value
    for word, known in (("id_of", made.ids), ("arn_of", made.arns)):
        if set(value) == {word}:
            return known[value[word]]
    return {name: _resolved(made, member) for name, member in value.items()}


# In this order: keys encrypt what follows, and rules use all of it.
def _settings(made: Made, entry: Entry) -> None:
    account, _ = made.home(entry)
    body = json.dumps({name: value for name, value in entry.items() if name != "account"})
    url = f"{made.place.endpoint}/_test/settings?account={account}"
    request = Request(url, body.encode(), {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=30) as answer:
        answer.read()


_MAKERS = {
    "settings": _settings,
    "keys": _key,
    "buckets": _bucket,
    "topics": _topic,
    "functions": _function,
    "secrets": _secret,
    "identities": _identity,
    "policies": _policy,
    "roles": _role,
    "users": _user,
    "groups": _group,
    "filters": _filter,
    "rule_sets": _rule_set,
    "mail_manager": _mail_manager,
}


def _each_with_the_one_before(entries: list[Entry]) -> Iterator[tuple[Entry | None, Entry]]:
    yield from zip([None, *entries], entries)


def _document(policy: list[Entry] | Entry) -> str:
    return json.dumps(policy if isinstance(policy, dict) else {"Version": "2012-10-17", "Statement": policy})


@cache
def _code() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", "def handler(event, context):\n    return None\n")
    return archive.getvalue()


@cache
def _client(endpoint: str, service: str, account: str, region: str) -> Any:
    # Only this verb needs the virtualenv's packages.
    import boto3
    import botocore.session
    from botocore.config import Config

    core = botocore.session.Session()
    # Mail Manager as the emulator knows it, and not as this botocore does.
    core.get_component("data_loader").search_paths.insert(0, str(Home(home()).models))
    return boto3.Session(botocore_session=core).client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=account,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
