"""Bodies are read in one way only, and none can exhaust the server."""

from __future__ import annotations

import time
from io import BytesIO

import pytest

from foundation.kernel.errors import Refused
from foundation.ui.rest import _reading, _refusals

WRONG = [
    (b"", _refusals.NotJson),
    (b"{", _refusals.NotJson),
    (b"{} {}", _refusals.NotJson),
    (b"{'a': 1}", _refusals.NotJson),
    (b'{"a": 1,}', _refusals.NotJson),
    (b"\xef\xbb\xbf{}", _refusals.NotJson),
    (b'{"a": "\xff"}', _refusals.NotJson),
    ("{}".encode("utf-16"), _refusals.NotJson),
    (b'{"a": "\\ud800"}', _refusals.NotJson),
    (b'{"\\udfff": 1}', _refusals.NotJson),
    (b'["\\ud800"]', _refusals.NotJson),
    (b'{"a": NaN}', _refusals.NotJson),
    (b'{"a": Infinity}', _refusals.NotJson),
    (b'{"a": -Infinity}', _refusals.NotJson),
    (b'{"a": 1.5}', _refusals.NotWhole),
    (b'{"a": 1e400}', _refusals.NotWhole),
    (b'{"a": ' + b"9" * 5000 + b"}", _refusals.NotJson),
    (b'{"a": 1, "a": 2}', _refusals.KeyTwice),
    (b'{"a": {"b": 1, "\\u0062": 2}}', _refusals.KeyTwice),
    (b"[" * 33 + b"]" * 33, _refusals.TooDeep),
    (b"[" * 100_000, _refusals.TooDeep),
    (b'{"a":' * 100_000, _refusals.TooDeep),
]


@pytest.mark.parametrize(("body", "refusal"), WRONG, ids=lambda part: repr(part)[:24])
def test_a_body_that_could_be_read_in_two_ways_is_refused(body, refusal):
    with pytest.raises(Refused) as told:
        _reading.read_json(body)

    assert type(told.value) is refusal


def test_sound_bodies_are_read():
    deepest = b"[" * 32 + b"]" * 32

    assert _reading.read_json('{"a": ["中文", 1, null, true]}'.encode()) == {
        "a": ["中文", 1, None, True]
    }
    assert _reading.read_json(deepest)
    assert _reading.read_json(b'{"a": "[[[[{{{{\\"[["}') == {"a": '[[[[{{{{"[['}


def test_a_body_is_never_held_beyond_its_limit():
    with pytest.raises(_refusals.TooLong):
        _reading.read_at_most(
            BytesIO(b"x" * (_reading.JSON_BYTES_MAX + 1)), _reading.JSON_BYTES_MAX
        )

    assert len(_reading.read_at_most(BytesIO(b"x" * 10), 10)) == 10


@pytest.mark.parametrize("unit", ['"\\"', '"', "\\", "[]", '"a"', "{}"])
def test_the_worst_body_is_read_within_a_second(unit):
    body = (unit * _reading.JSON_BYTES_MAX)[: _reading.JSON_BYTES_MAX].encode()
    began = time.thread_time()

    with pytest.raises(Refused):
        _reading.read_json(body)

    assert time.thread_time() - began < 2
