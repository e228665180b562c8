"""`python -m ops_platform.stack`: run, stop, status, prepare, manage and test-servers."""

import argparse
import contextlib
import http.client
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from ops_platform.env import BASE, Env
from ops_platform.stack import parts
from ops_platform.stack.children import spawn
from ops_platform.stack.house import AlreadyRunning, House
from ops_platform.stack.supervisor import Supervisor
from ops_platform.stack.throwaway import throwaway

_START_SECONDS, _STOP_SECONDS, _START_DEATHS = 600, 90, 4
# Commands that change or describe the shape of the database run as its owner.
_OWNER_COMMANDS = frozenset({"migrate", "makemigrations", "sqlmigrate", "dbshell", "inspectdb"})


def main(words: Sequence[str]) -> int:
    """Do what the words ask for; returns the exit code."""
    if words and words[0] == "manage":
        return manage(words[1:])
    options = _parser().parse_args(words)
    code: int = options.do(options)
    return code


def run(options: argparse.Namespace) -> int:
    """Bring the platform up and say where it is."""
    if options.port:
        os.environ["OPS_PORT"] = str(options.port)
    if options.public:
        os.environ["OPS_PUBLIC"] = "on"
    house = House(Env.load())
    if house.locked():
        raise AlreadyRunning(f"the platform runs already at {house.state.get('address', '')}")
    if options.fresh:
        house.wipe()
    began = options.since or time.time()
    supervisor = _start_supervisor(house, detach=options.detach)
    until = time.monotonic() + _START_SECONDS
    while not _answers(house):
        if supervisor.poll() is not None:
            sys.stderr.write(_last_words(house))
            return supervisor.returncode or 1
        failing = _failing(house)
        if failing or time.monotonic() > until:
            supervisor.terminate()
            supervisor.wait()
            sys.stderr.write(_last_words(house, failing))
            return 1
        time.sleep(0.1)
    sys.stdout.write(_greeting(house, seconds=time.time() - began))
    sys.stdout.flush()
    return 0 if options.detach else _wait_for(supervisor)


def supervise(_options: argparse.Namespace) -> int:
    """Be the supervisor."""
    House(Env.load()).supervise()
    return 0


def prepare(_options: argparse.Namespace) -> int:
    """Prepare outside servers once: roles, migrations and, when wanted, the demo day."""
    house = House(Env.load())
    if house.env.embedded_database:
        sys.stderr.write("prepare is for an outside server: give DATABASE_URL\n")
        return 2
    house.prepare_outside()
    return 0


def stop(_options: argparse.Namespace) -> int:
    """Stop the running platform and wait until it is gone."""
    house, began = House(Env.load()), time.monotonic()
    pid = house.state.get("pid")
    if not pid:
        sys.stdout.write("The platform does not run.\n")
        return 0
    os.kill(pid, signal.SIGTERM)
    while house.locked():
        if time.monotonic() - began > _STOP_SECONDS:
            sys.stderr.write("The platform does not stop; see var/log/stack.log\n")
            return 1
        time.sleep(0.05)
    sys.stdout.write(f"Stopped in {time.monotonic() - began:.1f} s.\n")
    return 0


def status(_options: argparse.Namespace) -> int:
    """Say what runs."""
    state = House(Env.load()).state
    if not state:
        sys.stdout.write("The platform does not run.\n")
        return 3
    sys.stdout.write(f"{state.get('state')} at {state.get('address', '')}\n")
    for name, process in state.get("processes", {}).items():
        restarts = process["starts"] - 1
        sys.stdout.write(f"  {name:<10} pid {process['pid']:<8} restarts {restarts}\n")
    return 0


def manage(words: Sequence[str]) -> int:
    """Run a management command with the servers up; they stop again when it brought them up."""
    env = Env.load()
    house = House(env)
    role = "owner" if words and words[0] in _OWNER_COMMANDS else env.db_role
    environ = parts.environ_of(env, OPS_DB_ROLE=os.environ.get("OPS_DB_ROLE", role))

    def command() -> int:
        return subprocess.run(parts.django_words(*words), env=environ, check=False).returncode  # noqa: S603

    if house.locked() or not (env.embedded_database or env.embedded_redis):
        return command()
    with house.lock():
        supervisor = Supervisor(house.run_folder / "stack.json", env.var / "log")
        servers = house.servers()
        try:
            for server in servers:
                supervisor.add(parts.server_part(server))
            for server in servers:
                server.wait_ready(supervisor.child(server.name))
            house.prepare_database(servers)
            return command()
        finally:
            supervisor.stop()


def test_servers(options: argparse.Namespace) -> int:
    """Run a command with throw-away servers in its environment."""
    kind = "debian" if options.servers == "debian" else ""
    with throwaway(kind=kind, careless=not options.careful) as servers:
        environ = {**os.environ, **servers.environment}
        return subprocess.run(options.command, env=environ, check=False).returncode  # noqa: S603


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ops_platform.stack", description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run", help="bring the platform up")
    one.add_argument("--detach", action="store_true", help="return when it answers")
    one.add_argument("--fresh", action="store_true", help="throw all data away first")
    one.add_argument("--port", type=int, default=0, help="port of the web server")
    one.add_argument("--public", action="store_true", help="every address, with TLS")
    one.add_argument("--since", type=int, default=0, help=argparse.SUPPRESS)
    one.set_defaults(do=run)
    for name, do in _SIMPLE.items():
        commands.add_parser(name, help=do.__doc__).set_defaults(do=do)
    commands.add_parser("manage", help="run a management command with the servers up")
    one = commands.add_parser("test-servers", help="run a command with throw-away servers")
    one.add_argument("--servers", choices=["wheels", "debian"], default="wheels")
    one.add_argument("--careful", action="store_true", help="survive power cuts, as in earnest")
    one.add_argument("command", nargs="+")
    one.set_defaults(do=test_servers)
    return parser


_SIMPLE = {"supervise": supervise, "prepare": prepare, "stop": stop, "status": status}


def _start_supervisor(house: House, *, detach: bool) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "ops_platform.stack", "supervise"]
    log_path = house.env.var / "log" / "supervisor.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("wb") as log:
        if detach:
            return subprocess.Popen(  # noqa: S603 - our own program
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=BASE,
                start_new_session=True,
            )
        return spawn(words, log=log, folder=BASE)


def _wait_for(supervisor: subprocess.Popen[bytes]) -> int:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        supervisor.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    return supervisor.wait()


def _answers(house: House) -> bool:
    if house.state.get("state") != "running":
        return False
    port = house.env.port
    line: http.client.HTTPConnection
    if house.env.public:
        # Our own certificate, on this machine, only to see whether it answers.
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=trusting)
    else:
        line = http.client.HTTPConnection(house.env.listen or "127.0.0.1", port, timeout=5)
    with contextlib.closing(line):
        try:
            # Whether pages come: a business day is opened by people, on these very pages.
            line.request("GET", "/readyz?only=serving", headers={"Host": "localhost"})
            return line.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False


def _greeting(house: House, *, seconds: float) -> str:
    lines = [f"Ready in {seconds:.0f} s: {house.state['address']}"]
    sign_ins: Path = house.env.var / "demo_sign_ins.txt"
    if house.env.demo and sign_ins.exists():
        lines += ["", *_one_of_each(sign_ins.read_text()), f"All: {sign_ins}", ""]
    lines.append("bin/stop stops it; logs are in var/log.")
    return "\n".join(lines) + "\n"


def _one_of_each(table: str) -> list[str]:
    """Return the first sign-in of every role; the file begins with a line of headings."""
    first: dict[str, str] = {}
    for line in table.splitlines():
        first.setdefault(line.split("\t")[0], line)
    return list(first.values())


def _failing(house: House) -> str:
    """Return the name of a process that dies again and again while the platform starts."""
    processes = house.state.get("processes", {})
    return next((name for name, one in processes.items() if one["starts"] > _START_DEATHS), "")


def _last_words(house: House, name: str = "supervisor") -> str:
    log = house.env.var / "log" / f"{name or 'supervisor'}.log"
    return (
        f"The platform does not start; the end of {log}:\n{log.read_text(errors='replace')[-4000:]}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
