"""Ends the emulator when the process that started it is gone."""

from __future__ import annotations

import os
import shutil
import threading
import time

import psutil

INTERVAL = 0.5


def start() -> None:
    """Watch POSTROOM_PARENT_PID, if it is set."""
    configured = os.environ.get("POSTROOM_PARENT_PID")
    if not configured:
        return
    try:
        parent = psutil.Process(int(configured))
    except psutil.NoSuchProcess:
        _end()
    threading.Thread(target=_watch, args=(parent,), name="watchdog", daemon=True).start()


def _watch(parent: psutil.Process) -> None:
    while _lives(parent):
        time.sleep(INTERVAL)
    _end()


def _lives(parent: psutil.Process) -> bool:
    """False for a zombie too: nobody may ever collect it. Knows reused ids."""
    try:
        return parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _end() -> None:
    """No orderly shutdown: nothing is kept, and nobody is left to wait for it."""
    state = os.environ.get("POSTROOM_STATE_DIR")
    if state:
        for name in ("filesystem", "cache", "objects"):
            shutil.rmtree(os.path.join(state, name), ignore_errors=True)
        for name in ("pid", "port", "log"):
            try:
                os.unlink(os.path.join(state, name))
            except OSError:
                pass
        try:
            os.rmdir(state)
        except OSError:
            pass
    os._exit(0)
