"""A virtualenv with the pinned parliament, and ``lint.py`` in it.

It is not the emulator's: a new pin of a linter must not install LocalStack anew, and parliament asks for a setuptools that LocalStack does
not. It stands beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


def main() -> None:
    configured = os.environ.get("POSTROOM_LOCALSTACK_HOME")
    home = Path(configured).resolve() if configured else HERE.parent.parent / ".localstack"
    venv = home / "parliament"
    python = venv / "bin" / "python"
    stamp = venv / "postroom-stamp"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "parliament.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The interpreter is a link, and its target may have been removed since.
        if not (python.exists() and stamp.is_file() and stamp.read_text() == wanted):
            build(venv, python)
            stamp.write_text(wanted)
    # A warning about pkg_resources, which parliament imports, is not ours to heed.
    os.execv(python, [str(python), "-P" if sys.version_info >= (3, 11) else "-s", "-W", "ignore", str(HERE / "lint.py"), *sys.argv[1:]])


def build(venv: Path, python: Path) -> None:
    print(f"parliament: installing {REQUIREMENTS.name} into {venv}", file=sys.stderr)
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--requirement", str(REQUIREMENTS)], check=True)


if __name__ == "__main__":
    main()
