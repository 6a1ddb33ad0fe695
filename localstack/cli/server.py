"""The verbs ``start``, ``run``, ``wait``, ``status`` and ``stop``."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from .environment import environment
from .paths import EmulatorError, Home, State
from .setup import is_ready

READY_TIMEOUT = 90.0  # a cold machine shared with a compiler needs up to 20 s
TERM_TIMEOUT = 5.0  # LocalStack waits up to 10 s for its threads; nothing is worth that
MODULE = "localstack.runtime.main"


@dataclass(frozen=True)
class Instance:
    """A process found through its state directory."""

    pid: int
    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def start(home: Home, state: State, port: int, parent: int | None, timeout: float) -> Instance:
    """Start in the background and return when every service has been touched."""
    # Between choosing a free port and binding it somebody else may take it.
    attempts = 3 if port == 0 else 1
    for attempt in range(1, attempts + 1):
        process, instance = _spawn(home, state, port, parent)
        try:
            wait(state, timeout, process)
            return instance
        except BaseException as error:
            # Also on Ctrl-C: whoever starts a process has to end it.
            lost_port = process.poll() is not None and isinstance(error, EmulatorError)
            _end(process.pid, process)
            if not lost_port or attempt == attempts:
                raise
    raise AssertionError("unreachable")


def run(home: Home, state: State, port: int, parent: int | None, timeout: float) -> int:
    """Start in the foreground; the endpoint is printed when it is ready."""
    process, instance = _spawn(home, state, port, parent)
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        wait(state, timeout, process)
        print(instance.endpoint, flush=True)
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process.pid, process)
        clean(state)


def wait(state: State, timeout: float, process: subprocess.Popen[bytes] | None = None) -> Instance:
    """Wait until the instance says that our package is loaded and warm."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        instance = find(state)
        if process is not None and process.poll() is not None:
            raise EmulatorError(f"LocalStack ended with {process.returncode}: {_tail(state)}")
        if instance is None and process is None:
            raise EmulatorError(f"nothing runs with the state directory {state.root}")
        if instance is not None and health(instance):
            return instance
        time.sleep(0.05)
    raise EmulatorError(f"not ready after {timeout:.0f} s: {_tail(state)}")


def health(instance: Instance, timeout: float = 3.0) -> bool:
    """Our own endpoint: LocalStack's health says "ok" even without our package."""
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=timeout)
    try:
        connection.request("GET", "/_test/health")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            return False
        report = json.loads(body)
        return report.get("status") == "ok" and report.get("pid") == instance.pid
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop(state: State) -> bool:
    """End the instance and remove its state; True if there was one."""
    instance = find(state)
    if instance is not None:
        _end(instance.pid)
    clean(state)
    return instance is not None


def find(state: State) -> Instance | None:
    """The living instance of this state directory, if any."""
    try:
        instance = Instance(int(state.pid.read_text()), int(state.port.read_text()))
    except (OSError, ValueError):
        return None
    return instance if _is_ours(instance.pid) else None


def clean(state: State) -> None:
    """Remove our files; the directory itself only if nothing else is in it."""
    for path in state.files():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    try:
        state.root.rmdir()
    except OSError:
        pass


def _spawn(
    home: Home, state: State, port: int, parent: int | None
) -> tuple[subprocess.Popen[bytes], Instance]:
    if not is_ready(home):
        raise EmulatorError("not set up; run 'localstack/emulator setup' first")
    if find(state) is not None:
        raise EmulatorError(f"an instance runs already with the state directory {state.root}")
    clean(state)
    port = _choose_port(port)
    libs = state.filesystem / "usr" / "lib" / "localstack"
    for directory in (libs, state.cache, state.objects):
        directory.mkdir(parents=True)
    for path in home.catalog.glob("*.dill"):
        shutil.copy(path, libs)
    with state.log.open("wb") as log:
        process = subprocess.Popen(
            [str(home.python), "-P", "-m", MODULE],
            env=environment(home, state, port, parent),
            cwd=state.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own session: a Ctrl-C at the terminal is ours to handle.
            start_new_session=True,
        )
    state.port.write_text(f"{port}\n")
    state.pid.write_text(f"{process.pid}\n")
    return process, Instance(process.pid, port)


def _choose_port(port: int) -> int:
    """LocalStack cannot take port 0, so a free one is chosen here."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EmulatorError(f"port {port} cannot be used: {error.strerror}") from error
        return int(probe.getsockname()[1])


def _end(pid: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """SIGTERM, then SIGKILL; only ever to the process id we were given."""
    for sig, patience in ((signal.SIGTERM, TERM_TIMEOUT), (signal.SIGKILL, 10.0)):
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            ended = process.poll() is not None if process is not None else not _is_ours(pid)
            if ended:
                return
            time.sleep(0.05)
    raise EmulatorError(f"process {pid} does not end")


def _is_ours(pid: int) -> bool:
    """Whether the pid lives and is a LocalStack: pids are reused."""
    done = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True
    )
    return MODULE in done.stdout and not done.stdout.lstrip().startswith("Z")


def _tail(state: State) -> str:
    try:
        lines = state.log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    return " | ".join(lines[-5:]) or "the log is empty"
