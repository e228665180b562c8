"""The supervisor: what dies comes back, what is told to stop stops, and in order."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops_platform.env import BASE

pytestmark = pytest.mark.slow

_PROGRAM = """
import sys
from pathlib import Path
from ops_platform.stack.children import spawn
from ops_platform.stack.supervisor import Part, Supervisor

folder = Path(sys.argv[1])
supervisor = Supervisor(folder / "stack.json", folder)
supervisor.listen()
def part(name, level, program):
    def start():
        with (folder / f"{name}.out").open("ab") as log:
            return spawn([sys.executable, "-c", program], log=log)
    return Part(name, start, level, stop_seconds=2)
SLEEP = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
FAULTY = "raise SystemExit(3)"
supervisor.add(part("server", 1, SLEEP))
supervisor.add(part("web", 3, STUBBORN if "stubborn" in sys.argv else SLEEP))
if "faulty" in sys.argv:
    supervisor.add(part("faulty", 2, FAULTY))
supervisor.run()
supervisor.stop()
"""


class Watched:
    """A supervisor over small programs, in a process of its own."""

    def __init__(self, folder: Path, *how: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder), *how], cwd=BASE
        )

    def pid(self, name: str) -> int:
        return int(self._state()["processes"][name]["pid"])

    def starts(self, name: str) -> int:
        return int(self._state()["processes"].get(name, {}).get("starts", 0))

    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "stack.log").read_text().splitlines()]

    def _state(self) -> dict[str, dict[str, dict[str, int]]]:
        return dict(json.loads((self.folder / "stack.json").read_text()))


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except (OSError, KeyError, ValueError):
            pass
        time.sleep(0.02)
    raise AssertionError("it did not come true in time")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def watch(tmp_path):
    running = []

    def start(*how):
        watched = Watched(tmp_path, *how)
        running.append(watched)
        until(lambda: watched.starts("web") == 1)
        return watched

    yield start
    for watched in running:
        watched.process.kill()
        watched.process.wait()


def test_a_killed_process_is_started_again_at_once(watch):
    watched = watch()
    first = watched.pid("web")

    began = time.monotonic()
    os.kill(first, signal.SIGKILL)
    until(lambda: watched.starts("web") == 2)

    assert time.monotonic() - began < 10, "what dies again and again waits longer"
    assert alive(watched.pid("web"))
    died = next(line for line in watched.log() if line["event"] == "died")
    assert (died["process"], died["code"]) == ("web", -signal.SIGKILL)


def test_a_process_that_cannot_live_is_tried_ever_more_rarely(watch):
    watched = watch("faulty")

    until(lambda: watched.starts("faulty") >= 4)
    time.sleep(0.5)

    assert watched.starts("faulty") <= 5
    assert watched.starts("server") == 1


def test_the_servers_stop_last_and_the_stubborn_is_killed(watch):
    watched = watch("stubborn")
    web, server = watched.pid("web"), watched.pid("server")

    watched.process.send_signal(signal.SIGTERM)

    assert watched.process.wait(10) == 0
    stopped = [line["process"] for line in watched.log() if line["event"] == "stopped"]
    assert stopped == ["web", "server"]
    assert not alive(web)
    assert not alive(server)


def test_no_child_outlives_a_supervisor_that_is_killed(watch):
    watched = watch()
    children = [watched.pid("web"), watched.pid("server")]

    watched.process.kill()
    watched.process.wait()

    until(lambda: not any(alive(pid) for pid in children))
