"""Plans a branch day as plain data: who comes when, wants what, and what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from ops_platform.demo import names

WITHDRAWAL, TRANSFER, DEPOSIT, PAYROLL, CORPORATE = "1002", "1101", "1001", "1003", "1103"
# What is planted, and how the platform is to answer it.
PLANTS = {
    "amount_differs": "amount_diff",
    "account_differs": "account_diff",
    "words_differ": "amount_diff",
    "date_differs": "voucher_diff",
    "print_differs": "voucher_diff",
    "missing_voucher": "image_missing",
    "voucher_apart": "image_missing",
    "duplicate_voucher": "duplicate_image",
    "voucher_without_journal": "journal_missing",
    "split_withdrawal": "below the limit, four times in an hour",
    "own_item": "refused",
    "conflicting_role": "refused",
}
HUNDRED_YUAN = 10_000
SPLIT_FEN = 4_980_000
PRINTED_FEN = 1_234_500
APART_FEN = 2_345_600
PURPOSES = "生活费 货款 房租 学费 装修款 往来款 还款 医疗费".split()
SHIFT = timedelta(seconds=20)
# The first customer is well off, and has the name of an entry of the demo's watch list.
LISTED, LISTED_FEN = 0, 6_000_000
# From here on the demo branch wants two levels for a transfer, and from there a call as well.
LEVELS_FROM_FEN, CALL_FROM_FEN = 60_000_000, 80_000_000
# Up to here the automatic tier is to pass a withdrawal; what is left waiting is for people.
AUTOMATIC_FEN = 8_000_000
# Of fifty that somebody looks at, how the others end (DOMAIN §15): ending, reason, how many. In a
# bag and not by lot, so that every day of the demo has some of each.
BAG = 50
ENDINGS = (
    ("reject", "A07", 1),
    ("reject", "A12", 1),
    ("return", "A10", 1),
    ("mend", "A06", 2),
    ("withdraw", "", 1),
    ("rescan", "", 2),
    ("consult", "", 2),
    ("late", "", 1),
)
# What takes longer than a look begins no later than this before the end of the day.
LONG = timedelta(minutes=15)


@dataclass(frozen=True)
class Customer:
    """A customer of one outlet: a person with an identity number or a company with a code."""

    outlet: str
    name: str
    company: bool
    opening_fen: int
    document_number: str


@dataclass(frozen=True)
class Case:
    """One thing that happens at a counter; customers are places in the list of customers.

    `ending` is pass, approve, return, mend (returned and sent again), reject, withdraw, wait,
    rescan and consult (approved after a hold), late (approved by a lead whom it went up to),
    stray (a voucher that nobody enters), attempt (something that is refused) or book (a
    transaction of the core that no second person sees). `shown_fen` and `shown_payer` are
    what the paper says where it differs from what the teller keys; it is dated `shown_days` ago.
    """

    at: datetime
    trade_code: str
    payer: int
    amount_fen: int
    ending: str
    payee: int = -1
    teller: int = 0
    plant: str = ""
    queue: timedelta = timedelta(0)
    view: timedelta = timedelta(0)
    reason: str = ""
    purpose: str = ""
    shown_fen: int = 0
    words_fen: int = 0
    shown_payer: int = -1
    shown_days: int = 0
    level: str = "normal"
    serial: int = 0


@dataclass(frozen=True)
class Size:
    """How much happens: all transactions, those with a voucher image, and those left waiting."""

    transactions: int
    images: int
    waiting: int = 0


@dataclass(frozen=True)
class Hours:
    """From when until when customers come."""

    opens: datetime
    closes: datetime


def customers(outlets: Sequence[str], *, seed: int, each: int = 12) -> list[Customer]:
    """Return the customers of every outlet: three persons to each company."""
    random = Random(f"customers|{seed}")
    persons = iter(names.people(random, len(outlets) * each))
    rows = []
    day = datetime(2026, 1, 1).date()  # noqa: DTZ001 -- a birthday needs a year, not a clock
    for outlet in outlets:
        for place in range(each):
            company = place % 4 == 3
            name, woman = next(persons)
            yuan = round(random.lognormvariate(12.6 if company else 11.6, 0.9))
            # Every outlet has somebody well off, so that a small bank has large transactions too.
            yuan += 4_000_000 if place == 0 else 0
            rows.append(
                Customer(
                    outlet=outlet,
                    name=names.company(random) if company else name,
                    company=company,
                    opening_fen=(min(yuan, 9_000_000) + 20_000) * 100,
                    document_number=(
                        names.credit_code(random)
                        if company
                        else names.resident_id(random, woman=woman, on=day)
                    ),
                )
            )
    return rows


class TooSmall(ValueError):
    """The day has too few transactions for the planted cases."""


class Planner:
    """Draws a day by lot; keeps the balances so that nobody spends what is not there."""

    def __init__(self, people: Sequence[Customer], balances: Sequence[int], *, seed: str) -> None:
        self.random = Random(seed)
        self.people = people
        self.balances = list(balances)
        self.persons = [place for place, one in enumerate(people) if not one.company]
        self.companies = [place for place, one in enumerate(people) if one.company]
        self.bag: list[tuple[str, str]] = []

    def day(self, size: Size, hours: Hours) -> list[Case]:
        """Return the cases of a day in order of time; the planted ones are among the images."""
        moments = [self._arrival(hours) for _ in range(size.transactions)]
        seen = set(
            self.random.sample(range(size.transactions), min(size.images, size.transactions))
        )
        cases = [
            self._seen(at) if place in seen else self._booked(at)
            for place, at in enumerate(sorted(moments))
        ]
        cases = [_in_time(case, hours.closes) for case in cases]
        cases += [self._waiting(hours.closes, place) for place in range(size.waiting)]
        if size.waiting > 1:
            cases[-1] = self._listed(cases[-1].at)
        cases.sort(key=lambda case: case.at)
        return [replace(case, serial=place) for place, case in enumerate(cases, start=1)]

    def plant(self, planned: Sequence[Case]) -> list[Case]:
        """Return the plan with one of each wrong planted in it; PLANTS says what is to be found."""
        cases = list(planned)
        approved = [p for p, case in enumerate(cases) if case.ending in ("approve", "pass")]
        booked = [p for p, case in enumerate(cases) if case.ending == "book"]
        self.random.shuffle(approved)
        # What differs on a transfer was approved all the same; what differs on others nobody saw.
        for wrong, first in (
            ("amount_differs", _transfer),
            ("account_differs", _unseen),
            ("words_differ", _unseen),
            ("date_differs", _unseen),
        ):
            for place in sorted(approved, key=lambda p: not first(cases[p]))[:1]:
                cases[place] = self._spoilt(cases[place], wrong)
                approved.remove(place)
        twice = [place for place in sorted(approved) if self._like(cases, place)]
        for place in sorted(twice, key=lambda p: _unseen(cases[p]))[-1:]:
            cases[place] = replace(cases[place], plant="duplicate_voucher")
            approved.remove(place)
        held = [place for place in approved if cases[place].ending == "approve"]
        for place in sorted(held, key=lambda p: not _transfer(cases[p]))[:1]:
            cases[place] = replace(cases[place], plant="own_item")
        for place in booked[:2]:
            cases[place] = replace(cases[place], trade_code=WITHDRAWAL, plant="missing_voucher")
        extra = self._around(cases)
        cases = sorted([*cases, *extra], key=lambda case: case.at)
        return [replace(case, serial=place) for place, case in enumerate(cases, start=1)]

    def _like(self, cases: Sequence[Case], place: int) -> list[Case]:
        """Return the honest earlier cases of another outlet whose voucher could come again."""
        case = cases[place]
        outlet = self.people[case.payer].outlet
        return [
            one
            for one in cases[:place]
            if one.trade_code == case.trade_code
            and one.ending in ("approve", "pass")
            and self.people[one.payer].outlet != outlet
        ]

    def _arrival(self, hours: Hours) -> datetime:
        """Return a moment of the bell over the day: a peak in the morning, one after lunch."""
        span = hours.closes - hours.opens
        while True:
            middle = 0.2 if self.random.random() < 0.55 else 0.68
            share = self.random.gauss(middle, 0.14)
            if 0 <= share < 0.97:
                return hours.opens + span * share

    def _seen(self, at: datetime) -> Case:
        """Return a transaction with a voucher: some below the limit, most above it."""
        transfer = self.random.random() < 0.45
        above = self.random.random() < 0.7
        low, high = (200_000, 900_000) if transfer else (50_000, 160_000)
        if not above:
            low, high = (2_000, low - 1_000)
        payer, fen = self._spend(low * 100, high * 100)
        payee = self._other_than(payer) if transfer else -1
        if LISTED in (payer, payee):
            fen = self._for_one_lead(payer, fen)
        base = Case(
            at=at,
            trade_code=TRANSFER if transfer else WITHDRAWAL,
            payer=payer,
            amount_fen=fen,
            ending="approve" if above else "pass",
            payee=payee,
            teller=self.random.randrange(3),
            queue=timedelta(milliseconds=round(self.random.expovariate(1 / 6_000)) + 900),
            view=timedelta(milliseconds=round(self.random.lognormvariate(3.08, 0.5) * 1_000)),
            purpose=self.random.choice(PURPOSES) if transfer else "",
            level=self.random.choices(["clean", "normal"], [1, 3])[0],
        )
        return self._ended(base) if above else base

    def _for_one_lead(self, payer: int, fen: int) -> int:
        """Return an amount of one level: who may be on a list is for leads, and there is one."""
        most = min(fen, LEVELS_FROM_FEN - HUNDRED_YUAN)
        self.balances[payer] += fen - most
        return most

    def _ended(self, case: Case) -> Case:
        """Return the case with an ending drawn of the bag, at the rates of practice."""
        if not self.bag:
            self.bag = [
                (ending, reason) for ending, reason, many in ENDINGS for _one in range(many)
            ]
            self.bag += [(case.ending, "")] * (BAG - len(self.bag))
            self.random.shuffle(self.bag)
        ending, reason = self.bag.pop()
        if reason == "A07":  # as the reason says
            case = replace(case, words_fen=case.amount_fen + 10 * HUNDRED_YUAN)
        return replace(case, ending=ending, reason=reason)

    def _booked(self, at: datetime) -> Case:
        """Return a transaction that the core books without a second person."""
        code = self.random.choices([DEPOSIT, PAYROLL, CORPORATE], [6, 1, 3])[0]
        persons = code == DEPOSIT
        payer = self.random.choice(self.persons if persons else self.companies)
        yuan = round(self.random.lognormvariate(8.6 if persons else 9.8, 0.8)) + 100
        fen = min(yuan, 180_000) * 100
        payee = -1
        if code == CORPORATE:
            payer, fen = self._spend(1_000_00, min(fen, 400_000_00) + 2_000_00, company=True)
            payee = self._other_than(payer, company=True)
        return Case(at, code, payer, fen, "book", payee=payee, teller=self.random.randrange(3))

    def _waiting(self, closes: datetime, place: int) -> Case:
        case = replace(self._seen(closes), ending="wait")
        while case.amount_fen <= (20_000_000 if case.trade_code == TRANSFER else AUTOMATIC_FEN):
            case = replace(self._seen(closes), ending="wait")
        at = closes - timedelta(seconds=6 + 14 * place)
        return replace(case, at=at, level="normal", reason="", words_fen=0)

    def _listed(self, at: datetime) -> Case:
        """Return what a lead is to decide: the customer bears the name of an entry of a list."""
        self.balances[LISTED] -= LISTED_FEN
        return Case(at, WITHDRAWAL, LISTED, LISTED_FEN, "wait")

    def _spoilt(self, case: Case, wrong: str) -> Case:
        """Return the case with a paper that does not say what was keyed."""
        if wrong == "amount_differs":
            return replace(case, plant=wrong, shown_fen=case.amount_fen + 90 * HUNDRED_YUAN)
        if wrong == "words_differ":
            return replace(case, plant=wrong, words_fen=case.amount_fen + 10 * HUNDRED_YUAN)
        if wrong == "date_differs":
            return replace(case, plant=wrong, shown_days=self.random.randrange(1, 30))
        if wrong == "account_differs":
            other = self._other_than(case.payer, company=self.people[case.payer].company)
            return replace(case, plant=wrong, shown_payer=other)
        raise ValueError(wrong)

    def _around(self, cases: Sequence[Case]) -> list[Case]:
        """Return the planted cases that are transactions or attempts of their own."""
        held = next((case for case in cases if case.ending == "approve"), None)
        if held is None:
            raise TooSmall("nothing was approved in so small a day: let more have a voucher")
        payer = max(self.persons, key=lambda place: self.balances[place])
        self.balances[payer] -= 4 * SPLIT_FEN
        first = cases[len(cases) // 3].at
        # Of the first outlet vouchers are drawn and handed over besides.
        other = next(
            (one for one in self.persons if self.people[one].outlet != self.people[0].outlet), payer
        )
        # The last one booked at the last outlet: nobody comes to it before the day is traced.
        outlet = self.people[-1].outlet
        last = next(one for one in self.persons if self.people[one].outlet == outlet)
        split = Case(first, WITHDRAWAL, payer, SPLIT_FEN, "pass", plant="split_withdrawal")
        return [
            *(
                replace(
                    split,
                    at=first + 11 * SHIFT * place,
                    amount_fen=SPLIT_FEN - HUNDRED_YUAN * place,
                )
                for place in range(4)
            ),
            Case(first + SHIFT, DEPOSIT, other, PRINTED_FEN, "book", plant="print_differs"),
            replace(held, at=held.at + SHIFT, plant="voucher_without_journal", ending="stray"),
            replace(held, at=held.at + 2 * SHIFT, plant="conflicting_role", ending="attempt"),
            Case(
                cases[-1].at + timedelta(seconds=1),
                DEPOSIT,
                last,
                APART_FEN,
                "book",
                plant="voucher_apart",
            ),
        ]

    def _spend(self, low: int, high: int, *, company: bool = False) -> tuple[int, int]:
        """Return somebody who has at least the low amount, and a round amount that is there."""
        for _ in range(400):
            payer = self.random.choice(self.companies if company else self.persons)
            most = min(high, self.balances[payer] - 100_000)
            if most > low:
                fen = self.random.randrange(low, most + 1) // HUNDRED_YUAN * HUNDRED_YUAN
                fen = max(fen, -(-low // HUNDRED_YUAN) * HUNDRED_YUAN)
                self.balances[payer] -= fen
                return payer, fen
        raise ValueError("nobody has enough: give the customers larger opening balances")

    def _other_than(self, payer: int, *, company: bool = False) -> int:
        pool = self.companies if company else [*self.persons, *self.companies]
        while (payee := self.random.choice(pool)) == payer:
            pass
        return payee


def _unseen(case: Case) -> bool:
    """Return whether nobody but the teller saw it."""
    return case.ending == "pass"


def _transfer(case: Case) -> bool:
    """Return whether it is a transfer that people approve."""
    return case.trade_code == TRANSFER and case.ending == "approve"


def _in_time(case: Case, closes: datetime) -> Case:
    """Return the case so that it ends before the day does: no hold, no second level at the end."""
    if case.at < closes - LONG:
        return case
    if case.trade_code == TRANSFER and case.amount_fen >= LEVELS_FROM_FEN:
        held = case.ending in ("approve", "mend", "rescan", "consult", "late")
        return replace(case, ending="reject", reason="A24") if held else case
    return replace(case, ending="approve") if case.ending in ("rescan", "consult", "late") else case
