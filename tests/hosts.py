"""Hosts of their own on this machine: processes that reach the servers only over their network.

Each host has a network namespace and a pair of virtual cards where that is allowed; cutting it off
takes its card down, and nothing of it is told. Elsewhere a host is a group of processes behind a
forwarder of its own, and cutting it off stops the forwarder.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops_platform.env import BASE

FORWARD = """
import socket, sys, threading

def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

def serve(listening, path):
    while True:
        here, _ = listening.accept()
        there = socket.socket(socket.AF_UNIX)
        there.connect(path)
        for pair in ((here, there), (there, here)):
            threading.Thread(target=pump, args=pair, daemon=True).start()

for word in sys.argv[2:]:
    port, _, path = word.partition("=")
    listening = socket.create_server((sys.argv[1], int(port)))
    threading.Thread(target=serve, args=(listening, path)).start()
print("ready", flush=True)
"""


def run(*words: str) -> bool:
    """Run a command of the system's; tell whether it succeeded."""
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def namespaces_allowed() -> bool:
    """Tell whether hosts may have networks of their own."""
    name = f"ops{os.getpid()}try"
    try:
        allowed = run("ip", "netns", "add", name)
    except OSError:
        return False
    return allowed and run("ip", "netns", "del", name)


@dataclass
class Host:
    """One host: where the servers are for it, where it is for us, and its processes."""

    name: str
    servers: str
    address: str
    own_network: bool
    log: Path
    ports: tuple[int, int]
    forwarder: subprocess.Popen[bytes] | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def card(self) -> str:
        """Return the name of our end of its cable."""
        return f"v{os.getpid()}{self.name}"

    @property
    def network(self) -> str:
        """Return the name of its network."""
        return f"ops{os.getpid()}{self.name}"

    def start(self, words: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a process on this host."""
        inside = ["ip", "netns", "exec", self.network] if self.own_network else []
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*inside, sys.executable, "-W", "ignore", *words], cwd=BASE, env=dict(environ),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def cut_off(self) -> None:
        """Take its network away; its processes live on and are told nothing."""
        self._network(up=False)

    def bring_back(self) -> None:
        """Give it its network again."""
        self._network(up=True)

    def kill(self) -> None:
        """Kill everything that runs on it."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def _network(self, *, up: bool) -> None:
        if self.own_network:
            assert run("ip", "link", "set", self.card, "up" if up else "down")
        else:
            assert self.forwarder is not None
            self.forwarder.send_signal(signal.SIGCONT if up else signal.SIGSTOP)


@contextmanager
def host(
    name: str, place: int, *, postgres: Path, redis: Path, log: Path, own_network: bool
) -> Iterator[Host]:
    """Connect a host to the two servers, for the length of a block."""
    net = f"10.{200 + place}.{os.getpid() % 250}"
    ours, its = (f"{net}.1", f"{net}.2") if own_network else ("127.0.0.1", "127.0.0.1")
    made = Host(name, ours, its, own_network, log, (_free(), _free()))
    try:
        if own_network:
            _connect(made, ours, its)
        words = [f"{made.ports[0]}={postgres}", f"{made.ports[1]}={redis}"]
        made.forwarder = subprocess.Popen(
            [sys.executable, "-c", FORWARD, ours, *words], stdout=subprocess.PIPE
        )
        assert made.forwarder.stdout is not None
        assert made.forwarder.stdout.readline() == b"ready\n"
        yield made
    finally:
        made.kill()
        if made.forwarder:
            made.forwarder.kill()
            made.forwarder.communicate()
        if own_network:
            run("ip", "netns", "del", made.network)
            run("ip", "link", "del", made.card)


def _connect(made: Host, ours: str, its: str) -> None:
    inside = ("ip", "-n", made.network)
    for words in (
        ("ip", "netns", "add", made.network),
        ("ip", "link", "add", made.card, "type", "veth", "peer", "name", "eth0", "netns",
         made.network),
        ("ip", "addr", "add", f"{ours}/24", "dev", made.card),
        ("ip", "link", "set", made.card, "up"),
        (*inside, "addr", "add", f"{its}/24", "dev", "eth0"),
        (*inside, "link", "set", "eth0", "up"),
        (*inside, "link", "set", "lo", "up"),
    ):  # fmt: skip
        assert run(*words), words


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def waited(condition, seconds: int, what: str) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.1)
