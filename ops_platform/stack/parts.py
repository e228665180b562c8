"""Which processes make up the platform, and in which order they stop."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ops_platform.env import BASE, Env
from ops_platform.stack.children import spawn
from ops_platform.stack.servers import Server
from ops_platform.stack.supervisor import Part

# The highest level stops first: no new work, then the work under way, then the servers.
WEB, WORK, SERVER = 3, 2, 1


def server_part(server: Server) -> Part:
    """Return an embedded server as a part."""
    return Part(
        server.name,
        server.start,
        SERVER,
        stop_signal=server.stop_signal,
        before=server.prepare,
    )


def django_words(*words: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "-m", "django", *words]


def environ_of(env: Env, **more: str) -> dict[str, str]:
    """Return the environment of the platform's processes."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
        "PYTHONUNBUFFERED": "1",
        "OPS_PORT": str(env.port),
        "OPS_PUBLIC": "on" if env.public else "off",
        # Tesseract and onnxruntime would each take every core for every image.
        "OMP_THREAD_LIMIT": "1",
        "OMP_NUM_THREADS": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(env.var / "run" / "metrics"),
        **more,
    }


def start(
    env: Env,
    name: str,
    words: Sequence[str],
    *,
    fds: Sequence[int] = (),
    environ: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start one of the platform's own processes; what it prints goes to var/log."""
    path = env.var / "log" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log:
        return spawn(words, log=log, folder=BASE, fds=fds, environ=environ or environ_of(env))


def platform_parts(env: Env, listening: socket.socket) -> list[Part]:
    """Return the parts besides the embedded servers."""
    fd = listening.fileno()
    web = [sys.executable, "-m", "ops_platform.serve", "--fd", str(fd)]
    parts = [
        _part(env, f"web-{number}", web, level=WEB, seconds=12, fds=[fd])
        for number in range(1, env.web_processes + 1)
    ]
    return parts + _workers(env)


def _workers(env: Env) -> list[Part]:
    beat = _part(env, "beat", django_words("run_beat"), level=WEB, seconds=10)
    if env.executor == "loop":
        loops = [
            _part(env, f"worker-{number}", django_words("run_workers"), level=WORK)
            for number in range(1, env.worker_processes + 1)
        ]
        return [beat, *loops]
    level = "INFO" if env.log_level in {"INFO", "DEBUG"} else "WARNING"
    worker = [sys.executable, "-m", "celery", "-A", "ops_platform.celery", "worker", "-l", level]
    worker += ["-P", "prefork", "-c", str(env.worker_processes), "-O", "fair"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    relay = _part(env, "relay", django_words("run_relay"), level=WORK)
    return [beat, relay, _part(env, "worker", worker, level=WORK)]


def _part(
    env: Env,
    name: str,
    words: list[str],
    *,
    level: int,
    seconds: int = 25,
    fds: Sequence[int] = (),
) -> Part:
    return Part(
        name,
        lambda: start(env, name, words, fds=fds),
        level,
        stop_signal=signal.SIGTERM,
        stop_seconds=seconds,
    )
