"""Which events can be told, where to, how a call is signed, and how often it is tried."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

WAITING, DELIVERED, DROPPED = "waiting", "delivered", "dropped"

DELIVERY_FLOW = Flow(
    Step("deliver", WAITING, DELIVERED),
    Step("fail", WAITING, WAITING),
    Step("give_up", WAITING, DROPPED),
    Step("send_again", DELIVERED, WAITING),
    Step("send_again", DROPPED, WAITING),
)
# A receiver that answers so wants no call of this subscription any more.
GONE = 410
ADDRESS_MOST, ANSWER_MOST = 300, 200
SECRET_BYTES = 32
_PREFIX = "whsec_"
_PAUSE_FIRST, _PAUSE_MOST = timedelta(seconds=10), timedelta(hours=3)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
# Addresses in which another one of any network may be written: what they lead to is not known.
_WRAPPED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))

Number = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class BadAddress(Refused):
    """The text is no address to which events may be sent."""

    code = "E1060"
    text = "An address begins with https:// and names a host, without user name and without #."


class AddressInside(Refused):
    """The address leads into a network to which nothing may be sent."""

    code = "E1061"
    text = "The address leads into a network that is not allowed."
    hint = "Networks of the bank are named in OPS_HOOK_NETWORKS by who runs the platform."


class TermsOfSamePerson(Refused):
    """The proposer may not decide."""

    code = "E1062"
    text = "What a subscription sends is approved by another person than its proposer."


class TermsDecided(Refused):
    """Somebody has approved or declined the proposal."""

    code = "E1063"
    text = "The proposal is decided already."


class NotInSight(Refused):
    """No such subscription, delivery or institution among what the person may see."""

    code = "E1064"
    text = "There is no such subscription, delivery or institution among what you may see."


class TopicMissing(Refused):
    """A subscription hears of something."""

    code = "E1065"
    text = "Choose at least one event."


class DayPast(Refused):
    """What has happened is not told any more."""

    code = "E1066"
    text = "A subscription counts from today at the earliest."


class NameTaken(Refused):
    """The institution has a subscription of the name."""

    code = "E1067"
    text = "The institution has a subscription of this name already."


@dataclass(frozen=True)
class Topic:
    """One kind of event: its code, which the receiver reads as `type`, and what it is called."""

    code: str
    title: str


_topics: dict[str, Topic] = {}


def name_topic(topic: Topic) -> None:
    """Make a kind of event known; the assembly does so for every centre."""
    _topics[topic.code] = topic


def topics() -> Mapping[str, Topic]:
    """Return the known kinds of events by their codes."""
    return MappingProxyType(_topics)


def check_topics(chosen: Collection[str]) -> None:
    """Refuse none, and what nobody tells of."""
    if not chosen or not set(chosen) <= set(_topics):
        raise TopicMissing(field="topics")


def check_day(valid_from: date, *, today: date) -> None:
    """Refuse a day that is over."""
    if valid_from < today:
        raise DayPast(field="valid_from")


def check_address(address: str, networks: Sequence[str]) -> None:
    """Refuse what is no plain https address, and a number of a network that is not allowed.

    http is taken for this machine alone, and only where its network is among those allowed. A
    name is looked up when something is sent to it, each time.
    """
    parts = split(address)
    number = number_of(parts.hostname or "")
    if number is not None and not is_allowed(number, networks):
        raise AddressInside(field="address")
    if parts.scheme == "http" and not (number is not None and number.is_loopback):
        raise BadAddress(field="address")


def split(address: str) -> SplitResult:
    """Return the parts of an address; refuse one that is not written plainly."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    except ValueError as error:
        raise BadAddress(field="address") from error
    plain = address.isascii() and address.isprintable() and not set(address) & set(' #\\"<>@')
    known = parts.scheme in {"https", "http"} and port != 0
    if not (plain and known and _HOST.fullmatch(host) and len(address) <= ADDRESS_MOST):
        raise BadAddress(field="address")
    return parts


def number_of(host: str) -> Number | None:
    """Return the number that a host is, or None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_allowed(number: Number, networks: Iterable[str]) -> bool:
    """Return whether may be sent to a number: a public one, or one of the networks named."""
    plain = getattr(number, "ipv4_mapped", None) or number
    if any(_within(plain, ip_network(network)) for network in networks):
        return True
    wrapped = any(_within(plain, network) for network in _WRAPPED)
    return plain.is_global and not plain.is_multicast and not wrapped


def _within(number: Number, network: Network) -> bool:
    return number.version == network.version and number in network


def pause(tries: int, spread: int) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, spread by 0 to 20 %."""
    waited: timedelta = min(_PAUSE_FIRST * 2 ** min(max(tries - 1, 0), 20), _PAUSE_MOST)
    return waited + waited * (spread % 21) // 100


def body(
    *, topic: str, subject: str, state: str, at: datetime, sequence: int, institution: str
) -> bytes:
    """Return what is sent of an event; the same event has the same bytes at every try."""
    told = {
        "type": topic,
        "timestamp": at.isoformat(),
        "data": {
            "number": subject,
            "state": state,
            "institution": institution,
            "sequence": sequence,
        },
    }
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def shown_secret(secret: bytes) -> str:
    """Return a secret as its receiver keeps it."""
    return _PREFIX + base64.b64encode(secret).decode()


def headers(*, key: str, at: datetime, content: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """Return the headers by which a receiver knows who sent it, one signature a secret.

    They are those of Standard Webhooks: HMAC-SHA256 over id, moment and body.
    """
    moment = str(int(at.timestamp()))
    signed = b".".join((key.encode(), moment.encode(), content))
    made = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made),
    }


@dataclass(frozen=True)
class Answer:
    """What came of one call: the status, if there was one, and a few words."""

    status: int | None
    words: str

    @property
    def heard(self) -> bool:
        """Return whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300
