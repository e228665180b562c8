"""Where images lie: named by their fingerprint, through Django's storage, never overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from foundation.imaging import rules

SUFFIXES = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif"}


def fingerprint(*, data: bytes) -> str:
    """Return the SHA-256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def keep_original(*, data: bytes, kind: str) -> str:
    """Store an upload byte for byte under its fingerprint; return the name."""
    sha256 = fingerprint(data=data)
    return _keep(f"original/{sha256[:2]}/{sha256[2:4]}/{sha256}.{SUFFIXES[kind]}", data)


def keep_file(*, data: bytes) -> str:
    """Store a scanner's file byte for byte under its fingerprint, whatever is in it."""
    sha256 = fingerprint(data=data)
    return _keep(f"file/{sha256[:2]}/{sha256[2:4]}/{sha256}.bin", data)


def keep_copy(*, data: bytes, sha256: str, use: str) -> str:
    """Store a derived picture beside its original's fingerprint; return the name."""
    return _keep(f"{use}/{sha256[:2]}/{sha256[2:4]}/{sha256}.webp", data)


def original(*, name: str, sha256: str) -> bytes:
    """Return an original; refuse when it is gone or no longer what was stored."""
    data = copy(name=name)
    if fingerprint(data=data) != sha256:
        raise rules.EvidenceDamaged
    return data


def copy(*, name: str) -> bytes:
    """Return a derived picture; refuse when it is gone."""
    try:
        with default_storage.open(name, "rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise rules.EvidenceDamaged from None
    return data


def file_of(*, name: str) -> str:
    """Return where a picture lies on this machine, for the reading child.

    A store without paths is asked once; the copy lies in a folder of the platform's own, where
    nobody else can have laid another.
    """
    try:
        return str(default_storage.path(name))
    except NotImplementedError:
        path = Path(settings.MEDIA_ROOT) / "passing" / Path(name).name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(copy(name=name))
            Path(file.name).replace(path)
        return str(path)


def _keep(name: str, data: bytes) -> str:
    """Store bytes once and whole: a reader sees all of them or none, also after a crash."""
    if default_storage.exists(name) and copy(name=name) == data:
        return name
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:
        # A store without paths, such as an object store, writes whole objects by itself.
        kept = default_storage.save(name, ContentFile(data))
        if kept != name:
            default_storage.delete(kept)
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    return name
