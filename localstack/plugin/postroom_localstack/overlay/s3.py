"""S3: region and owner of a bucket, and its policy (facts: LocalStack 4.9.2 as tried)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError
from localstack.aws.api import RequestContext
from localstack.http import Response

from .. import reader
from ..errors import refusal
from ..policy import grammar
from ..policy.document import load, raw_statements, strings
from ..policy.evaluate import Decision, Request, evaluate
from ..policy.match import wildcard
from ..policy.public import is_public
from .caller import caller, caller_arn
from .principals import first_invalid

_POLICY_LIMIT = 20 * 1024
# Not answered with a redirect: they are how the region is found, or need none.
_ANYWHERE = ("CreateBucket", "GetBucketLocation")
_POLICY_OPERATIONS = ("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy")
# Operations whose action has another name (docs/facts.md 6.2).
_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadObject": "GetObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_OBJECT_ACTION = re.compile(r"s3:(get|put|delete|restore)object[a-z]*", re.IGNORECASE)
_TEXTS = {
    "json": "Policies must be valid JSON and the first byte must be '{'",
    "version": "The policy must contain a valid version string",
    "empty": "Statement is empty!",
    "action": "Policy has invalid action",
    "condition": "Policy has an invalid condition",
}


def check_location(context: RequestContext) -> Response | None:
    """301 PermanentRedirect from every region but the bucket's own."""
    found = _bucket(context)
    if found is None or context.operation.name in _ANYWHERE:
        return None
    bucket, _, region = found
    if region == context.region:
        return None
    context.service_exception = refusal("PermanentRedirect", "wrong region", 301)
    message = (
        "The bucket you are attempting to access must be addressed using the specified "
        "endpoint. Please send all future requests to this endpoint."
    )
    endpoint = f"{bucket}.s3.{region}.amazonaws.com"
    return _error(context, 301, "PermanentRedirect", message, region, endpoint, bucket)


def check_owner(context: RequestContext) -> Response | None:
    """Another account needs the bucket policy; LocalStack lets everybody in."""
    found = _bucket(context)
    if found is None or context.operation.name == "CreateBucket":
        return None
    bucket, owner, region = found
    expected = (context.service_request or {}).get("ExpectedBucketOwner")
    if expected and expected != owner:
        return _denied(context, region)
    if owner == context.account_id:
        return None
    operation = context.operation.name
    key = (context.service_request or {}).get("Key")
    request = Request(
        caller(context),
        f"s3:{_ACTIONS.get(operation, operation)}",
        f"arn:{context.partition}:s3:::{bucket}" + (f"/{key}" if key else ""),
        {"aws:principalaccount": (context.account_id,), "aws:securetransport": ("true",)},
    )
    decision = evaluate(reader.bucket_policy(bucket, owner), request)
    if decision not in (Decision.ALLOW, Decision.DELEGATE):
        return _denied(context, region)
    if operation in _POLICY_OPERATIONS:
        # Even with permission only the owner's account may (docs/facts.md 4).
        raise refusal(
            "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
        )
    return None


def create_bucket(context: RequestContext) -> Any:
    """With tags: LocalStack ignores them, and in us-east-1 refuses them without a constraint."""
    # What the client left out is there as nothing.
    given = (context.service_request or {}).items()
    request = {name: value for name, value in given if value is not None}
    configuration = dict(request.get("CreateBucketConfiguration") or {})
    tags = configuration.pop("Tags", None)
    if not tags:
        return None
    request.pop("CreateBucketConfiguration", None)
    if configuration.get("LocationConstraint"):
        request["CreateBucketConfiguration"] = configuration
    # It is idempotent in us-east-1, and then nothing of the bucket changes.
    was_there = reader.bucket_owner(request["Bucket"]) == context.account_id
    s3 = reader.client("s3", context.account_id, context.region)
    try:
        answer = s3.create_bucket(**request)
        if not was_there:
            s3.put_bucket_tagging(Bucket=request["Bucket"], Tagging={"TagSet": list(tags)})
    except ClientError as error:
        told = error.response["Error"]
        status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        raise refusal(told["Code"], told.get("Message", ""), status) from error
    return {"Location": answer["Location"]}


def put_bucket_policy(context: RequestContext) -> None:
    """Texts: facts LocalStack 4.9.2 as tried (grammar), others assumed."""
    request = context.service_request or {}
    bucket, text = request["Bucket"], request.get("Policy") or ""
    if reader.bucket_owner(bucket) is None:
        return
    if len(text.encode()) > _POLICY_LIMIT:
        raise _malformed("Policy exceeds the maximum allowed document size.")
    raw, problem = grammar.check(text, grammar.RESOURCE)
    if problem is not None:
        default = f"Missing required field {problem.detail}"
        if problem.what not in ("missing", *_TEXTS):
            default = f"Policy has invalid {problem.what}: {problem.detail}"
        raise _malformed(_TEXTS.get(problem.what, default))
    if first_invalid(raw) is not None:
        raise _malformed("Invalid principal in policy")
    for statement in raw_statements(raw):
        _check_statement(statement, f"arn:{context.partition}:s3:::{bucket}")
    _check_public_access_block(context, bucket, text)


def get_bucket_policy_status(context: RequestContext) -> dict[str, Any] | None:
    """Not implemented in LocalStack."""
    bucket = (context.service_request or {})["Bucket"]
    owner = reader.bucket_owner(bucket)
    if owner is None:
        return None
    document = reader.bucket_policy(bucket, owner)
    if not document.statements:
        raise refusal("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"PolicyStatus": {"IsPublic": is_public(document)}}


def _check_statement(statement: Mapping[str, Any], bucket_arn: str) -> None:
    actions = strings(statement.get("Action")) + strings(statement.get("NotAction"))
    if any(action != "*" and not action.lower().startswith("s3:") for action in actions):
        raise _malformed("Policy has invalid action")
    resources = strings(statement.get("Resource")) + strings(statement.get("NotResource"))
    for resource in resources:
        of_bucket = resource.split("/", 1)[0]
        if resource != "*" and not wildcard(of_bucket, bucket_arn):
            raise _malformed("Policy has invalid resource")
    only_bucket = all(resource == bucket_arn for resource in strings(statement.get("Resource")))
    named = strings(statement.get("Action"))
    if named and statement.get("Resource") and only_bucket:
        if all(_OBJECT_ACTION.fullmatch(action) for action in named):
            raise _malformed("Action does not apply to any resource(s) in statement")


def _check_public_access_block(context: RequestContext, bucket: str, text: str) -> None:
    if not is_public(load(text)):
        return
    s3 = reader.client("s3", context.account_id, context.region)
    try:
        found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except s3.exceptions.ClientError:
        return  # NoSuchPublicAccessBlockConfiguration
    if found.get("BlockPublicPolicy"):
        raise refusal(
            "AccessDenied",
            f"User: {caller_arn(context)} is not authorized to perform: s3:PutBucketPolicy on "
            f'resource: "arn:{context.partition}:s3:::{bucket}" because public policies are '
            "blocked by the BlockPublicPolicy block public access setting.",
            403,
        )


def _bucket(context: RequestContext) -> tuple[str, str, str] | None:
    """Name, owner and region of the bucket a request concerns, if it exists."""
    bucket = (context.service_request or {}).get("Bucket")
    owner = reader.bucket_owner(bucket) if bucket else None
    return None if owner is None else (bucket, owner, reader.bucket_region(bucket, owner))


def _malformed(message: str) -> Exception:
    return refusal("MalformedPolicy", message)


def _denied(context: RequestContext, region: str) -> Response:
    context.service_exception = refusal("AccessDenied", "Access Denied", 403)
    return _error(context, 403, "AccessDenied", "Access Denied", region)


def _error(
    context: RequestContext,
    status: int,
    code: str,
    message: str,
    region: str,
    endpoint: str | None = None,
    bucket: str | None = None,
) -> Response:
    """By hand: the region goes into a header, also with 301 and 403 (docs/facts.md 3.3)."""
    members = {"Code": code, "Message": message, "Endpoint": endpoint, "Bucket": bucket}
    members["RequestId"] = context.request_id
    inner = "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in members.items() if value
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    if context.request.method == "HEAD":
        body = ""
    response = Response(body, status=status, mimetype="application/xml")
    response.headers["x-amz-bucket-region"] = region
    response.headers["x-amz-request-id"] = context.request_id
    return response
