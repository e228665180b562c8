"""When a transaction needs a second person, of which grade, and when a rule makes no sense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from authorization.rules._catalogue import CATALOGUE, UnknownTradeCode
from foundation.kernel.errors import Refused

GRADES = (1, 2, 3, 4, 5)
OUTLET_LEVELS, CENTRE_LEVELS = (0, 1, 2), (0, 1, 2)
# The spans of days over which the effect of a rule is reckoned.
EFFECT_DAYS = (7, 14, 30, 90)
JOINED = "+"
_NEXT = "Ask the operations manager to propose one and the risk manager to approve it."


class NoRuleInForce(Refused):
    """Nobody has said yet whether the transaction needs authorization."""

    code = "E2015"
    text = "Transaction %(trade_code)s has no authorization rule in force on %(on)s."
    hint = _NEXT


class BandsDoNotAscend(Refused):
    """A larger amount never needs a lower grade, and no amount stands twice."""

    code = "E2016"
    text = "The bands must ascend by amount, and neither grade nor levels may fall."
    hint = "Begin with the smallest amount; no band is below the rule's own grade."


class HoursIncomplete(Refused):
    """Hours are a beginning and a later end."""

    code = "E2017"
    text = "The hours need a beginning and a later end."


class CombinationIncomplete(Refused):
    """What is to hold together is at least two conditions that the rule has."""

    code = "E2018"
    text = "A combination takes at least two conditions that the rule has, and not Always."


class RescanNotSaid(Refused):
    """The minutes for scanning later are said when, and only when, it is scanned later."""

    code = "E2019"
    text = "Minutes belong to scanning later, and scanning later needs them."


class RuleOfSamePerson(Refused):
    """The proposer decides about a rule, under whatever number."""

    code = "E2020"
    text = "A rule is approved or declined by another person than its proposer."
    hint = "Let another person decide who holds the right to approve rules."


class RuleTooSoon(Refused):
    """A rule may not change what has already been done by it."""

    code = "E2021"
    text = "A rule counts from tomorrow at the earliest."
    hint = "Choose tomorrow or a later day."


class RuleNotYours(Refused):
    """The rule would count where the person has no say."""

    code = "E2022"
    text = "A rule of the whole bank is for the head office to change."
    hint = "Choose an institution of your own."


class RuleDecided(Refused):
    """Somebody has approved or declined the proposal."""

    code = "E2023"
    text = "This proposal of a rule is decided already."
    hint = "The proposal's page shows who decided it and how."


class NoSuchRule(Refused):
    """There is no such rule among those that the person may see."""

    code = "E2024"
    text = "There is no authorization rule %(number)s."


class NobodyAsked(Refused):
    """Without a level at the centre there is one at the outlet."""

    code = "E2116"
    text = "Without a level at the centre somebody of the outlet decides."
    hint = "Choose one or two levels at the outlet, or one at the centre."


class NothingToPropose(Refused):
    """Every transaction of the catalogue has a rule or a proposal that waits."""

    code = "E2025"
    text = "Every transaction has a rule or a proposal that waits."


@dataclass(frozen=True)
class Word:
    """A code that rules use, and its word."""

    code: str
    name: str


def _words(*pairs: tuple[str, str]) -> dict[str, Word]:
    return {code: Word(code, name) for code, name in pairs}


ALWAYS, AMOUNT = "always", "amount"
# What may make a second person necessary, in the order in which it is said.
KINDS = _words(
    (ALWAYS, "Always"),
    (AMOUNT, "Amount reached"),
    ("customer", "Kind of customer"),
    ("account_state", "State of the payer's account"),
    ("teller_grade", "Grade of the teller"),
    ("time", "Outside the hours"),
    ("agent", "Handled by an agent"),
    ("manual_id", "Identity checked by hand"),
    ("correction", "Correction"),
)
# What holds an item beside its rule: drawn, or for a reason that the outlet is not told (0210,
# 0214).
SECOND_LOOK = "second_look"
WHY = KINDS | _words((SECOND_LOOK, "Second look by the centre"))
CUSTOMERS = _words(
    ("staff", "Holder works for the bank"), ("elsewhere", "Account kept at another institution")
)
ACCOUNT_STATES = _words(
    ("active", "Account in order"),
    ("held", "Amounts of it are held"),
    ("stop_payment", "Payment stopped"),
    ("frozen", "Frozen"),
    ("closed", "Closed"),
)
CASH = _words(
    ("none", "No cash"), ("in", "Cash in"), ("out", "Cash out"), ("both", "Cash in and out")
)
SCAN_LATER = "later"
SCANS = _words(
    ("none", "Nothing is scanned"),
    ("now", "Scanned before it is sent"),
    (SCAN_LATER, "Scanned later"),
)


@dataclass(frozen=True, order=True)
class Band:
    """From which amount on which grade decides, and how often at the centre."""

    from_fen: int
    grade: int
    centre_levels: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a rule says of one transaction; without any condition nobody is asked."""

    trade_code: str
    group: str
    grade: int
    skill: str = ""
    outlet_levels: int = 0
    centre_levels: int = 1
    bands: tuple[Band, ...] = ()
    cash: str = "none"
    transfer: bool = False
    call_back_from_fen: int | None = None
    scan_mode: str = "none"
    rescan_minutes: int | None = None
    weight_hundredths: int = 100
    always: bool = False
    amount_from_fen: int | None = None
    customer_kinds: tuple[str, ...] = ()
    account_states: tuple[str, ...] = ()
    teller_grade_below: int | None = None
    outside_from: time | None = None
    outside_until: time | None = None
    agent_from_fen: int | None = None
    manual_id: bool = False
    correction: bool = False
    together: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule looks at of one item; a grade that is not known meets no condition."""

    amount_fen: int
    at: time
    customer_kinds: tuple[str, ...] = ()
    account_state: str = ""
    teller_grade: int | None = None
    by_agent: bool = False
    manual_id: bool = False
    correction: bool = False


@dataclass(frozen=True)
class Need:
    """Why a second person is needed, if at all, of which grade, and how often where."""

    why: tuple[str, ...]
    grade: int
    centre_levels: int
    outlet_levels: int = 0


_HAS: Mapping[str, Callable[[Rule], bool]] = {
    ALWAYS: lambda rule: rule.always,
    AMOUNT: lambda rule: rule.amount_from_fen is not None,
    "customer": lambda rule: bool(rule.customer_kinds),
    "account_state": lambda rule: bool(rule.account_states),
    "teller_grade": lambda rule: rule.teller_grade_below is not None,
    "time": lambda rule: rule.outside_from is not None and rule.outside_until is not None,
    "agent": lambda rule: rule.agent_from_fen is not None,
    "manual_id": lambda rule: rule.manual_id,
    "correction": lambda rule: rule.correction,
}
_HOLDS: Mapping[str, Callable[[Rule, Facts], bool]] = {
    ALWAYS: lambda _rule, _facts: True,
    AMOUNT: lambda rule, facts: facts.amount_fen >= (rule.amount_from_fen or 0),
    "customer": lambda rule, facts: bool({*rule.customer_kinds} & {*facts.customer_kinds}),
    "account_state": lambda rule, facts: facts.account_state in rule.account_states,
    "teller_grade": lambda rule, facts: (
        facts.teller_grade is not None and facts.teller_grade < (rule.teller_grade_below or 0)
    ),
    "time": lambda rule, facts: not _within(facts.at, rule.outside_from, rule.outside_until),
    "agent": lambda rule, facts: facts.by_agent and facts.amount_fen >= (rule.agent_from_fen or 0),
    "manual_id": lambda _rule, facts: facts.manual_id,
    "correction": lambda _rule, facts: facts.correction,
}


def _within(at: time, opens: time | None, closes: time | None) -> bool:
    assert opens is not None, "a rule without hours is not asked about them"
    assert closes is not None, "hours have an end"
    return opens <= at < closes


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Return the conditions that a rule has, single ones and parts of a combination."""
    return tuple(kind for kind in KINDS if _HAS[kind](rule))


def need(rule: Rule, facts: Facts) -> Need:
    """Return why and by whom an item is to be decided; no reason is no authorization."""
    holding = [kind for kind in kinds_of(rule) if _HOLDS[kind](rule, facts)]
    why = [kind for kind in holding if kind not in rule.together]
    if rule.together and {*rule.together} <= {*holding}:
        why.append(JOINED.join(kind for kind in KINDS if kind in rule.together))
    grade, levels = rule.grade, rule.centre_levels
    for band in rule.bands:
        if facts.amount_fen >= band.from_fen:
            grade, levels = band.grade, band.centre_levels
    return Need(tuple(why), grade, levels, rule.outlet_levels)


def check_rule(rule: Rule) -> None:
    """Refuse a rule that is not whole, or whose parts contradict one another."""
    if rule.trade_code not in CATALOGUE:
        raise UnknownTradeCode(trade_code=rule.trade_code)
    _check_bands(rule)
    if not rule.centre_levels and not rule.outlet_levels:
        raise NobodyAsked(field="centre_levels")
    opens, closes = rule.outside_from, rule.outside_until
    if (opens is None) != (closes is None) or (opens and closes and opens >= closes):
        raise HoursIncomplete(field="outside_from" if opens is None else "outside_until")
    parts = {*rule.together}
    if parts and (len(parts) < 2 or ALWAYS in parts or not parts <= {*kinds_of(rule)}):
        raise CombinationIncomplete(field="together")
    if (rule.scan_mode == SCAN_LATER) != (rule.rescan_minutes is not None):
        raise RescanNotSaid(field="rescan_minutes")


def _check_bands(rule: Rule) -> None:
    steps: Sequence[Band] = (Band(-1, rule.grade, rule.centre_levels), *rule.bands)
    for below, above in pairwise(steps):
        falls = above.grade < below.grade or above.centre_levels < below.centre_levels
        if above.from_fen <= below.from_fen or falls:
            raise BandsDoNotAscend(field="bands")


def check_rule_day(valid_from: date, *, today: date) -> None:
    """Refuse a rule that would count for a day that has begun."""
    if valid_from <= today:
        raise RuleTooSoon(field="valid_from")


def without_kinds(rule: Rule) -> Rule:
    """Return a rule that needs nobody, and else says what the rule says: what relief would be."""
    return replace(
        rule,
        always=False,
        amount_from_fen=None,
        customer_kinds=(),
        account_states=(),
        teller_grade_below=None,
        outside_from=None,
        outside_until=None,
        agent_from_fen=None,
        manual_id=False,
        correction=False,
        together=(),
    )


@dataclass(frozen=True)
class Reach:
    """What somebody may decide: how many transactions, and below which amount all of those.

    None where no band of amounts of them asks for more than the person has.
    """

    transactions: int
    below_fen: int | None


def reach(rules: Iterable[Rule], *, grade: int, skills: Mapping[str, int]) -> Reach:
    """Return what rules let somebody of a grade and with graded skills decide.

    A rule that names a skill asks for its grade in the skill, as the queue does when it offers.
    """
    own = [(rule, skills.get(rule.skill, 0) if rule.skill else grade) for rule in rules]
    taken = [(rule, has) for rule, has in own if has >= rule.grade]
    above = [band.from_fen for rule, has in taken for band in rule.bands if band.grade > has]
    return Reach(len(taken), min(above, default=None))
