"""Entry points: the SES provider and the hooks that put everything in place.

A hook of its own for another API (Mail Manager) belongs beside ``install``: a
handler appended to ``handlers.preprocess_request`` may set ``context.service``
and ``context.protocol`` before LocalStack guesses them (LocalStack 4.9.2 as tried).
"""

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


@hooks.on_infra_start()
def install() -> None:
    """Runs before the port is opened, so no request can miss our handlers."""
    from localstack import config
    from localstack.aws import handlers

    from . import server, watchdog
    from .control import endpoints, faults, pacing, recorder
    from .overlay import chain

    server.bind_to_given_host()
    server.use_private_object_directory()
    watchdog.start()
    config.SERVICE_PROVIDER_CONFIG.set_provider("ses", "receipt")
    endpoints.register()

    handlers.preprocess_request.append(recorder.begin)
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
