"""Every knob of the platform: the only place that reads the process environment.

A knob is named `OPS_…` (or `DATABASE_URL`, `REDIS_URL`). A name that is not known here, or a value
that cannot be read, stops the start: a misspelt knob must never be silently ignored in a bank.
Any knob may be given as a file instead: `OPS_SECRET_KEY_FILE=/run/secrets/key`.
`python -m ops_platform.env` prints the table of all knobs.
"""

import dataclasses
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn, parse_dsn

from ops_platform import knobs

BASE = Path(__file__).resolve().parent.parent
VAR = BASE / "var"
DATABASE = "ops"
OWNER = "ops_owner"

# Read by the shell scripts in bin/, never by Python; known here so that they are not refused.
SHELL_KNOBS = frozenset({"OPS_VENV", "OPS_NO_APT", "OPS_TEST_SERVERS"})

# A host whose network is gone gives its connections up after half a minute, not after a quarter of
# an hour; its leases have ended by then. Without effect on a socket of the same machine.
_CUT_OFF = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "30000",
}


class WrongEnvironment(SystemExit):
    """The environment names an unknown knob or gives one a value it cannot have."""


@dataclass(frozen=True, kw_only=True)
class Env:
    """The environment as read once at the start of a process."""

    database_url: str = knobs.knob(
        "DATABASE_URL",
        knobs.database_url,
        "",
        "Owner login of a PostgreSQL server (empty: embedded).",
    )
    direct_url: str = knobs.knob(
        "OPS_DIRECT_URL",
        knobs.database_url,
        "",
        "Where the same database is past a pooler, for what listens (empty: there is no pooler).",
    )
    redis_address: str = knobs.knob(
        "REDIS_URL", knobs.redis_url, "", "Redis or Valkey server (empty: embedded)."
    )
    embedded: str = knobs.knob(
        "OPS_SERVERS",
        knobs.one_of("wheels", "debian"),
        "wheels",
        "Embedded servers of a new data folder: from the wheels, or Debian's packages.",
    )
    app_role: str = knobs.knob(
        "OPS_APP_ROLE", knobs.role_name, "ops_app", "Database role the platform uses."
    )
    app_password_given: str = knobs.knob(
        "OPS_APP_PASSWORD", str, "", "Its password (empty: generated once in var/secrets)."
    )
    db_role: str = knobs.knob(
        "OPS_DB_ROLE",
        knobs.one_of("app", "owner"),
        "app",
        "Which of the two roles this process uses.",
    )
    secret_key_given: str = knobs.knob(
        "OPS_SECRET_KEY", str, "", "Signing key (empty: generated once in var/secrets)."
    )
    debug: bool = knobs.knob(
        "OPS_DEBUG",
        knobs.switch,
        default=False,
        text="Show faults in the browser; never in a bank.",
    )
    demo_given: bool | None = knobs.knob(
        "OPS_DEMO", knobs.switch, None, "Demo day and demo sign-ins (default: on when embedded)."
    )
    security_profile: str = knobs.knob(
        "OPS_SECURITY_PROFILE", knobs.one_of("mlps3", "asvs"), "mlps3", "Which password rules hold."
    )
    demo_size: str = knobs.knob(
        "OPS_DEMO_SIZE", knobs.one_of("full", "small"), "full", "How large the demo bank is."
    )
    totp_given: bool | None = knobs.knob(
        "OPS_TOTP", knobs.switch, None, "Second factor at sign-in (default: on, off in the demo)."
    )
    totp_keys_given: str = knobs.knob(
        "OPS_TOTP_KEYS",
        str,
        "",
        "Keys that seal the second factor's secrets, the present one first, then those to go "
        "(empty: generated once in var/secrets).",
    )
    identity_keys_given: str = knobs.knob(
        "OPS_IDENTITY_KEYS",
        str,
        "",
        "Keys that seal customers' and hash staff's identity numbers, the present one first, then "
        "former ones "
        "(empty: generated once in var/secrets).",
    )
    id_network_given: str = knobs.knob(
        "OPS_ID_NETWORK",
        knobs.one_of("none", "simulator"),
        "",
        "How the network of identity numbers is reached (default: not at all, simulated in the "
        "demo).",
    )
    id_network_seconds: int = knobs.knob(
        "OPS_ID_NETWORK_SECONDS",
        knobs.whole(1, 10),
        2,
        "How long a teller's page waits for that network before it counts as down.",
    )
    ask_ms: int = knobs.knob(
        "OPS_ASK_MS",
        knobs.whole(5, 2000),
        50,
        "How long a posting waits for each question to the rules of monitoring; then it goes on.",
    )
    bench_postings: int = knobs.knob(
        "OPS_BENCH_POSTINGS",
        knobs.whole(2_000_000, 50_000_000),
        5_000_000,
        "How long the history of `bin/bench ledger` grows.",
    )
    bench_lines: int = knobs.knob(
        "OPS_BENCH_LINES",
        knobs.whole(90_000, 50_000_000),
        2_000_000,
        "How many lines the journal of `bin/bench search` has.",
    )
    bench_aml: str = knobs.knob(
        "OPS_BENCH_AML",
        str,
        "",
        "Folder with labelled transfers for `bin/bench monitoring` (nodes.csv, transactions.csv).",
    )
    bench_data_folder: str = knobs.knob(
        "OPS_BENCH_DATA", str, "", "Folder of foreign images for `bin/bench imaging` (empty: none)."
    )
    port: int = knobs.knob("OPS_PORT", knobs.whole(1, 65535), 8000, "Port of the web server.")
    public: bool = knobs.knob(
        "OPS_PUBLIC",
        knobs.switch,
        default=False,
        text="Listen on every address, with TLS (self-made certificate).",
    )
    hosts: tuple[str, ...] = knobs.knob(
        "OPS_HOSTS",
        knobs.names,
        (),
        "Host names that are answered, by comma (default: this machine).",
    )
    proxies: tuple[str, ...] = knobs.knob(
        "OPS_PROXIES",
        knobs.names,
        (),
        "Addresses of the proxies whose X-Forwarded-For is believed, by comma; networks too.",
    )
    hook_networks: tuple[str, ...] = knobs.knob(
        "OPS_HOOK_NETWORKS",
        knobs.networks,
        (),
        "Networks of the bank to which webhooks may be sent, by comma (empty: public ones only).",
    )
    listen: str = knobs.knob("OPS_LISTEN", str, "", "Address to listen on (default: 127.0.0.1).")
    var: Path = dataclasses.field(
        default=VAR,
        metadata=knobs.about("OPS_VAR", knobs.folder, "Folder of all data, secrets and logs."),
    )
    scan_folder: str = knobs.knob(
        "OPS_SCAN_FOLDER", str, "", "Folder into which a scanner writes batches (empty: none)."
    )
    reading_nice: int = knobs.knob(
        "OPS_READING_NICE", knobs.whole(0, 19), 10, "How far the readers of images give way."
    )
    bucket_url: str = knobs.knob(
        "OPS_S3_URL", knobs.bucket_url, "", "Bucket for images (empty: they lie on the disk)."
    )
    log_level: str = knobs.knob(
        "OPS_LOG_LEVEL",
        knobs.one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "INFO",
        "Least level logged.",
    )
    metrics_token: str = knobs.knob(
        "OPS_METRICS_TOKEN", str, "", "Bearer token for /metrics (empty: only this machine)."
    )
    metrics_folder: str = knobs.knob(
        "PROMETHEUS_MULTIPROC_DIR", str, "", "Where web processes share their counts (bin/run)."
    )
    web_processes: int = knobs.knob("OPS_WEB_PROCESSES", knobs.whole(1, 64), 2, "Web processes.")
    web_threads: int = knobs.knob(
        "OPS_WEB_THREADS", knobs.whole(1, 64), 8, "Threads of a web process."
    )
    worker_processes: int = knobs.knob(
        "OPS_WORKER_PROCESSES", knobs.whole(1, 64), 2, "Worker processes."
    )
    silent_seconds: int = knobs.knob(
        "OPS_SILENT_SECONDS",
        knobs.whole(6, 3600),
        30,
        "After so long without a sign of life beat, relay or worker count as down; "
        "they sign six times as often.",
    )
    executor: str = knobs.knob(
        "OPS_EXECUTOR",
        knobs.one_of("celery", "loop"),
        "celery",
        "What runs the jobs of the job table.",
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Env":
        """Read and check the environment; stops the start on anything unknown or unreadable."""
        given = dict(os.environ if environ is None else environ)
        fields = {field.metadata["name"]: field for field in dataclasses.fields(cls)}
        _refuse_unknown(given, known=frozenset(fields))
        values: dict[str, Any] = {}
        for name, field in fields.items():
            try:
                text = knobs.given_text(given, name)
                if text:
                    values[field.name] = field.metadata["read"](text)
            except ValueError as wrong:
                # The value stays out of the message: it may be a secret.
                raise WrongEnvironment(f"{name} {wrong}") from None
        return cls(**values)

    @property
    def embedded_database(self) -> bool:
        """Whether PostgreSQL is started by the platform itself."""
        return not self.database_url

    @property
    def embedded_redis(self) -> bool:
        """Whether the Redis server is started by the platform itself."""
        return not self.redis_address

    @property
    def demo(self) -> bool:
        """Whether demo data and demo sign-ins are wanted."""
        return self.embedded_database if self.demo_given is None else self.demo_given

    @property
    def totp(self) -> bool:
        """Whether sign-in asks for a second factor."""
        return not self.demo if self.totp_given is None else self.totp_given

    @property
    def totp_keys(self) -> tuple[str, ...]:
        """Return the keys of the second factor's secrets, the present one first."""
        return tuple((self.totp_keys_given or self.secret("totp_keys")).replace(",", " ").split())

    @property
    def identity_keys(self) -> tuple[str, ...]:
        """Return the keys of customers' identity numbers, the present one first."""
        given = self.identity_keys_given or self.secret("identity_keys")
        return tuple(given.replace(",", " ").split())

    @property
    def id_network(self) -> str:
        """Return how the network of identity numbers is reached."""
        return self.id_network_given or ("simulator" if self.demo else "none")

    @property
    def servers(self) -> dict[str, str]:
        """Return where the embedded servers are, as the launcher wrote it down."""
        try:
            found: dict[str, str] = json.loads((self.var / "run" / "servers.json").read_text())
        except (OSError, ValueError):
            sockets = self.var / "run"
            found = {"postgres": str(sockets / "postgres"), "redis": str(sockets / "redis.sock")}
        return found

    def dsn(self, role: str = "") -> str:
        """Return the libpq address for the role `app` or `owner` (default: of this process)."""
        parts = parse_dsn(self.database_url) if self.database_url else self._embedded_parts()
        if (role or self.db_role) == "app":
            parts |= {"user": self.app_role, "password": self.app_password}
        return make_dsn(**parts)

    def database(self, role: str = "") -> dict[str, Any]:
        """Return the Django DATABASES entry for the role `app` or `owner`."""
        parts = parse_dsn(self.dsn(role))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.pop("dbname", DATABASE),
            "USER": parts.pop("user", ""),
            "PASSWORD": parts.pop("password", ""),
            "HOST": parts.pop("host", ""),
            "PORT": parts.pop("port", ""),
            "OPTIONS": {"application_name": f"ops-{role or self.db_role}", **_CUT_OFF, **parts},
            "CONN_MAX_AGE": 60,
            # A cursor of the server lives in one connection; a pooler gives each transaction any.
            "DISABLE_SERVER_SIDE_CURSORS": bool(self.direct_url),
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": False,
        }

    @property
    def listen_at(self) -> dict[str, str]:
        """Return what differs for a connection that listens: host, port and name past a pooler."""
        given = parse_dsn(self.direct_url) if self.direct_url else {}
        return {name: given[name] for name in ("host", "port", "dbname") if name in given}

    @property
    def redis_url(self) -> str:
        """Return the address for redis-py: caches and locks."""
        return self.redis_address or f"unix://{self.servers['redis']}"

    @property
    def broker_url(self) -> str:
        """Return the same address as Celery writes it."""
        return self.redis_url.replace("unix://", "redis+socket://", 1)

    @property
    def secret_key(self) -> str:
        """Return the signing key."""
        return self.secret_key_given or self.secret("secret_key")

    @property
    def app_password(self) -> str:
        """Return the password of the application's database role."""
        return self.app_password_given or self.secret("app_password")

    def secret(self, name: str) -> str:
        """Return the generated secret of this name, made on first use and kept in var/secrets."""
        path = self.var / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            try:
                # A link fails when another process was first; then its secret is the one.
                path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()

    def _embedded_parts(self) -> dict[str, str]:
        parts = {"host": self.servers["postgres"], "port": "5432", "dbname": DATABASE}
        return parts | {"user": OWNER, "password": self.secret("owner_password")}


def _refuse_unknown(given: Mapping[str, str], known: frozenset[str]) -> None:
    allowed = known | SHELL_KNOBS
    for name in sorted(given):
        if name.startswith("OPS_") and name not in allowed:
            if name.removesuffix("_FILE") in known:
                continue
            raise WrongEnvironment(f"{name} is not a knob of the platform (see docs/operations.md)")


def table() -> str:
    """Return all knobs with their defaults as a Markdown table."""
    lines = ["| Knob | Default | Meaning |", "|---|---|---|"]
    for field in dataclasses.fields(Env):
        shown = {"True": "on", "False": "off", "None": "", "()": ""}.get(
            str(field.default), str(field.default).removeprefix(f"{BASE}/")
        )
        lines.append(f"| `{field.metadata['name']}` | {shown} | {field.metadata['text']} |")
    return "\n".join(lines)


env: Env


def __getattr__(name: str) -> Env:
    """Load the environment when `env` is first imported, not when the class is."""
    if name != "env":
        raise AttributeError(name)
    loaded = Env.load()
    globals()["env"] = loaded
    return loaded


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
