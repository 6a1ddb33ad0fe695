"""Where things are: the checkout, the shared home and one instance's state."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOCALSTACK_DIR = Path(__file__).resolve().parent.parent
PLUGIN_DIR = LOCALSTACK_DIR / "plugin"
TESTS_DIR = LOCALSTACK_DIR / "tests"


class EmulatorError(Exception):
    """Something the user has to know; printed as one line, exit code 1."""


def home() -> Path:
    """The directory shared by all instances; it holds the virtualenv."""
    configured = os.environ.get("POSTROOM_LOCALSTACK_HOME")
    return Path(configured).resolve() if configured else LOCALSTACK_DIR.parent / ".localstack"


@dataclass(frozen=True)
class Home:
    """Files in the shared home."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Written last: its presence means the virtualenv is complete."""
        return self.venv / "postroom-stamp"

    @property
    def catalog(self) -> Path:
        """Prebuilt service catalog, copied into each new instance."""
        return self.venv / "postroom-catalog"

    @property
    def models(self) -> Path:
        """Service models that are newer than those of the virtualenv's botocore."""
        return self.root / "models"

    @property
    def lock(self) -> Path:
        return self.root / "setup.lock"


@dataclass(frozen=True)
class State:
    """Files of one instance."""

    root: Path

    @property
    def pid(self) -> Path:
        return self.root / "pid"

    @property
    def port(self) -> Path:
        return self.root / "port"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def filesystem(self) -> Path:
        return self.root / "filesystem"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def objects(self) -> Path:
        return self.root / "objects"

    def files(self) -> list[Path]:
        """Everything this program puts there, and so everything it may remove."""
        return [self.pid, self.port, self.log, self.filesystem, self.cache, self.objects]


def default_state() -> Path:
    return home() / "state"
