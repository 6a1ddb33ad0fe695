"""The verb ``setup``: one virtualenv with LocalStack, a prebuilt catalog, service models."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import models
from .paths import LOCALSTACK_DIR, EmulatorError, Home

# Python version -> pinned set. Other versions install, but do not run.
REQUIREMENTS = {
    (3, 11): LOCALSTACK_DIR / "requirements-py311.txt",
    (3, 13): LOCALSTACK_DIR / "requirements-py313.txt",
}


def setup(home: Home) -> None:
    """Create the virtualenv unless it is there already and up to date."""
    version = sys.version_info[:2]
    if version not in REQUIREMENTS:
        raise EmulatorError(f"needs Python 3.11 or 3.13, this is {version[0]}.{version[1]}")
    if is_ready(home):
        return
    home.root.mkdir(parents=True, exist_ok=True)
    with _locked(home.lock):
        # Somebody else may have done the work while we waited for the lock.
        if not _is_built(home):
            _build(home, REQUIREMENTS[version])
        if not models.are_ready(home):
            models.fetch(home, _run)


def is_ready(home: Home) -> bool:
    """Whether everything is there and made from today's pinned sets."""
    return _is_built(home) and models.are_ready(home)


def _is_built(home: Home) -> bool:
    try:
        stamp = home.stamp.read_text()
    except OSError:
        return False
    # The interpreter is a link, and its target may have been removed since.
    return home.python.exists() and stamp in {_stamp(path) for path in REQUIREMENTS.values()}


def _stamp(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return f"{requirements.name} {digest}\n"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file lock; the kernel gives it up if this process dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(home: Home, requirements: Path) -> None:
    print(f"emulator: installing {requirements.name} into {home.venv}", file=sys.stderr)
    shutil.rmtree(home.venv, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(home.venv)])
    pip = [str(home.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--quiet", "--no-deps", "--requirement", str(requirements)])
    _build_catalog(home)
    home.stamp.write_text(_stamp(requirements))


def _build_catalog(home: Home) -> None:
    """Index all botocore models once; saves 3 to 5 s per start and 300 MB."""
    root = home.venv / "catalog-build"
    libs = root / "usr" / "lib" / "localstack"
    # LocalStack does not create the directory it writes the index to.
    libs.mkdir(parents=True)
    environment = {**os.environ, "OVERRIDE_IN_DOCKER": "0", "FILESYSTEM_ROOT": str(root)}
    _run([str(home.python), "-P", "-m", "localstack.aws.spec"], environment)
    built = list(libs.glob("service-catalog-*.dill"))
    if not built:
        raise EmulatorError("LocalStack did not build its service catalog")
    home.catalog.mkdir(exist_ok=True)
    for path in built:
        shutil.move(str(path), home.catalog / path.name)
    shutil.rmtree(root)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise EmulatorError(f"failed: {' '.join(command)}")
