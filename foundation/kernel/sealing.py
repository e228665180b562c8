"""Seals what a database may keep but nobody may read from it, by keys that are elsewhere."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class KeyMissing(Exception):
    """The key that something was sealed with is not among those given."""


def seal(secret: bytes, *, about: str, keys: Sequence[str], purpose: str) -> str:
    """Return the secret sealed with the first key; it opens only for the same `about`."""
    name, key = keys_by_name(keys, purpose)[0]
    nonce = secrets.token_bytes(_NONCE)
    closed = nonce + AESGCM(key).encrypt(nonce, secret, about.encode())
    return f"{name}:{urlsafe_b64encode(closed).decode()}"


def unseal(sealed: str, *, about: str, keys: Sequence[str], purpose: str) -> bytes:
    """Return what was sealed; raises KeyMissing without its key, or when it was tampered with."""
    name, _, text = sealed.partition(":")
    closed = urlsafe_b64decode(text)
    for known, key in keys_by_name(keys, purpose):
        if known == name:
            try:
                return AESGCM(key).decrypt(closed[:_NONCE], closed[_NONCE:], about.encode())
            except InvalidTag as error:
                raise KeyMissing(name) from error
    raise KeyMissing(name)


def is_present(sealed: str, *, keys: Sequence[str], purpose: str) -> bool:
    """Return whether something is sealed with the first key, not with one that is to go."""
    return sealed.partition(":")[0] == keys_by_name(keys, purpose)[0][0]


def keys_by_name(keys: Sequence[str], purpose: str) -> list[tuple[str, bytes]]:
    """Return the keys by name, the first one first; a name tells nothing about its key."""
    made = [sha256(f"{purpose}:{text}".encode()).digest() for text in keys]
    return [(sha256(b"name:" + key).hexdigest()[:12], key) for key in made]
