"""Which addresses are taken, how a call is signed, how long is waited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from foundation.hooks import rules

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
INNER = ("10.20.0.0/16", "127.0.0.0/8")


@pytest.mark.parametrize(
    "address",
    ["https://core.bank.example/hooks", "https://core.bank.example:8443/a?b=c",
     "https://10.20.3.4/hooks", "https://8.8.8.8/", "https://[2606:4700::1111]/x",
     "http://127.0.0.1:8080/hooks"],
)  # fmt: skip
def test_a_plain_address_is_taken(address):
    rules.check_address(address, INNER)


@pytest.mark.parametrize(
    "address",
    ["", "core.bank.example", "ftp://core.bank.example/", "//core.bank.example/",
     "https://", "https:///x", "https://user@core.example/", "https://a:b@core.example/",
     "https://core.example/#x", "https://core.example:0/", "https://core.example:99999/",
     "https://core.example:x/", "https://核心.example/", "https://core.example/a b",
     "https://core.example/\r\nHost: x", "https://core.example/\\x", "https://-x.example/",
     "http://core.example/", "http://8.8.8.8/", "http://10.20.3.4/", "javascript:alert(1)",
     "https://core.example/" + "x" * 300, "https://[::1", "file:///etc/passwd"],
)  # fmt: skip
def test_anything_else_is_not(address):
    with pytest.raises(rules.BadAddress):
        rules.check_address(address, INNER)


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "239.1.1.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
     "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
     "2001:0:a00:1::1", "192.0.2.1", "198.18.0.1"],
)  # fmt: skip
def test_inner_numbers_are_refused_in_every_dress(number):
    assert not rules.is_allowed(ip_address(number), ())


def test_a_number_as_host_is_looked_at_when_it_is_proposed():
    for host in ("169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:10.0.0.1]"):
        with pytest.raises(rules.AddressInside):
            rules.check_address(f"https://{host}/x", ())


@pytest.mark.parametrize("number", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_numbers_are_not(number):
    assert rules.is_allowed(ip_address(number), ())


def test_networks_of_the_bank_are_named():
    assert rules.is_allowed(ip_address("10.20.3.4"), INNER)
    assert rules.is_allowed(ip_address("::ffff:10.20.3.4"), INNER)
    assert not rules.is_allowed(ip_address("10.21.3.4"), INNER)


def test_the_signature_is_that_of_standard_webhooks():
    """The vector is reckoned by hand: openssl dgst -sha256 -mac HMAC -binary | base64."""
    told = rules.headers(
        key="msg_1", at=datetime.fromtimestamp(1614265330, UTC), content=b'{"a":1}',
        secrets=[b"k" * 32],
    )  # fmt: skip

    assert told["webhook-id"] == "msg_1"
    assert told["webhook-timestamp"] == "1614265330"
    assert told["webhook-signature"] == "v1,45x3qoRp1QTmM1st3E1fLGXdP06vFmrvSa8qaKkQSDw="


def test_two_secrets_give_two_signatures():
    told = rules.headers(key="a", at=AT, content=b"", secrets=[b"1" * 32, b"2" * 32])

    assert len(told["webhook-signature"].split()) == 2


def test_the_body_is_small_and_the_same_at_every_try():
    said = {
        "topic": "authorization.item.posted", "subject": "0220261123000001", "state": "posted",
        "at": AT, "sequence": 7, "institution": "110801",
    }  # fmt: skip

    assert (
        rules.body(**said)
        == rules.body(**said)
        == (
            b'{"data":{"institution":"110801","number":"0220261123000001","sequence":7,'
            b'"state":"posted"},"timestamp":"2026-11-23T04:00:00+00:00",'
            b'"type":"authorization.item.posted"}'
        )
    )


def test_the_pause_grows_and_ends():
    pauses = [rules.pause(tries, 0) for tries in range(1, 30)]

    assert pauses[0] == timedelta(seconds=10)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=3)
    assert rules.pause(1, 20) == timedelta(seconds=12)


def test_only_known_events_are_heard():
    for chosen in ([], ["authorization.item.nothing"]):
        with pytest.raises(rules.TopicMissing):
            rules.check_topics(chosen)
    rules.check_topics(["authorization.item.posted"])


@pytest.mark.parametrize(
    ("status", "heard"), [(200, True), (204, True), (301, False), (410, False), (None, False)]
)
def test_only_2xx_is_heard(status, heard):
    assert rules.Answer(status, "").heard is heard
