"""Lambda without Docker: functions become Active, and cannot be invoked."""

from __future__ import annotations

from typing import Any

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)


class NoopRuntimeExecutor(RuntimeExecutor):
    """Prepares nothing, so a new function goes straight to Active."""

    def start(self, env_vars: dict[str, str]) -> None:
        raise LambdaRuntimeException("functions are not run by this emulator")

    def stop(self) -> None:
        """Nothing was started."""

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return "http://127.0.0.1"

    def invoke(self, payload: dict[str, str]) -> Any:
        raise LambdaRuntimeException("functions are not run by this emulator")

    def get_logs(self) -> str:
        return ""

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        """No image to pull."""

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """No image to remove."""


class NoopRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """Selected with LAMBDA_RUNTIME_EXECUTOR=noop."""

    name = "noop"

    def load(self, *args: Any, **kwargs: Any) -> type[RuntimeExecutor]:
        return NoopRuntimeExecutor
