"""Two corrections of how LocalStack uses the machine."""

from __future__ import annotations

import os
import sys
from typing import Any


def bind_to_given_host() -> None:
    """The twisted server ignores the host and binds 0.0.0.0 (LocalStack 4.9.2 as tried).

    It ignores a failure to bind as well, and would go on without a port.
    """
    from localstack import config
    from localstack.runtime.server import twisted

    hosts = {listen.port: listen.host for listen in config.GATEWAY_LISTEN}
    original = twisted.endpoints.TCP4ServerEndpoint

    class _Endpoint:
        def __init__(self, reactor: Any, port: int) -> None:
            self._inner = original(reactor, port, interface=hosts.get(port, "127.0.0.1"))

        def listen(self, factory: Any) -> Any:
            return self._inner.listen(factory).addErrback(_give_up)

    class _Endpoints:
        """The module ``endpoints`` as far as the server uses it."""

        TCP6ServerEndpoint = twisted.endpoints.TCP6ServerEndpoint
        TCP4ServerEndpoint = _Endpoint

    twisted.endpoints = _Endpoints


def _give_up(failure: Any) -> None:
    print(f"cannot listen: {failure.getErrorMessage()}", file=sys.stderr, flush=True)
    os._exit(1)


def use_private_object_directory() -> None:
    """S3 objects go to one fixed directory under /tmp (LocalStack 4.9.2 as tried)."""
    directory = os.environ.get("POSTROOM_OBJECT_DIR")
    if directory:
        from localstack.services.s3 import provider

        provider.DEFAULT_S3_TMP_DIR = directory
