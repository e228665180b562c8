"""The month of an outlet: its score, and the bulletin that is kept of it; figures are rows."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from foundation.people.services import acting
from foundation.trail.models import Event
from foundation.worklist.models import Job
from monitoring import tasks
from monitoring.models import Bulletin
from monitoring.rules import bulletin as rules
from monitoring.selectors import bulletin as selected
from monitoring.selectors import points
from monitoring.selectors import slips as told
from monitoring.services import bulletin, slips
from tests.factories import people
from tests.factories.people import DAY, NOON
from tests.factories.slips import bulletin as kept
from tests.factories.slips import due, issued

MONTH = rules.month_of(DAY)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="许强")


@pytest.fixture
def busy(auditor, bank, difference, lead, teller):
    """Let the month have errors, one repeated, one revoked, one late, and a query in time."""
    last_month = NOON - timedelta(days=28)
    issued(auditor, code="J101", at=last_month)
    first = issued(auditor, teller=teller.number, origin=difference.trail_subject)
    issued(auditor, teller=teller.number, at=LATER)
    late = issued(auditor, code="J301", place="110802", at=NOON - timedelta(days=7))
    slips.climb_all(at=due(late) + timedelta(minutes=1))
    slips.answer(number=first.number, step="reply", words="已更换凭证", by=teller, at=LATER)
    wrong = issued(auditor, code="J401")
    slips.appeal(number=wrong.number, words="并未错入账户", by=teller, at=LATER)
    slips.judge(number=wrong.number, upheld=True, words="申诉成立", by=lead, at=LATER)
    return bank


def test_a_month_is_counted_by_its_rows(busy):
    counted = points.counts(month=MONTH)

    own, sibling = counted[busy.outlet.pk], counted[busy.sibling.pk]
    assert (own.audited, own.matched) == (1, 0)
    assert (own.errors, own.points, own.repeated, own.gravest) == (2, 3 + 6, 1, 2)
    assert (own.clocked, own.late, own.rungs) == (1, 0, 0)
    assert (sibling.errors, sibling.points, sibling.late, sibling.rungs) == (1, 10, 1, 1)
    assert points.counts(month=MONTH.before)[busy.outlet.pk].errors == 1


@pytest.mark.parametrize("figure", list(told.FIGURES))
def test_each_figure_opens_exactly_what_it_counts(busy, figure):
    counted = points.together(rows=list(points.counts(month=MONTH).values()))

    chosen = told.Filter(at=NOON, month=MONTH.first, figure=figure)
    assert told.slips(chosen=chosen).count() == getattr(counted, figure) > 0


def test_the_best_outlet_comes_first_and_the_parts_add_up(busy):
    rows = points.month(month=MONTH)

    assert [row.score.total for row in rows] == sorted(
        (row.score.total for row in rows), reverse=True
    )
    own = next(row for row in rows if row.institution.pk == busy.outlet.pk)
    assert str(own.score.total) == "59.0", "0 first pass, 20 time, 35 - 9 quality, 15 - 2"


def test_an_outlet_sees_its_own_month_alone(busy, teller):
    with acting(staff=teller):
        assert [row.institution.pk for row in points.month(month=MONTH)] == [busy.outlet.pk]


def test_it_asks_no_more_for_more_outlets(busy, django_assert_num_queries):
    with django_assert_num_queries(1 + 3 + 1 + 1):  # first: which days are as they were
        points.month(month=MONTH)


def test_the_bulletin_says_what_the_rows_say(busy):
    facts = selected.facts(month=MONTH, upto=DAY, under=busy.branch.pk)

    assert facts.now.counted.errors == 3 == sum(row.errors for row in facts.codes)
    assert facts.now.counted.errors == sum(facts.classes.values())
    assert facts.now.counted.errors == sum(row.counted.errors for row in facts.outlets)
    assert (facts.before.counted.errors, facts.before.rate, facts.rate_change) == (1, None, None)
    assert str(facts.now.rate) == "30000.00"
    assert [(row.code, row.errors, row.repeated, row.before) for row in facts.codes] == [
        ("J201", 2, 1, 0), ("J301", 1, 0, 0), ("J101", 0, 0, 1),
    ]  # fmt: skip
    assert [row.at_fault_label for row in facts.repeated] != []


def test_it_is_kept_as_pdf_and_workbook_and_made_again_it_is_another(busy):
    row = bulletin.make(institution=busy.branch, month=MONTH, by="x", at=NOON)
    again = bulletin.make(institution=busy.branch, month=MONTH, by="x", at=LATER)

    assert bytes(row.pdf).startswith(b"%PDF")
    book = load_workbook(BytesIO(row.xlsx))
    assert book.sheetnames == ["汇总", "按网点", "按差错", "重复差错"]
    sums = {line[0]: line[1] for line in book["汇总"].values}
    assert (sums["差错笔数"], sums["监督笔数"]) == (3, 1)
    outlets = list(book["按网点"].values)[1:]
    assert sum(line[3] for line in outlets) == 3
    assert (row.version, again.version, row.upto) == (1, 2, DAY)
    assert row.facts["errors"] == 3


def test_nothing_is_told_of_a_month_that_has_not_begun(bank, lead):
    with pytest.raises(rules.MonthNotBegun):
        bulletin.ask(month=rules.month_of(DAY + timedelta(days=30)), by=lead, at=NOON)


def test_the_job_makes_last_month_s_of_every_branch_once(bank, auditor):
    night = NOON + timedelta(days=10)

    assert bulletin.make_due(at=night) == 1
    assert bulletin.make_due(at=night) == 0

    row = Bulletin.objects.get()
    assert (row.institution, row.month, row.upto) == (bank.branch, MONTH.first, MONTH.last)


def test_asked_for_it_is_made_by_a_job_of_all_that_one_serves(bank, lead):
    bulletin.ask(month=MONTH, by=lead, at=NOON)

    job = Job.objects.get(kind="monitoring.tasks.make_bulletin")
    made = tasks.make_bulletin(**job.args)()
    assert (made.institution, made.month) == (bank.branch, MONTH.first)
    assert bulletin.make_asked(institution_id=0, month=DAY, by="x", at=NOON) is None
    assert callable(tasks.make_bulletins())
    assert tasks.climb_slips()() == 0


def test_its_files_are_fetched_on_the_trail_by_those_who_see_it(bank, client, lead):
    row = kept(bank.branch)
    client.force_login(lead)

    for name, kind, start in (
        ("monitoring:bulletin_pdf", "pdf", b"%PDF"), ("monitoring:bulletin_xlsx", "xlsx", b"PK"),
    ):  # fmt: skip
        answer = client.get(reverse(name, args=[row.pk]))
        assert answer.content.startswith(start)
        assert f"bulletin-2026-11-1.{kind}" in answer["Content-Disposition"]
    assert Event.objects.filter(action="monitoring.fetch_bulletin").count() == 2

    client.force_login(people.staff(bank.outlet, "outlet_supervisor"))
    assert client.get(reverse("monitoring:bulletin_pdf", args=[row.pk])).status_code == 404
    with pytest.raises(rules.NoSuchBulletin):
        bulletin.fetch(bulletin_id=0, kind="pdf", by="x", at=NOON)


def test_what_was_made_stays(bank):
    kept(bank.branch)

    for wrong in ("UPDATE monitoring_bulletin SET version = 9", "DELETE FROM monitoring_bulletin"):
        with (
            pytest.raises(DatabaseError) as caught,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(wrong)
        assert caught.value.__cause__.pgcode == "OP059"
