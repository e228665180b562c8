"""Rules that hold a posting back: two people decide it, and the counter is told nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from authorization import rules as items
from authorization import services as authorization
from authorization.web import _rule_words
from foundation.ledger import selectors as ledger
from foundation.people import services as people_services
from foundation.trail.models import Event
from foundation.worklist.models import Job
from monitoring.models import Alert, HeldPosting, RuleHit, RuleVersion
from monitoring.rules import prevention, workshop
from monitoring.selectors import at_once as selectors
from monitoring.services import at_once, runs
from monitoring.services import workshop as shop
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories.alerts import entry, published, spec
from tests.factories.monitoring import Counter
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def maker(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


@pytest.fixture
def publisher(bank):
    return people.staff(bank.branch, "risk_manager", name="吴芳")


@pytest.fixture
def counter(bank):
    return factory.counter(bank)


@pytest.fixture
def holds(maker, publisher):
    """Put a rule of one line in force that holds what it finds."""

    def put(where="code 1002", entity="account", **more):
        said = spec("single", entity, where=where)
        return published(said, maker, publisher, prevents=True, **more)

    return put


def sent(teller, counter, yuan="1,000.00", **more):
    return factory.sent(teller, factory.withdrawal(counter, yuan, **more))


def decided(item, decider, at=LATER):
    opened = authorization.open_next(authorizer=decider, at=at)
    assert opened.number == item.number
    return authorization.decide(
        number=item.number, step="approve", shown=opened.content_hash, fence=opened.opened_fence,
        decider=decider, at=at,
    )  # fmt: skip


def test_what_a_rule_holds_is_not_posted_and_waits_for_two(holds, teller, counter):
    version = holds()

    item = sent(teller, counter)

    assert (item.state, item.levels_needed, item.entry_id) == (items.QUEUED, 2, None)
    alert = Alert.objects.get()
    held = HeldPosting.objects.get()
    assert (held.version, held.alert, held.subject) == (version, alert, item.subject)
    assert (alert.entity, alert.touched) == (counter.payer.number, [teller.person])
    assert alert.work_item.conflicted == [teller.person]


class _OfAnother:
    """What was in force last, as another thread that asks of another day leaves it at once."""

    @property
    def asked(self):
        return ()

    @asked.setter
    def asked(self, _found):
        pass


def test_what_another_thread_asked_last_is_never_the_answer(holds, teller, counter, monkeypatch):
    holds()
    monkeypatch.setattr(selectors, "_Last", _OfAnother())

    assert sent(teller, counter).state == items.QUEUED


def test_the_counter_is_told_nothing_of_why(holds, teller, counter):
    holds()

    item = sent(teller, counter)

    assert item.why == [items.SECOND_LOOK]
    assert _rule_words.why(item.why) == "中心复看"
    told = Event.objects.filter(subject=item.subject).values_list("action", flat=True)
    assert not [action for action in told if action.startswith("monitoring.")]


def test_two_people_let_it_be_posted_and_the_alert_has_its_line(holds, teller, counter, bank):
    holds()
    first, second = (people.staff(bank.centre, "authorizer", name=n) for n in ("李静", "陈晨"))
    item = sent(teller, counter)

    decided(item, first)
    item.refresh_from_db()
    assert item.state == items.QUEUED
    posted = decided(item, second)

    assert posted.state == items.POSTED
    job = Job.objects.get(kind="monitoring.tasks.look_at_line")
    runs.look_at_line(line_id=job.args["line_id"], at=LATER)
    alert = Alert.objects.get()
    assert [row.journal_no for row in alert.evidence.all()] == [posted.journal_no]


def test_what_waits_anyway_waits_for_two(holds, teller, counter):
    holds()

    item = sent(teller, counter, "60,000.00")

    assert (item.levels_needed, item.why[-1]) == (2, items.SECOND_LOOK)


def test_what_no_holding_rule_finds_is_posted(holds, teller, counter, maker, publisher):
    holds("code 1101")
    published(spec("single", "account", where="code 1002"), maker, publisher)

    item = sent(teller, counter)

    assert item.state == items.POSTED
    assert not HeldPosting.objects.exists()
    assert Job.objects.filter(kind="monitoring.tasks.look_at_line").count() == 1


def test_the_same_form_sent_again_is_held_once(holds, teller, counter):
    holds()
    key, order = factory.attached(teller), factory.withdrawal(counter, "1,000.00")

    one, again = (
        authorization.submit(key=key, order=order, teller=teller, at=NOON) for _ in range(2)
    )

    assert one.pk == again.pk
    assert HeldPosting.objects.count() == 1


def test_what_is_sent_again_mended_is_looked_at_again(holds, teller, counter, authorizer):
    holds()
    item = sent(teller, counter)
    opened = authorization.open_next(authorizer=authorizer, at=LATER)
    authorization.decide(
        number=item.number, step="return", shown=opened.content_hash, fence=opened.opened_fence,
        decider=authorizer, at=LATER, reasons=["A01"],
    )  # fmt: skip
    authorization.settle(number=item.number, at=LATER + timedelta(minutes=1))

    again = authorization.resubmit(
        number=item.number, order=factory.withdrawal(counter, "2,000.00"), teller=teller,
        at=LATER + timedelta(minutes=2),
    )  # fmt: skip

    assert (again.state, again.levels_needed) == (items.QUEUED, 2)
    assert [row.attempt for row in HeldPosting.objects.order_by("id")] == [1, 2]
    assert Alert.objects.count() == 1


def test_further_attempts_stand_with_the_open_alert_of_another_outlet(holds, teller, counter, bank):
    """The alert about the account is out of the second teller's sight, and found all the same."""
    version = holds()
    elsewhere = people.staff(bank.elsewhere, "teller", name="周洋")
    first = _attempt(elsewhere, bank.elsewhere, counter)
    at_once.on_attempt(first)

    with people_services.acting(staff=teller):
        assert at_once.on_attempt(_attempt(teller, bank.outlet, counter))

    alert = Alert.objects.get(rule=version.rule)
    assert alert.held.count() == 2
    assert set(alert.touched) == {teller.person, elsewhere.person}


def _attempt(clerk, place, counter):
    return items.Attempt(
        subject=f"authorization.request:{uuid4().hex[:12]}", attempt=1, institution_id=place.pk,
        teller=clerk.number, teller_person=clerk.person, trade_code="1002",
        account=counter.payer.number, counter_account=counter.till.number, pays=True,
        amount_fen=100_00, voucher_no="0744719023", on=DAY, at=NOON,
    )  # fmt: skip


def test_an_own_account_kept_elsewhere_is_known(holds, teller, counter, bank):
    holds("own_account", "teller")
    counter.payee.holder_person = teller.person
    counter.payee.save(update_fields=["holder_person"])
    clerk = people.staff(bank.elsewhere, "teller", name="周洋")
    attempt = _attempt(clerk, bank.elsewhere, counter)

    with people_services.acting(staff=clerk):
        assert not at_once.on_attempt(attempt)
    people_services_person(clerk, counter.payer)
    with people_services.acting(staff=clerk):
        assert at_once.on_attempt(attempt)


def people_services_person(clerk, account):
    account.holder_person = clerk.person
    account.save(update_fields=["holder_person"])


@pytest.fixture
def impatient(settings):
    settings.MONITORING_ASK_MS = 30


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "broken", ["SELECT pg_sleep(1), %s, %s, %s, %s", "SELECT nothing, %s, %s, %s, %s"]
)
def test_rules_that_do_not_answer_let_the_posting_go_on_and_are_told(
    holds, teller, counter, monkeypatch, broken
):
    holds("staff_account")
    monkeypatch.setattr(selectors, "_KNOWN", broken)

    item = sent(teller, counter)

    assert item.state == items.POSTED
    assert not HeldPosting.objects.exists()
    told = Event.objects.filter(action="monitoring.not_asked")
    assert told.count() == 2, "before it was posted, and as it was"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] != "30ms", "the limit is not left behind"


def test_the_night_finds_what_was_not_asked(holds, teller, counter, monkeypatch):
    holds("staff_account")
    counter.payer.holder_person = teller.person
    counter.payer.save(update_fields=["holder_person"])
    monkeypatch.setattr(selectors, "_KNOWN", "SELECT nothing, %s, %s, %s, %s")
    item = sent(teller, counter)
    assert item.state == items.POSTED or item.why

    monkeypatch.undo()
    runs.run_day(on=DAY, at=NOON + timedelta(hours=9))

    assert Alert.objects.filter(entity=counter.payer.number).exists()


def test_nothing_is_asked_of_accounts_where_no_rule_is_concerned(
    holds, django_assert_num_queries, counter, teller, bank
):
    holds("own_account; code 1101")

    with django_assert_num_queries(2):  # savepoint, limit and the rules, and both undone
        assert not at_once.on_attempt(_attempt(teller, bank.outlet, counter))


@pytest.mark.parametrize(
    ("kind", "state"), [("day", workshop.DRAFT), ("single", workshop.PUBLISHED)]
)
def test_only_what_is_asked_at_once_holds_and_a_version_is_fixed(maker, publisher, kind, state):
    parts = {"where": "code 1002"} if kind == "single" else {"tests": "count >= 3"}
    version = published(spec(kind, "account", **parts), maker, publisher, state=state)

    with pytest.raises(DatabaseError, match="only what is asked at once"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(prevents=True)


def test_a_rule_of_the_night_is_refused_to_hold(maker):
    header = shop.Header("X001", "夜间规则", "At night", "1", "")
    content = shop.Content(
        spec("day", "account", tests="count >= 3"), "focus", 40, "试", prevents=True
    )

    with pytest.raises(prevention.HoldsNothing):
        shop.draft_rule(header=header, content=content, by=maker, at=NOON)


def test_what_was_held_stays_and_is_of_a_version_that_holds(holds, teller, counter):
    version = holds()
    sent(teller, counter)
    rows = HeldPosting.objects.all()

    for change in (lambda: rows.update(amount_fen=1), rows.delete):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            change()
    row = rows.get()
    row.pk, row.attempt, row.teller_person = None, 2, uuid4()
    with pytest.raises(DatabaseError, match="nothing in force held"), transaction.atomic():
        row.save(force_insert=True)
    assert version.held.count() == 1


def test_an_alert_shows_what_was_held_and_the_version_how_many(
    holds, teller, counter, client, maker
):
    version = holds()
    item = sent(teller, counter)
    client.force_login(maker)

    alert = client.get(reverse("monitoring:alert", args=[Alert.objects.get().pk]))
    shown = client.get(reverse("monitoring:version", args=[version.pk]))

    assert item.number in alert.content.decode()
    assert shown.context["held"] == 1
    assert "命中后由两人决定方可记账" in shown.content.decode()


def test_a_trial_says_what_would_have_been_held(maker, publisher, counter, client):
    said = spec("single", "account", where="code 1002")
    version = published(said, maker, publisher, state=workshop.DRAFT, prevents=True)
    place = Counter(counter.outlet, counter.till.number, counter.payer.number)
    for _ in range(3):
        entry(place)
    after = NOON + timedelta(days=1)
    trial = shop.ask_trial(version_id=version.pk, first=DAY, last=DAY, by=maker, at=after)
    runs.go_on_with_trial(backtest_id=trial.pk, at=after)
    client.force_login(maker)

    page = client.get(reverse("monitoring:trial", args=[trial.pk]))

    assert page.context["would_hold"] == 3, "one hit of one account, three postings"
    assert "将会拦下 3 笔" in page.content.decode()


WHERES = (
    "code 1002 1101", "code_not 1002", "amount_from 500.00", "amount_below 500.00",
    "multiple_of 100.00", "outside 08:00-12:30", "inside 08:00-12:30", "paid", "received",
    "no_voucher", "no_item", "reversal", "own_account", "staff_account", "internal", "young 1",
    "young 60", "foreign", "imported", "no_counter", "paid; amount_from 500.00; staff_account",
)  # fmt: skip


def test_at_once_finds_what_the_night_finds(maker, publisher, teller, counter):
    """One table of conditions in Python, one in SQL: they say the same of every line."""
    counter.payee.holder_person = teller.person
    counter.payee.save(update_fields=["holder_person"])
    place = Counter(counter.outlet, counter.till.number, counter.payer.number)
    lines = [
        entry(
            place, code=code, fen=fen, payer=payer, payee=payee, teller=clerk, at=at, voucher_no=no
        )
        for code, fen, payer, payee, clerk, at, no in (
            ("1002", 100_00, "", "", "000000", NOON, ""),
            ("1101", 600_01, "", counter.payee.number, teller.number, NOON, "1"),
            ("1101", 500_00, counter.payee.number, counter.payer.number, "000000", LATER, ""),
            ("1402", -700_00, "", "", teller.number, NOON + timedelta(hours=5), "2"),
            ("1404", 300_00, counter.till.number, counter.payer.number, teller.number, NOON, ""),
        )
    ]  # fmt: skip
    versions = [published(spec("single", "account", where=w), maker, publisher) for w in WHERES]

    runs.run_day(on=DAY, at=NOON + timedelta(hours=9))

    for version in versions:
        found = {hit.entity: hit.found for hit in RuleHit.objects.filter(version=version)}
        ours: dict[str, list[int]] = {}
        for line in ledger.journal(query=ledger.JournalQuery(first=DAY, last=DAY)):
            seen = runs.line_of(row=line)
            if version.pk in {one.version_id for one in selectors.hit(line=seen, on=DAY)}:
                count, fen = ours.get(seen.account, [0, 0])
                ours[seen.account] = [count + 1, fen + seen.amount_fen]
        assert ours == found, version.spec["where"]
    assert len(lines) == 5


def test_every_word_of_a_condition_is_asked_at_once():
    from monitoring.rules import _line

    assert set(workshop.CONDITIONS) == _line.ASKED
