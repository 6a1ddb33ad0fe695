"""The environment one LocalStack process is started with."""

from __future__ import annotations

import os

from .paths import PLUGIN_DIR, Home, State

# Variables of the caller that would change what LocalStack does.
_FOREIGN_PREFIXES = ("AWS_", "LOCALSTACK_", "PROVIDER_OVERRIDE_", "LAMBDA_", "S3_", "GATEWAY_")


def environment(home: Home, state: State, port: int, parent: int | None) -> dict[str, str]:
    """Every line has been needed once (LocalStack 4.9.2 as tried)."""
    result = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN_PREFIXES)
    }
    result.update(
        {
            # The provider package and its hand-written dist-info: nothing is installed.
            "PYTHONPATH": str(PLUGIN_DIR),
            # Do not write byte code beside the sources of a checkout.
            "PYTHONDONTWRITEBYTECODE": "1",
            # With /.dockerenv present (most CI) LocalStack would take the machine
            # for its own container and write to /var/lib, /usr/lib and /tmp.
            "OVERRIDE_IN_DOCKER": "0",
            # Default is inside site-packages, and its tmp part is deleted at every
            # start and stop: two instances must not share it.
            "FILESYSTEM_ROOT": str(state.filesystem),
            # Plugin entry-point cache; keyed by mtime in steps of 128 s, so a shared
            # one can serve a stale plugin list.
            "XDG_CACHE_HOME": str(state.cache),
            # The twisted server ignores the host; server.py of the plugin binds it.
            "GATEWAY_LISTEN": f"127.0.0.1:{port}",
            # No DNS server on port 53.
            "DNS_ADDRESS": "0",
            # No usage events, no certificate download, no call-home for
            # unsupported operations (port 9 is the discard port: refused at once).
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "API_ENDPOINT": "http://127.0.0.1:9",
            # Our executor: functions become Active without Docker.
            "LAMBDA_RUNTIME_EXECUTOR": "noop",
            # Our look-ups of policies go through the gateway without a socket.
            "IN_MEMORY_CLIENT": "1",
            # boto3 clients inside must not read the user's profiles.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            # Quiet log; DEBUG=1 shows why a plugin did not load.
            "LS_LOG": "debug" if os.environ.get("DEBUG") == "1" else "error",
            # S3 object files: the default is one fixed directory for all instances.
            "POSTROOM_OBJECT_DIR": str(state.objects),
            # Newer than those of botocore; the plugin reads Mail Manager's.
            "POSTROOM_MODELS": str(home.models),
            "POSTROOM_STATE_DIR": str(state.root),
        }
    )
    if parent is not None:
        result["POSTROOM_PARENT_PID"] = str(parent)
    return result
