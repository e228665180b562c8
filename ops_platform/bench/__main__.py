"""`python -m ops_platform.bench [name]`: servers as in earnest, a seeded bank, then the benches."""

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Sequence

from ops_platform.env import BASE, DATABASE
from ops_platform.stack import roles
from ops_platform.stack.throwaway import Throwaway

# They make their own books in an empty bank and ask nothing of the demo's.
_WITHOUT_DEMO = {
    "authorization", "history", "imaging", "keying", "ledger", "monitoring", "search",
}  # fmt: skip
_NOT_A_BENCH = {"__init__", "__main__", "bank", "databases", "rows", "working"}


def names() -> list[str]:
    """Return the benches there are."""
    here = BASE / "ops_platform" / "bench"
    found = [*here.glob("*.py"), *(path.parent for path in here.glob("*/__init__.py"))]
    return sorted(path.stem for path in found if path.stem not in _NOT_A_BENCH)


def main(words: Sequence[str]) -> int:
    """Run the named benches, or all; returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"any of: {', '.join(names())}")
    wanted = parser.parse_args(words).name or names()
    if unknown := set(wanted) - set(names()):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    # fsync stays on: a figure of a careless server would be a lie.
    servers = Throwaway(careless=False, home=BASE / "var" / "bench" / "servers", keep=False)
    try:
        servers.start()
        os.environ.update(servers.environment, OPS_DEMO="on", OPS_LOG_LEVEL="WARNING")
        os.environ["DJANGO_SETTINGS_MODULE"] = "ops_platform.settings"
        _manage("migrate", "--verbosity", "0", role="owner")
        # A bench that wants a bank of its own takes it from here.
        roles.clone(servers.postgres.dsn(), template=DATABASE, name="bench_empty")
        if set(wanted) - _WITHOUT_DEMO:
            _manage("seed_demo", role="app")
        return _measure(wanted)
    finally:
        servers.stop()


def _manage(*words: str, role: str) -> None:
    environ = {**os.environ, "OPS_DB_ROLE": role}
    command = [sys.executable, "-W", "ignore", "-m", "django", *words]
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _measure(wanted: Sequence[str]) -> int:
    import django

    django.setup()
    from ops_platform.bench import rows

    measured: list[rows.Row] = []
    for name in wanted:
        measured += importlib.import_module(f"ops_platform.bench.{name}").run()
    sys.stdout.write(rows.table(measured))
    rows.merge(BASE / "var" / "bench" / "latest.json", measured)
    return 0 if all(row.met for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
