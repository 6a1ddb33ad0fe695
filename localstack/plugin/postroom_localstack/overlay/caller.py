"""Who makes a request, as far as credentials tell."""

from __future__ import annotations

import re
from functools import lru_cache

from localstack.aws.api import RequestContext
from localstack.aws.connect import connect_to
from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

from .. import reader
from ..policy.principal import Principal

_ACCOUNT = re.compile(r"[0-9]{12}")
_SESSION = re.compile(r"arn:([^:]+):sts::([0-9]{12}):assumed-role/([^/]+)/(.+)")


def caller_arn(context: RequestContext) -> str:
    """The ARN GetCallerIdentity would give.

    A 12-digit access key is the account itself (LocalStack 4.9.2 as tried): its root
    user, which in the emulator may do everything a user could.
    """
    key = extract_access_key_id_from_auth_header(context.request.headers) or ""
    if not key or _ACCOUNT.fullmatch(key):
        return f"arn:{context.partition}:iam::{context.account_id}:root"
    return _identity(key)


def caller(context: RequestContext) -> Principal:
    """The caller as policies see it."""
    arn = caller_arn(context)
    session = _SESSION.fullmatch(arn)
    if session is None:
        return Principal.of_arn(arn)
    partition, account, name, session_name = session.groups()
    return Principal.of_role(_role_arn(partition, account, name), session_name)


@lru_cache(maxsize=1024)
def _identity(access_key: str) -> str:
    """Temporary and user keys keep their identity for life."""
    sts = connect_to.get_client(
        "sts",
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="test",
    )
    return str(sts.get_caller_identity()["Arn"])


def _role_arn(partition: str, account: str, name: str) -> str:
    """A session's ARN has the role's name, but not its path."""
    try:
        iam = reader.client("iam", account, "us-east-1")
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    except Exception:  # the role may be deleted while its session lives on
        return f"arn:{partition}:iam::{account}:role/{name}"
