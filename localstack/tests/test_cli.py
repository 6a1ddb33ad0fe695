"""The command line: instances side by side, their end, and setup."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import boto3
import psutil

from cli import models, server, setup
from cli.paths import EmulatorError, Home, State, home
from cli.server import find

from .harness import EMULATOR, TEST_CONFIG, emulator


class Instances(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        self.addCleanup(self.stop_all)

    def state(self, name: str) -> Path:
        return self.directory / name

    def stop_all(self) -> None:
        for path in list(self.directory.iterdir()):
            emulator("stop", "--state", str(path))

    def start(self, name: str, *more: str, port: int = 0) -> subprocess.CompletedProcess[str]:
        state = str(self.state(name))
        return emulator("start", "--port", str(port), "--state", state, *more)

    def test_life(self) -> None:
        first, second = self.start("one"), self.start("two")
        for started in (first, second):
            self.assertEqual(0, started.returncode, started.stderr)
            self.assertRegex(started.stdout, r"\Ahttp://127\.0\.0\.1:\d+\n\Z")
        self.assertNotEqual(first.stdout, second.stdout)

        state = str(self.state("one"))
        port = int(first.stdout.rsplit(":", 1)[1])
        self.assertEqual(first.stdout, emulator("wait", "--state", state).stdout)
        status = emulator("status", "--state", state)
        self.assertEqual(0, status.returncode)
        self.assertIn(first.stdout.strip(), status.stdout)
        # Bound to 127.0.0.1 only: LocalStack by itself would take 0.0.0.0.
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)

        # Objects are kept with the instance, not in LocalStack's shared directory.
        _put_object(first.stdout.strip())
        # The files have no names, but LocalStack makes a directory per bucket.
        buckets = [path.name for path in (self.state("one") / "objects").iterdir()]
        self.assertEqual(["objects"], buckets)

        again = self.start("one")
        self.assertEqual(1, again.returncode)
        self.assertIn("runs already", again.stderr)
        taken = self.start("three", port=port)
        self.assertEqual(1, taken.returncode)
        self.assertIn(f"port {port} cannot be used", taken.stderr)

        pid = int((self.state("one") / "pid").read_text())
        self.assertEqual(0, emulator("stop", "--state", state).returncode)
        self.assertFalse(self.state("one").exists())
        self.assertFalse(_lives(pid))
        self.assertEqual(3, emulator("status", "--state", state).returncode)
        self.assertEqual(0, emulator("stop", "--state", state).returncode)
        self.assertTrue(_answers(int(second.stdout.rsplit(":", 1)[1])))

    def test_ends_with_its_parent(self) -> None:
        code = "import time; time.sleep(600)"
        parent = subprocess.Popen([sys.executable, "-c", code])
        started = self.start("one", "--parent", str(parent.pid))
        self.assertEqual(0, started.returncode, started.stderr)
        pid = int((self.state("one") / "pid").read_text())
        self.assertTrue(_lives(pid))
        parent.send_signal(signal.SIGKILL)  # not waited for: a zombie counts as dead
        self.addCleanup(parent.wait)
        deadline = time.monotonic() + 10
        while _lives(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(_lives(pid))
        self.assertFalse(self.state("one").exists())

    def test_foreground(self) -> None:
        command = [str(EMULATOR), "run", "--port", "0", "--state", str(self.state("one"))]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        self.addCleanup(process.stdout.close)
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        self.assertTrue(_answers(port))
        process.terminate()
        self.assertEqual(0, process.wait(20))
        self.assertFalse(_answers(port))
        self.assertFalse(self.state("one").exists())

    def test_a_port_lost_at_the_last_moment(self) -> None:
        """LocalStack by itself would go on without a port."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with mock.patch.object(server, "_choose_port", return_value=port):
                with self.assertRaisesRegex(EmulatorError, "LocalStack ended with 1"):
                    server.start(
                        Home(home()), State(self.state("one")), port, parent=None, timeout=30
                    )

    def test_a_failing_start_says_why(self) -> None:
        late = self.start("one", "--timeout", "0.01")
        self.assertEqual(1, late.returncode)
        self.assertEqual("", late.stdout)
        self.assertIn("not ready after", late.stderr)
        self.assertIsNone(find(State(self.state("one"))))

    def test_stop_keeps_what_is_not_ours(self) -> None:
        state = self.state("one")
        state.mkdir()
        (state / "keep").write_text("x")
        (state / "pid").write_text(f"{os.getpid()}\n")  # lives, but is no LocalStack
        (state / "port").write_text("1\n")
        self.assertEqual(0, emulator("stop", "--state", str(state)).returncode)
        self.assertEqual(["keep"], [path.name for path in state.iterdir()])


class Setup(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.home = Home(Path(directory.name) / "home")
        self.built: list[Path] = []
        self.fetched = 0

    @contextmanager
    def patched(self) -> Iterator[None]:
        with (
            mock.patch.object(setup, "_build", self.build),
            mock.patch.object(models, "fetch", self.fetch),
        ):
            yield

    def build(self, home: Home, requirements: Path) -> None:
        self.built.append(requirements)
        time.sleep(0.3)
        home.python.parent.mkdir(parents=True)
        home.python.touch()
        home.stamp.write_text(setup._stamp(requirements))

    def fetch(self, home: Home, _run: object) -> None:
        self.fetched += 1
        home.models.mkdir()
        (home.models / "postroom-stamp").write_text(models._stamp())

    def test_concurrent_calls_build_once(self) -> None:
        with self.patched():
            threads = [threading.Thread(target=setup.setup, args=(self.home,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual((1, 1), (len(self.built), self.fetched))
            setup.setup(self.home)
        self.assertEqual((1, 1), (len(self.built), self.fetched))
        self.assertTrue(setup.is_ready(self.home))

    def test_another_pinned_set_builds_again(self) -> None:
        with self.patched():
            setup.setup(self.home)
            self.assertTrue(setup.is_ready(self.home))
            self.home.stamp.write_text("requirements-py311.txt of-another-day\n")
            self.assertFalse(setup.is_ready(self.home))
            shutil.rmtree(self.home.venv)
            setup.setup(self.home)
        self.assertEqual((2, 1), (len(self.built), self.fetched))

    def test_a_removed_interpreter_builds_again(self) -> None:
        with self.patched():
            setup.setup(self.home)
        self.home.python.unlink()
        self.home.python.symlink_to(self.home.root / "gone")
        self.assertFalse(setup.is_ready(self.home))

    def test_other_models_are_fetched_without_a_new_virtualenv(self) -> None:
        with self.patched():
            setup.setup(self.home)
            (self.home.models / "postroom-stamp").write_text("of another day")
            self.assertFalse(setup.is_ready(self.home))
            shutil.rmtree(self.home.models)
            setup.setup(self.home)
        self.assertTrue(setup.is_ready(self.home))
        self.assertEqual((1, 2), (len(self.built), self.fetched))

    def test_a_wheel_without_the_model_is_refused(self) -> None:
        self.home.root.mkdir()
        wheel = self.home.root / "other.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("botocore/data/ses/2010-12-01/service-2.json.gz", b"")
        with self.assertRaisesRegex(EmulatorError, "no model of Mail Manager"):
            models.unpack(wheel, self.home.models)

    def test_other_python(self) -> None:
        with mock.patch.object(sys, "version_info", (3, 12, 1)):
            with self.assertRaisesRegex(EmulatorError, r"needs Python 3\.11 or 3\.13"):
                setup.setup(self.home)

    def test_no_python(self) -> None:
        tools = self.home.root / "bin"
        tools.mkdir(parents=True)
        (tools / "dirname").symlink_to(shutil.which("dirname") or "")
        environment = {"PATH": str(tools), "POSTROOM_LOCALSTACK_HOME": str(self.home.root)}
        done = subprocess.run(
            [str(EMULATOR), "setup"], env=environment, capture_output=True, text=True
        )
        self.assertEqual(1, done.returncode)
        self.assertEqual(1, len(done.stderr.splitlines()), done.stderr)
        self.assertIn("needs Python 3.11 or 3.13", done.stderr)

    def test_not_set_up(self) -> None:
        environment = {**os.environ, "POSTROOM_LOCALSTACK_HOME": str(self.home.root)}
        done = subprocess.run(
            [str(EMULATOR), "start", "--port", "0"],
            env=environment, capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(1, done.returncode)
        self.assertIn("not set up", done.stderr)


def _lives(pid: int) -> bool:
    """A process that ended may stay as a zombie if nobody collects it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _put_object(endpoint: str) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="111122223333",
        aws_secret_access_key="test",
        region_name="us-east-1",
        config=TEST_CONFIG,
    )
    s3.create_bucket(Bucket="objects")
    s3.put_object(Bucket="objects", Key="key", Body=b"body")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_test/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
