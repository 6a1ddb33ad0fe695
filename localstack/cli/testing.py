"""The verb ``test``: the unittest suite, inside the virtualenv."""

from __future__ import annotations

import os
import subprocess

from .paths import LOCALSTACK_DIR, PLUGIN_DIR, TESTS_DIR, EmulatorError, Home
from .setup import is_ready


def run(home: Home, pattern: str | None) -> int:
    if not is_ready(home):
        raise EmulatorError("not set up; run 'localstack/emulator setup' first")
    command = [str(home.python), "-P", "-m", "unittest", "discover", "--start-directory", str(TESTS_DIR)]
    command += ["--top-level-directory", str(LOCALSTACK_DIR), "--verbose"]
    if pattern:
        command += ["-k", pattern]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(LOCALSTACK_DIR), str(PLUGIN_DIR))),
        "PYTHONDONTWRITEBYTECODE": "1",
        # boto3 in the tests is given the same Mail Manager as the emulator.
        "POSTROOM_MODELS": str(home.models),
    }
    return subprocess.run(command, env=environment).returncode
