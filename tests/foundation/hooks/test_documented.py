"""What the documentation gives receivers to copy does verify, and names every event."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from foundation.hooks import rules
from tests.architecture import tidy

PAGE = (tidy.ROOT / "docs/webhooks.md").read_text()
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_the_example_verifies_what_is_sent_and_nothing_else():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names = {}
    exec(compile(code, "webhooks.md", "exec"), names)
    verify, body, secrets = names["is_from_the_platform"], b'{"a":1}', [b"1" * 32, b"2" * 32]
    told = rules.headers(key="k", at=AT, content=body, secrets=secrets)

    for secret in secrets:
        assert verify(told, body, rules.shown_secret(secret), now=AT.timestamp)
    assert not verify(told, body, rules.shown_secret(b"3" * 32), now=AT.timestamp)
    assert not verify(told, b'{"a":2}', rules.shown_secret(secrets[0]), now=AT.timestamp)
    assert not verify(told, body, rules.shown_secret(secrets[0]))


def test_every_event_is_documented():
    named = set(re.findall(r"`(authorization\.item\.\w+|monitoring\.\w+|\.\w+)`", PAGE))
    whole = {name if name[0] != "." else f"authorization.item{name}" for name in named}

    assert set(rules.topics()) <= whole
