"""Seals what the database may keep but nobody may read from it: secrets of the second factor."""

from __future__ import annotations

from django.conf import settings

from foundation.kernel import sealing
from foundation.kernel.sealing import KeyMissing

__all__ = ["KeyMissing", "is_present", "seal", "unseal"]

PURPOSE = "people.second_factor"


def seal(secret: bytes, *, about: str) -> str:
    """Return the secret sealed with the present key; it opens only for the same `about`."""
    return sealing.seal(secret, about=about, keys=_texts(), purpose=PURPOSE)


def unseal(sealed: str, *, about: str) -> bytes:
    """Return what was sealed; raises KeyMissing without its key, or when it was tampered with."""
    return sealing.unseal(sealed, about=about, keys=_texts(), purpose=PURPOSE)


def is_present(sealed: str) -> bool:
    """Return whether a secret is sealed with the present key, not with one that is to go."""
    return sealing.is_present(sealed, keys=_texts(), purpose=PURPOSE)


def _texts() -> tuple[str, ...]:
    texts: tuple[str, ...] = settings.OPS_TOTP_KEYS
    return texts
