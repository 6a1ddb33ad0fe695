"""Which requests are Mail Manager's.

It signs as ``ses``, as the other SES APIs do (docs/facts.md 2, "Wire"), so that
LocalStack would take a request for SES v1. What tells it apart is the path of the one
protocol and the header of the other.
"""

from __future__ import annotations

from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.http import Request, Response

from .model import TARGET, wire_model

CBOR = "smithy-rpc-v2-cbor"
JSON = "json"


def route(_chain: HandlerChain, context: RequestContext, _response: Response) -> None:
    """Runs before LocalStack guesses the service, and keeps it from guessing."""
    protocol = protocol_of(context.request)
    if protocol is not None:
        context.service = wire_model()
        context.protocol = protocol


def protocol_of(request: Request) -> str | None:
    """The protocol of a Mail Manager request; None for everybody else's.

    The Rust SDK and newer botocores send Smithy RPC v2 CBOR, older ones awsJson1_0.
    """
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR if f"/service/{TARGET}/operation/" in request.path else None
    return JSON if request.headers.get("x-amz-target", "").startswith(f"{TARGET}.") else None
