"""A fingerprint of everything that shapes the database: equal means there is nothing to migrate."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from ops_platform.env import BASE

_SHAPING = (
    "**/migrations/*.py",
    "**/sql/*",
    "foundation/kernel/*.py",
    "**/roles.py",
    "**/rules.py",
)
_PACKAGES = ("django", "django-axes")


def migrations_fingerprint(base: Path = BASE) -> str:
    """Return a short digest of all migrations, what they read, and the packages that bring some."""
    digest = hashlib.sha256()
    for name in _PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted({path for pattern in _SHAPING for path in _files(base, pattern)}):
        digest.update(f"{path.relative_to(base)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(base: Path, pattern: str) -> list[Path]:
    outside = {"var", "tests", ".git"}
    found = (path for path in base.glob(pattern) if path.is_file())
    return [
        path
        for path in found
        if path.relative_to(base).parts[0] not in outside and path.suffix != ".pyc"
    ]
