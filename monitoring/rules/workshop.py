"""Rules of monitoring and their versions: what is shipped, who may publish, what is refused.

The words are in `_vocabulary`, a rule as data in `_spec`, the SQL in `compiled`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from monitoring.rules._dictionary import BUSINESSES, FOCUS, HIGH, LEVELS, LINKS, NOTICE, higher
from monitoring.rules._spec import (
    DAYS_MOST,
    HOPS_MOST,
    MINUTES_MOST,
    MOST_CONDITIONS,
    MOST_STEPS,
    MOST_TESTS,
    RuleNotRead,
    RuleNotWhole,
    Spec,
    Test,
    Where,
    check,
    condition,
    figure,
    read,
    told,
    value_of,
)
from monitoring.rules._typed import spec as typed
from monitoring.rules._vocabulary import (
    CONDITIONS,
    DAY,
    ENTITIES,
    KEPT,
    KINDS,
    LEAST,
    MEASURES,
    MOST,
    OVERS,
    PROFILE,
    RING,
    SEQUENCE,
    SINGLE,
)

__all__ = [
    "BUSINESSES",
    "CONDITIONS",
    "DAY",
    "DAYS_MOST",
    "ENTITIES",
    "FOCUS",
    "HIGH",
    "HOPS_MOST",
    "KEPT",
    "KINDS",
    "LEAST",
    "LEVELS",
    "LINKS",
    "MEASURES",
    "MINUTES_MOST",
    "MOST",
    "MOST_CONDITIONS",
    "MOST_STEPS",
    "MOST_TESTS",
    "NOTICE",
    "OVERS",
    "PROFILE",
    "RING",
    "SEQUENCE",
    "SINGLE",
    "RuleNotRead",
    "RuleNotWhole",
    "Spec",
    "Test",
    "Where",
    "check",
    "condition",
    "figure",
    "higher",
    "read",
    "told",
    "typed",
    "value_of",
]  # fmt: skip

# How a version of a rule comes into force, and out of it.
DRAFT, SHADOW, PROPOSED, PUBLISHED, RETIRED = (
    "draft",
    "shadowing",
    "proposed",
    "published",
    "retired",
)
VERSION_FLOW = Flow(
    Step("shadow", DRAFT, SHADOW, "Run in the shadow"),
    Step("propose", DRAFT, PROPOSED, "Propose"),
    Step("propose", SHADOW, PROPOSED, "Propose"),
    Step("publish", PROPOSED, PUBLISHED, "Publish"),
    Step("decline", PROPOSED, DRAFT, "Back to the draft"),
    Step("drop", DRAFT, RETIRED, "Give up"),
    Step("drop", SHADOW, RETIRED, "Give up"),
    Step("retire", PUBLISHED, RETIRED, "Retire"),
)

SCORE_MOST = 100
_RULE_CODE = re.compile(r"[A-Z][0-9]{3}")


class NoSuchVersion(Refused):
    """There is no such version of a rule."""

    code = "E6032"
    text = "There is no such version of a rule."


class RuleOfSamePerson(Refused):
    """Who made or proposed a version publishes or declines it, under whatever number."""

    code = "E6033"
    text = "A rule is published or sent back by another person than its author and its proposer."


class RuleCodeTaken(Refused):
    """Another rule has the code."""

    code = "E6034"
    text = "There is a rule %(number)s already."


class VersionTooEarly(Refused):
    """A version would count for days that have begun."""

    code = "E6035"
    text = "A version counts from tomorrow at the earliest."


class DraftOpen(Refused):
    """A rule has one version at a time that is not yet published."""

    code = "E6036"
    text = "The rule has a version that is being worked on already."
    hint = "Publish it or give it up first."


class SpanTooLong(Refused):
    """What is tried out covers some days, and not so many."""

    code = "E6037"
    text = "A rule is tried on one day at least and %(most)s at most, all of them over."


@dataclass(frozen=True)
class Shipped:
    """A rule as it comes with the product: its code, names, place in the dictionaries, and spec."""

    number: str
    title: str
    english: str
    link: str
    business: str
    level: str
    score: int
    at_once: bool
    spec: Spec = field(repr=False)


def check_header(*, number: str, link: str, business: str, level: str, score: int) -> None:
    """Refuse a rule whose code, place in the dictionaries, level or score there is not."""
    if not _RULE_CODE.fullmatch(number):
        raise RuleNotRead(part=number[:40], field="number")
    known = link in LINKS and (not business or business in BUSINESSES) and level in LEVELS
    if not known:
        raise RuleNotRead(part=f"{link} {business} {level}"[:40], field="link")
    if not 1 <= score <= SCORE_MOST:
        raise RuleNotRead(part=str(score), field="score")


def check_start(*, valid_from: date, today: date) -> None:
    """Refuse a version that would count for a day that has begun."""
    if valid_from <= today:
        raise VersionTooEarly(field="valid_from")


def check_other_person(*, made_by: Sequence[UUID], by: UUID) -> None:
    """Refuse whoever made or proposed a version, under whatever number."""
    if by in made_by:
        raise RuleOfSamePerson


def check_span(*, first: date, last: date, today: date) -> None:
    """Refuse days to try a rule on that are not over, or more than ninety."""
    if not 0 <= (last - first).days < DAYS_MOST or last >= today:
        raise SpanTooLong(field="first", most=DAYS_MOST)
