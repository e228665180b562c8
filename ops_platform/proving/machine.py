"""The machine that takes any steps in any order, and compares after each with the model.

One trial is one transaction that is rolled back, every step a savepoint. What only shows between
transactions (the seal of an entry, races, kills) is proved by named tests and by the chaos run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from foundation.kernel.errors import Refused
from foundation.ledger import rules, services
from foundation.ledger.rules import Leg
from foundation.people import services as people
from ops_platform.proving import seen
from ops_platform.proving.founding import AT, BEGIN, BY, FIRST_DAY, House
from ops_platform.proving.model import MOVES, Bank, Hold, Line, Paper, Told

FEN = st.integers(min_value=1, max_value=300)
PLACE = st.integers(min_value=0, max_value=1)
WHICH = st.integers(min_value=0, max_value=200)
ACCOUNTS_MAX = 14
WRONGS = ("unbalanced", "currencies", "unknown", "single", "nothing", "yesterday", "tomorrow")
THOROUGH = 40


class Books(RuleBasedStateMachine):
    """Two outlets and the model beside them; `house` and `counts` are set by who runs it."""

    house: House
    counts: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.bank = Bank()
        self.seen = seen.Seen()
        self.steps = 0
        self.trial, self.scope = ExitStack(), ExitStack()

    @initialize()
    def begin(self) -> None:
        """Open the first day at both outlets, and accounts of several currencies."""
        self.trial.enter_context(transaction.atomic())
        self.scope.enter_context(people.acting_as_system(reason="prove_ledger"))
        for place in self.house.places:
            services.open_day(institution_id=place, on=FIRST_DAY, at=AT, by=BY)
            self.bank.days[place] = {FIRST_DAY: "open"}
        for currency, subject, place in BEGIN:
            self._open_account(currency, subject, self.house.places[place])
        # Whoever has nothing is refused everything: the customers begin with something.
        for paper in [one for one in self.bank.papers.values() if not one.debit_normal]:
            till = self._till(paper)
            self._post([(till, 500), (paper.number, -500)], self.house.places[0], FIRST_DAY)

    def teardown(self) -> None:
        """Look through everything with the books' own checks, and leave no trace."""
        try:
            seen.check_books()
        finally:
            self.scope.close()
            transaction.set_rollback(True)
            self.trial.close()

    # What is tried, and what must be answered.

    def _try(self, expected: str, act: Callable[[], Any]) -> Any:
        """Do it and return its answer, or nothing when it was refused as expected."""
        try:
            with transaction.atomic():
                answer = act()
        except Refused as refusal:
            if refusal.code != expected:
                due = expected or "nothing"
                raise AssertionError(f"refused with {refusal.code}, {due} was due") from refusal
            self.counts[f"refused {type(refusal).__name__}"] += 1
            return None
        assert expected == "", f"not refused with {expected}"
        return answer

    def _facts(self, place: int, on: date) -> dict[str, Any]:
        key = f"proof-{len(self.bank.told)}-{self.steps}"
        return {"key": key, "institution_id": place, "trade_code": "1404", "teller": "110001",
                "business_date": on, "at": AT, "note": ""}  # fmt: skip

    def _post(self, legs: Sequence[Line], place: int, on: date) -> None:
        facts = self._facts(place, on)
        given = [Leg(number, fen) for number, fen in legs]
        entry = self._try(
            self.bank.refusal(legs, place=place, on=on),
            lambda: services.post(legs=given, **facts).pk,
        )
        if entry is not None:
            self.counts["posted"] += 1
            self.bank.post(Told(entry, facts, tuple(legs)))

    def _open_account(self, currency: str, subject: str, place: int) -> None:
        internal = subject == "1001"
        made = services.open_account(
            institution_id=place, subject_code=subject, name="proof", on=FIRST_DAY, at=AT, by=BY,
            currency=currency, overdraft_allowed=internal,
            # Numbers of the sequence would be others in each trial.
            number=rules.account_number(serial=900_000 + len(self.bank.papers)),
        )  # fmt: skip
        self.bank.papers[made.number] = Paper(made.number, place, currency, internal, internal)

    def _paper(self, which: int) -> Paper:
        papers = sorted(self.bank.papers)
        return self.bank.papers[papers[which % len(papers)]]

    def _till(self, paper: Paper) -> str:
        return next(
            one.number for one in self.bank.papers.values()
            if one.currency == paper.currency and one.debit_normal
        )  # fmt: skip

    def _open_place(self, at: int) -> tuple[int, date]:
        """Return the outlet that is meant if its day is open, else the other one."""
        places = sorted(
            self.house.places, key=lambda one: (self._last(one)[1] != "open", one != at)
        )
        return places[0], self._last(places[0])[0]

    def _last(self, place: int) -> tuple[date, str]:
        on = max(self.bank.days[place])
        return on, self.bank.days[place][on]

    # The steps.

    @precondition(lambda self: len(self.bank.papers) < ACCOUNTS_MAX)
    @rule(kind=st.sampled_from(BEGIN))
    def open_account(self, kind: tuple[str, str, int]) -> None:
        """Open one more account."""
        self._open_account(kind[0], kind[1], self.house.places[kind[2]])

    @rule(first=WHICH, second=WHICH, fen=FEN, at=PLACE)
    def transfer(self, first: int, second: int, fen: int, at: int) -> None:
        """Post two legs in one currency, at an outlet whose day is open if there is one."""
        paper = self._paper(first)
        same = [one for one in sorted(self.bank.papers)
                if self.bank.papers[one].currency == paper.currency]  # fmt: skip
        legs = [(paper.number, fen), (same[second % len(same)], -fen)]
        self._post(legs, *self._open_place(self.house.places[at]))

    @rule(which=WHICH, fen=FEN, at=PLACE)
    def deposit(self, which: int, fen: int, at: int) -> None:
        """Post what nearly always can be posted: something comes in."""
        paper = self._paper(which)
        amount = fen if paper.debit_normal else -fen
        legs = [(paper.number, amount), (self._till(paper), -amount)]
        self._post(legs, *self._open_place(self.house.places[at]))

    @rule(places=st.lists(WHICH, min_size=2, max_size=6), amounts=st.lists(FEN, min_size=6, max_size=6), at=PLACE)  # fmt: skip  # noqa: E501
    def post_many(self, places: list[int], amounts: list[int], at: int) -> None:
        """Post many legs, the last of each currency balancing the others."""
        self._post(self._balanced(places, amounts), *self._open_place(self.house.places[at]))

    def _balanced(self, places: list[int], amounts: list[int]) -> list[Line]:
        papers = [self._paper(which) for which in places]
        legs: list[Line] = []
        for currency in ("CNY", "JPY", "USD"):
            own = [paper.number for paper in papers if paper.currency == currency]
            signed = [fen if n % 3 else -fen for n, fen in enumerate(amounts[: len(own) - 1])]
            if len(own) > 1:
                legs += zip(own, [*signed, -sum(signed)], strict=True)
        return legs

    @rule(wrong=st.sampled_from(WRONGS), which=WHICH, fen=FEN, at=PLACE)
    def post_wrongly(self, wrong: str, which: int, fen: int, at: int) -> None:
        """Post what must be refused, whatever the state of the accounts is."""
        paper, place = self._paper(which), self.house.places[at]
        on = self._last(place)[0]
        same = self.bank.papers[self._till(paper)]
        other = next(p for p in self.bank.papers.values() if p.currency != paper.currency)
        legs = [(same.number, fen), (paper.number, -fen)]
        if wrong == "unbalanced":
            legs = [(same.number, fen), (paper.number, -fen - 1)]
        elif wrong == "currencies":
            legs = [(other.number, fen), (paper.number, -fen)]
        elif wrong == "unknown":
            legs = [(same.number, fen), ("9" * 19, -fen)]
        elif wrong in ("single", "nothing"):
            legs = legs[:1] if wrong == "single" else [(same.number, 0), (paper.number, 0)]
        else:
            on += timedelta(days=-1 if wrong == "yesterday" else 1)
        self._post(legs, place, on)

    @precondition(lambda self: self.bank.told)
    @rule(which=WHICH, other=st.booleans())
    def post_again(self, which: int, *, other: bool) -> None:
        """Send an old key again: its content finds its entry, another is refused."""
        told = self.bank.told[which % len(self.bank.told)]
        if told.reverses:
            return
        legs = [Leg(number, fen) for number, fen in told.legs]
        facts: dict[str, Any] = {**told.facts, **({"note": "another"} if other else {})}
        entry = self._try("E4001" if other else "", lambda: services.post(legs=legs, **facts).pk)
        assert entry == (None if other else told.entry)
        self.counts["repeated"] += 1

    @precondition(lambda self: self.bank.told)
    @rule(which=WHICH, elsewhere=st.booleans())
    def reverse(self, which: int, *, elsewhere: bool) -> None:
        """Take an entry back, once, at the place that posted it."""
        told = self.bank.told[which % len(self.bank.told)]
        home = told.facts["institution_id"]
        place = next(p for p in self.house.places if (p == home) != elsewhere)
        on = self._last(place)[0]
        facts = self._facts(place, on)
        legs = [(number, -fen) for number, fen in told.legs]
        expected = self.bank.refusal(legs, place=place, on=on, original=told.entry)
        if elsewhere or told.reverses:
            expected = "E4011" if elsewhere else "E4012"
        given = {name: facts[name] for name in facts if name != "note"}
        entry = self._try(
            expected,
            lambda: services.reverse(entry_id=told.entry, reason="proof", **given).pk,
        )
        if entry is not None:
            self.counts["reversed"] += 1
            self.bank.post(Told(entry, facts, legs, reverses=told.entry))

    @rule(which=WHICH, fen=FEN, days=st.none() | st.integers(min_value=1, max_value=3))
    def hold(self, which: int, fen: int, days: int | None) -> None:
        """Hold an amount back, for some days or until it is released."""
        paper = self._paper(which)
        until = self._last(paper.home)[0] + timedelta(days=days) if days else None
        fits = paper.overdraft or paper.fen - paper.held >= fen
        expected = "E4006" if paper.standing == "closed" else "" if fits else "E4009"
        made = self._try(
            expected,
            lambda: (
                services.place_hold(
                    number=paper.number, fen=fen, reason="proof", at=AT, by=BY, expires_on=until
                ).pk
            ),
        )
        if made is not None:
            self.bank.holds[made] = Hold(paper.number, fen, until)
            paper.held += fen

    @precondition(lambda self: self.bank.holds)
    @rule(which=WHICH, part=st.none() | FEN)
    def release(self, which: int, part: int | None) -> None:
        """Release a hold, or a part of it that is less than all."""
        keys = sorted(self.bank.holds)
        key = keys[which % len(keys)]
        hold = self.bank.holds[key]
        expected = "E4052" if part is not None and part >= hold.fen else ""
        if self._try(expected, lambda: services.release_hold(hold_id=key, at=AT, by=BY, fen=part)):
            gone = hold.fen if part is None else part
            self.bank.papers[hold.number].held -= gone
            hold.fen -= gone
            if part is None:
                del self.bank.holds[key]

    @rule(which=WHICH, step=st.sampled_from(["stop", "allow", "freeze", "unfreeze", "close"]))
    def change_state(self, which: int, step: str) -> None:
        """Take a step of an account; closed is only what is empty."""
        paper = self._paper(which)
        target = MOVES.get((paper.standing, step))
        expected = "" if target else "E0101"
        if target == "closed" and (paper.fen or paper.held):
            expected = "E4016"
        if step == "close" and sum(p.standing != "closed" for p in self.bank.papers.values()) < 6:
            return
        if self._try(
            expected,
            lambda: services.change_state(
                number=paper.number, step=step, reason="proof", on=FIRST_DAY, at=AT, by=BY
            ),
        ):
            paper.standing = str(target)

    @rule(which=WHICH, shards=st.sampled_from([1, 2, 4, 8]))
    def spread(self, which: int, shards: int) -> None:
        """Let two people spread an account over several balances, or bring it back to one."""
        paper = self._paper(which)
        maker, checker = self.house.people[paper.home]
        expected = "E4006" if paper.standing == "closed" else ""
        expected = expected or ("" if paper.debit_normal else "E4023")
        expected = expected or ("" if paper.overdraft else "E4060")
        expected = expected or ("E4062" if paper.shards == shards else "")
        asked = self._try(
            expected,
            lambda: services.propose_shards(
                number=paper.number, shards=shards, reason="proof", at=AT, by=maker
            ),
        )
        if asked:
            services.decide_shards(request_id=asked.pk, approve=True, at=AT, by=checker)
            paper.shards, paper.spread = shards, True

    @rule(at=PLACE, step=st.sampled_from(["begin_close", "resume"]))
    def stop_the_day(self, at: int, step: str) -> None:
        """Begin to close the last day, or go on working."""
        place = self.house.places[at]
        on, state = self._last(place)
        target = {("open", "begin_close"): "closing", ("closing", "resume"): "open"}.get(
            (state, step)
        )
        act = services.begin_close if step == "begin_close" else services.resume
        if self._try(
            "" if target else "E0101",
            lambda: act(institution_id=place, on=on, at=AT, by=self.house.people[place][0]),
        ):
            self.bank.days[place][on] = str(target)

    @precondition(lambda self: self.steps % 3 == 0)
    @rule(at=PLACE)
    def close_day(self, at: int) -> None:
        """Seal the last day and let two people sign it."""
        place = self.house.places[at]
        on, state = self._last(place)
        if self._try(
            "E4003" if state == "closed" else "",
            lambda: services.close_day(
                institution_id=place, on=on, at=AT, by=self.house.people[place], reason="proof"
            ),
        ):
            self.bank.days[place][on] = "closed"
            self.counts["days closed"] += 1

    @rule(at=PLACE, days=st.sampled_from([0, 1, 1, 1, 2]))
    def open_day(self, at: int, days: int) -> None:
        """Open a next day, on which holds end."""
        place = self.house.places[at]
        last, state = self._last(place)
        on = last + timedelta(days=days)
        expected = "" if state == "closed" else "E4018"
        if days == 0:
            expected = {"open": "", "closed": "E4019"}.get(state, "E4019")
        elif not expected and self.bank.closed_until and on < self.bank.closed_until:
            expected = "E4050"
        opened = self._try(
            expected, lambda: services.open_day(institution_id=place, on=on, at=AT, by=BY)
        )
        if opened and days:
            self.bank.reopen_date(on)
            self.bank.days[place][on] = "open"
            self.bank.expire(place, on)

    @precondition(lambda self: self.steps % 3 == 0)
    @rule(at=PLACE)
    def reopen_day(self, at: int) -> None:
        """Open the last day again by two people."""
        place = self.house.places[at]
        on, state = self._last(place)
        first, second = self.house.people[place]
        past = self.bank.closed_until is not None and on < self.bank.closed_until
        facts: dict[str, Any] = {"institution_id": place, "on": on, "at": AT}

        def act() -> object:
            services.ask_to_reopen(**facts, reason="proof", by=first)
            return services.decide_reopening(**facts, approve=True, by=second)

        expected = "E0101" if state != "closed" else "E4050" if past else ""
        if self._try(expected, act):
            self.bank.reopen_date(on)
            self.bank.days[place][on] = "open"
            self.counts["days reopened"] += 1

    @precondition(lambda self: any(self._last(place)[1] != "open" for place in self.house.places))
    @rule()
    def go_on(self) -> None:
        """Let work go on where it stands still: resume, or open the next day."""
        for place, at in enumerate(self.house.places):
            state = self._last(at)[1]
            if state == "closing":
                self.stop_the_day(at=place, step="resume")
            elif state == "closed":
                self.open_day(at=place, days=1)

    @rule()
    def close_dates(self) -> None:
        """Close for the whole bank what both outlets have closed."""
        assert services.close_dates() == self.bank.close_dates()

    # What holds after each step.

    @invariant()
    def the_books_agree(self) -> None:
        """Compare with the model; now and then look through everything."""
        if not self.bank.days:
            return
        self.steps += 1
        self.counts["steps"] += 1
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        self.seen.compare(self.bank)
        if self.steps % THOROUGH == 0:
            seen.check_books()
