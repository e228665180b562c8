"""Collects static files under hashed names, when they changed since the last start."""

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from ops_platform.env import BASE, Env

# Brought by packages and shown by no page of ours.
_UNUSED = ("rest_framework", "django-htmx", "django_htmx", "VENDOR.json")
_PACKAGES = ("django", "whitenoise")


def words() -> list[str]:
    """Return the management command that collects."""
    left_out = [f"--ignore={name}" for name in _UNUSED]
    return ["collectstatic", "--no-input", "--verbosity=0", *left_out]


def collected(env: Env) -> bool:
    """Tell whether what lies collected are the files of the code."""
    note = _note(env)
    return note.is_file() and note.read_text() == static_fingerprint()


def note_collected(env: Env) -> None:
    """Remember which files were collected."""
    _note(env).write_text(static_fingerprint())


def static_fingerprint(base: Path = BASE) -> str:
    """Return a short digest of all our static files and of what packs them."""
    digest = hashlib.sha256()
    for name in _PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(_files(base)):
        digest.update(f"{path.relative_to(base)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(base: Path) -> Iterator[Path]:
    folders = ("*/static", "foundation/*/static")
    for folder in (found for pattern in folders for found in base.glob(pattern)):
        if folder.relative_to(base).parts[0] != "var":
            yield from (path for path in folder.rglob("*") if path.is_file())


def _note(env: Env) -> Path:
    return env.var / "static" / "collected"
