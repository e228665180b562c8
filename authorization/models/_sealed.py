"""How an identity number is kept: sealed, and by a keyed fingerprint; never as it is."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings

from foundation.kernel import sealing

PURPOSE = "authorization.identity"


def fingerprint(number: str) -> str:
    """Return the same text for the same number, from which nobody finds it without the key."""
    return hmac.new(_keys()[0].encode(), number.encode(), sha256).hexdigest()


def sealed(number: str, *, about: str) -> str:
    """Return the number sealed; it opens only for the same `about`."""
    return sealing.seal(number.encode(), about=about, keys=_keys(), purpose=PURPOSE)


def opened(text: str, *, about: str) -> str:
    """Return the number that was sealed; raises KeyMissing without its key."""
    return sealing.unseal(text, about=about, keys=_keys(), purpose=PURPOSE).decode()


def _keys() -> tuple[str, ...]:
    keys: tuple[str, ...] = settings.OPS_IDENTITY_KEYS
    return keys
