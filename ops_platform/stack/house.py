"""Brings the whole platform up in order: servers, roles, migrations, demo day, processes."""

import fcntl
import json
import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ops_platform.env import BASE, DATABASE, Env
from ops_platform.stack import collecting, installation, parts, roles
from ops_platform.stack.certificate import ensure_certificate, own_addresses
from ops_platform.stack.places import Places
from ops_platform.stack.servers import Postgres, Redis, Server
from ops_platform.stack.supervisor import Stopped, Supervisor

_BACKLOG = 512
_MIGRATE_TRIES = 10


class AlreadyRunning(SystemExit):
    """Another supervisor holds this data folder."""


class StartFailed(SystemExit):
    """A step of the start failed; its log says why."""


@dataclass
class House:
    """One installation: its environment, its folder, its embedded servers."""

    env: Env

    @property
    def run_folder(self) -> Path:
        """Return the folder of state files and sockets."""
        return self.env.var / "run"

    @property
    def state(self) -> dict[str, Any]:
        """Return what the running supervisor wrote down; empty when none runs."""
        if not self.locked():
            return {}
        try:
            found: dict[str, Any] = json.loads((self.run_folder / "stack.json").read_text())
        except (OSError, ValueError):
            return {"state": "starting"}
        return found

    def locked(self) -> bool:
        """Tell whether a supervisor runs; the kernel frees the lock when it dies."""
        lock = self._open_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            lock.close()
        return False

    def lock(self) -> IO[bytes]:
        """Take the folder for oneself; raises AlreadyRunning."""
        lock = self._open_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning("the platform runs already: bin/stop stops it") from None
        (self.run_folder / "stack.json").unlink(missing_ok=True)
        return lock

    def servers(self) -> list[Server]:
        """Return the embedded servers that are wanted, and write down where they listen."""
        env = self.env
        places, logs = Places.under(env.var), env.var / "log"
        postgres = Postgres(
            places,
            password=env.secret("postgres_password"),
            log=logs / "postgres.log",
            kind=env.embedded,
        )
        redis = Redis(places, log=logs / "redis.log", kind=env.embedded)
        where = {"postgres": str(postgres.sockets), "redis": str(redis.socket)}
        (self.run_folder / "servers.json").write_text(json.dumps(where))
        wanted = ((postgres, env.embedded_database), (redis, env.embedded_redis))
        return [server for server, embedded in wanted if embedded]

    def wipe(self) -> None:
        """Throw all data of the embedded servers away, and all images and anchors of theirs."""
        if not self.env.embedded_database:
            raise StartFailed("--fresh is only for the embedded database")
        places = Places.under(self.env.var)
        # An anchor that outlived its trail would call the next one forged.
        kept_in_files = ("images", "anchors", "demo_sign_ins.txt")
        for path in (places.data, *(self.env.var / name for name in kept_in_files)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def supervise(self) -> None:
        """Run the platform until told to stop: the life of the supervisor process."""
        about = {"address": self.address, "version": _version()}
        supervisor = Supervisor(self.run_folder / "stack.json", self.env.var / "log", about)
        supervisor.listen()
        held = self.lock()
        listening = self._listen()
        try:
            supervisor.write_state("starting")
            self._bring_up(supervisor)
            for part in parts.platform_parts(self.env, listening):
                supervisor.add(part)
            supervisor.run()
        except Stopped:
            supervisor.report("stopped while starting")
        finally:
            supervisor.stop()
            listening.close()
            held.close()

    @property
    def address(self) -> str:
        """Return the address people type."""
        host = own_addresses()[0] if self.env.public else "127.0.0.1"
        for found in own_addresses() if self.env.public else ():
            if found[0].isdigit() and not found.startswith("127."):
                host = found
        return f"{'https' if self.env.public else 'http'}://{host}:{self.env.port}/"

    def prepare_database(self, servers: list[Server]) -> None:
        """Make roles and database, and check that the application's role is a weak one."""
        env = self.env
        for server in servers:
            if isinstance(server, Postgres):
                roles.make_owner(server.dsn(), password=env.secret("owner_password"))
                roles.make_database(server.dsn())
                if installation.half_seeded(env):
                    roles.drop(server.dsn(), name=DATABASE)
                    roles.make_database(server.dsn())
                roles.make_application(server.dsn(), role=env.app_role, password=env.app_password)
        if not env.embedded_database:
            roles.wait_for(env.dsn("owner"), seconds=60)
            roles.prepare_external(env)
        roles.grant(env.dsn("owner"), role=env.app_role)
        roles.check_application(env.dsn("app"))

    def prepare_outside(self) -> None:
        """Make roles, tables and demo day in outside servers: once, before the containers run."""
        supervisor = Supervisor(self.run_folder / "stack.json", self.env.var / "log")
        supervisor.listen()
        with self.lock():
            self._collect(supervisor)
            self.prepare_database([])
            self._migrate_and_seed(supervisor)

    def _bring_up(self, supervisor: Supervisor) -> None:
        # Figures of processes that are gone would be counted for ever.
        shutil.rmtree(self.run_folder / "metrics", ignore_errors=True)
        servers = self.servers()
        for server in servers:
            supervisor.add(parts.server_part(server))
        if self.env.public:
            hosts = tuple({*own_addresses(), *self.env.hosts})
            ensure_certificate(self.env.var / "secrets", hosts)
        self._collect(supervisor)  # while the servers start
        for server in servers:
            server.wait_ready(supervisor.child(server.name))
        self.prepare_database(servers)
        self._migrate_and_seed(supervisor)

    def _collect(self, supervisor: Supervisor) -> None:
        if not collecting.collected(self.env):
            self._step(supervisor, "collect", parts.django_words(*collecting.words()))
            collecting.note_collected(self.env)

    def _migrate_and_seed(self, supervisor: Supervisor) -> None:
        if not installation.migrated(self.env):
            self._migrate(supervisor)
        installation.count_on(self.env)
        if self.env.demo and not installation.noted(self.env, "seeded"):
            installation.note(self.env, "seeding", "demo day")
            self._step(supervisor, "seed", parts.django_words("seed_demo"))
            installation.note(self.env, "seeded", "demo day")

    def _migrate(self, supervisor: Supervisor) -> None:
        # A migration that waits for a lock makes every reader behind it wait: give up at once
        # and try again.
        owner = {"OPS_DB_ROLE": "owner", "PGOPTIONS": "-c lock_timeout=1s"}
        for last in range(_MIGRATE_TRIES):
            try:
                words = parts.django_words("migrate", "--no-input")
                self._step(supervisor, "migrate", words, **owner)
            except StartFailed as failed:
                if "lock timeout" not in str(failed) or last == _MIGRATE_TRIES - 1:
                    raise
            else:
                break
        installation.note_migrated(self.env)

    def _step(self, supervisor: Supervisor, name: str, words: list[str], **more: str) -> None:
        environ = parts.environ_of(self.env, **more)
        code = supervisor.step(
            name, words, lambda argv: parts.start(self.env, name, argv, environ=environ)
        )
        if code:
            log = self.env.var / "log" / f"{name}.log"
            raise StartFailed(f"{name} failed ({code}):\n{log.read_text(errors='replace')[-3000:]}")

    def _listen(self) -> socket.socket:
        host = self.env.listen or ("0.0.0.0" if self.env.public else "127.0.0.1")  # noqa: S104
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, self.env.port))
        except OSError as wrong:
            raise StartFailed(
                f"port {self.env.port} cannot be used ({wrong.strerror}): bin/run --port …"
            ) from None
        listening.listen(_BACKLOG)
        return listening

    def _open_lock(self) -> IO[bytes]:
        self.run_folder.mkdir(parents=True, exist_ok=True)
        return (self.run_folder / "stack.lock").open("ab")


def _version() -> str:
    head = BASE / ".git" / "HEAD"
    return head.read_text().strip()[-40:] if head.is_file() else os.environ.get("HOSTNAME", "")
