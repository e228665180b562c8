"""Seals and hashes what the database may keep but nobody may read from it, by keys elsewhere.

Secrets of the second factor are sealed; identity numbers of staff are hashed, and not kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256

from django.conf import settings

from foundation.kernel import sealing
from foundation.kernel.sealing import KeyMissing

__all__ = ["KeyMissing", "identity_hashes", "is_present", "seal", "unseal"]

PURPOSE = "people.second_factor"
IDENTITY = "people.identity"


def seal(secret: bytes, *, about: str) -> str:
    """Return the secret sealed with the present key; it opens only for the same `about`."""
    return sealing.seal(secret, about=about, keys=_texts(), purpose=PURPOSE)


def unseal(sealed: str, *, about: str) -> bytes:
    """Return what was sealed; raises KeyMissing without its key, or when it was tampered with."""
    return sealing.unseal(sealed, about=about, keys=_texts(), purpose=PURPOSE)


def is_present(sealed: str) -> bool:
    """Return whether a secret is sealed with the present key, not with one that is to go."""
    return sealing.is_present(sealed, keys=_texts(), purpose=PURPOSE)


def identity_hashes(number: str) -> Mapping[str, str]:
    """Return the hash of an identity number by the name of each key, the present one first.

    The same for the same number; without the key nobody finds the number from it.
    """
    keys = sealing.keys_by_name(settings.OPS_IDENTITY_KEYS, IDENTITY)
    return {name: hmac.new(key, number.encode(), sha256).hexdigest() for name, key in keys}


def _texts() -> tuple[str, ...]:
    texts: tuple[str, ...] = settings.OPS_TOTP_KEYS
    return texts
