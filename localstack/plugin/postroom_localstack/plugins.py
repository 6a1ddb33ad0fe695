"""Entry points: the two providers and the hooks that put everything in place."""

from __future__ import annotations

from localstack.runtime import hooks
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="ses", name="receipt")
def ses() -> Service:
    """SES with our receipt operations; the rest stays LocalStack's."""
    from localstack.services.moto import MotoFallbackDispatcher

    from .ses.provider import ReceiptProvider

    return Service.for_provider(
        ReceiptProvider(), dispatch_table_factory=MotoFallbackDispatcher
    )


@aws_provider(api="mailmanager")
def mail_manager() -> Service:
    """LocalStack has no Mail Manager: the whole API is ours."""
    from localstack.aws.skeleton import Skeleton

    from .mail_manager.model import SERVICE, wire_model
    from .mail_manager.provider import table

    return Service(name=SERVICE, skeleton=Skeleton(wire_model(), table()))


@hooks.on_infra_start()
def install() -> None:
    """Runs before the port is opened, so no request can miss our handlers."""
    from localstack import config
    from localstack.aws import handlers

    from . import server, watchdog
    from .control import endpoints, faults, pacing, recorder
    from .mail_manager import routing
    from .overlay import chain

    server.bind_to_given_host()
    server.use_private_object_directory()
    watchdog.start()
    config.SERVICE_PROVIDER_CONFIG.set_provider("ses", "receipt")
    endpoints.register()

    handlers.preprocess_request.append(recorder.begin)
    handlers.preprocess_request.append(routing.route)
    requests = handlers.serve_custom_service_request_handlers
    # The recorder keeps the parameters as sent: later handlers may change them.
    requests.append(recorder.keep_request)
    requests.append(faults.before)
    requests.append(pacing.throttle)
    requests.append(chain.check_request)
    responses = handlers.run_custom_response_handlers
    responses.append(chain.reshape_response)
    responses.append(faults.after)
    # Last, to see what the client sees.
    responses.append(recorder.end)


@hooks.on_infra_ready()
def warm_up() -> None:
    """Load all services now, so that the first test does not pay for it."""
    from .control import health

    health.start_warm_up()
