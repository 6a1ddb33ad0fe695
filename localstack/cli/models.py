"""The current service model of Mail Manager, taken out of a pinned botocore wheel.

LocalStack pins an old botocore exactly, and a second one cannot be installed beside it.
The wheel is fetched by version and hash with the pip of the virtualenv, from where the
rest of the set comes; of it only the model is kept. A copy in this repository would
save 16 MB once, but would be somebody else's file to keep up to date.

The directory has botocore's own layout, so that AWS_DATA_PATH gives the same model to
boto3 and awscli.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from .paths import LOCALSTACK_DIR, EmulatorError, Home

PINNED = LOCALSTACK_DIR / "requirements-models.txt"
_INSIDE = "botocore/data/"
_WANTED = f"{_INSIDE}mailmanager/"


def are_ready(home: Home) -> bool:
    """Whether the models are there, and from today's pinned wheel."""
    try:
        return (home.models / "postroom-stamp").read_text() == _stamp()
    except OSError:
        return False


def fetch(home: Home, run: Callable[[list[str]], None]) -> None:
    """Download the wheel with ``run`` and unpack what is wanted of it."""
    shutil.rmtree(home.models, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=home.root) as directory:
        pip = [str(home.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        # --require-hashes: what is unpacked is what was pinned, wherever it came from.
        run([*pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes",
             "--requirement", str(PINNED), "--dest", directory])  # fmt: skip
        (wheel,) = Path(directory).glob("*.whl")
        unpack(wheel, home.models)
    (home.models / "postroom-stamp").write_text(_stamp())


def unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(_WANTED) and not name.endswith("/")]
        if not any(name.endswith("/service-2.json.gz") for name in names):
            raise EmulatorError(f"{wheel.name} has no model of Mail Manager")
        for name in names:
            path = target / name.removeprefix(_INSIDE)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


def _stamp() -> str:
    return hashlib.sha256(PINNED.read_bytes()).hexdigest() + "\n"
