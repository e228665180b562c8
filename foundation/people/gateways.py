"""Seals what the database may keep but nobody may read from it: secrets of the second factor."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class KeyMissing(Exception):
    """The key that a secret was sealed with is not among the installation's keys."""


def seal(secret: bytes, *, about: str) -> str:
    """Return the secret sealed with the present key; it opens only for the same `about`."""
    name, key = _keys()[0]
    nonce = secrets.token_bytes(_NONCE)
    closed = nonce + AESGCM(key).encrypt(nonce, secret, about.encode())
    return f"{name}:{urlsafe_b64encode(closed).decode()}"


def unseal(sealed: str, *, about: str) -> bytes:
    """Return what was sealed; raises KeyMissing without its key, or when it was tampered with."""
    name, _, text = sealed.partition(":")
    closed = urlsafe_b64decode(text)
    for known, key in _keys():
        if known == name:
            try:
                return AESGCM(key).decrypt(closed[:_NONCE], closed[_NONCE:], about.encode())
            except InvalidTag as error:
                raise KeyMissing(name) from error
    raise KeyMissing(name)


def is_present(sealed: str) -> bool:
    """Return whether a secret is sealed with the present key, not with one that is to go."""
    return sealed.partition(":")[0] == _keys()[0][0]


def _keys() -> list[tuple[str, bytes]]:
    """Return the keys by name, the present one first; a name tells nothing about its key."""
    made = [sha256(b"people.second_factor:" + text.encode()).digest() for text in _texts()]
    return [(sha256(b"name:" + key).hexdigest()[:12], key) for key in made]


def _texts() -> tuple[str, ...]:
    texts: tuple[str, ...] = settings.OPS_TOTP_KEYS
    return texts
