"""Which check belongs to which operation.

A check gets the request context. It may change ``context.service_request`` in
place (seen by LocalStack's own providers, not by moto's), raise an error, or
return what is to be answered: a result of the operation, or a whole response.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localstack.aws.api import RequestContext, ServiceException
from localstack.aws.chain import HandlerChain
from localstack.http import Response

from ..respond import send
from . import foreign, functions, iam, kms, readback, s3, secretsmanager, sns, sts

Check = Callable[[RequestContext], Any]

# Checks of every operation of a service, before those of single operations.
_OF_SERVICE: dict[str, tuple[Check, ...]] = {
    "s3": (s3.check_location, s3.check_owner),
    "sns": (foreign.check_topic,),
    "kms": (foreign.check_key,),
    "lambda": (foreign.check_function,),
    "secretsmanager": (foreign.check_secret,),
}
_OF_OPERATION: dict[tuple[str, str], Check] = {
    ("s3", "CreateBucket"): s3.create_bucket,
    ("s3", "PutBucketPolicy"): s3.put_bucket_policy,
    ("s3", "GetBucketPolicyStatus"): s3.get_bucket_policy_status,
    ("kms", "CreateKey"): kms.create_key,
    ("kms", "PutKeyPolicy"): kms.put_key_policy,
    ("kms", "GetKeyPolicy"): kms.get_key_policy,
    ("lambda", "AddPermission"): functions.add_permission,
    ("lambda", "GetFunctionConfiguration"): functions.get_function_configuration,
    ("sns", "CreateTopic"): sns.create_topic,
    ("sns", "SetTopicAttributes"): sns.set_topic_attributes,
    ("iam", "CreateRole"): iam.check_trust,
    ("iam", "UpdateAssumeRolePolicy"): iam.check_trust,
    ("iam", "PutRolePolicy"): iam.put_role_policy,
    ("iam", "PutUserPolicy"): iam.put_user_policy,
    ("iam", "PutGroupPolicy"): iam.put_group_policy,
    ("iam", "CreatePolicy"): iam.check_managed,
    ("iam", "CreatePolicyVersion"): iam.check_managed,
    ("sts", "AssumeRole"): sts.assume_role,
    ("secretsmanager", "PutResourcePolicy"): secretsmanager.put_resource_policy,
    ("secretsmanager", "ValidateResourcePolicy"): secretsmanager.validate_resource_policy,
}


def check_request(chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Runs after the request is parsed and before the provider."""
    if context.is_internal_call or context.operation is None:
        return
    service = context.service.service_name
    checks = [*_OF_SERVICE.get(service, ())]
    single = _OF_OPERATION.get((service, context.operation.name))
    if single is not None:
        checks.append(single)
    try:
        for check in checks:
            answer = check(context)
            if answer is not None:
                _answer(context, response, answer)
                chain.stop()
                return
    except ServiceException as error:
        context.service_exception = error
        raise


def reshape_response(_chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Policies are not given back as they were sent."""
    if context.is_internal_call or context.operation is None:
        return
    if context.service_exception is not None or not context.service_response:
        return
    key = (context.service.service_name, context.operation.name)
    reshape = readback.RESHAPES.get(key)
    if reshape is not None:
        send(context, response, reshape(dict(context.service_response), context.partition))


def _answer(context: RequestContext, response: Response, answer: Any) -> None:
    if isinstance(answer, Response):
        response.update_from(answer)
    else:
        send(context, response, answer)
