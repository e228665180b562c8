"""The demo bank as seeded: every figure comes from rows, agrees, and holds what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from authorization import rules
from authorization import selectors as authorization
from authorization.models import (
    Admission,
    Decision,
    Fallback,
    IdCheck,
    KnownItem,
    LocalAuthorizer,
    OfflineSlip,
    Request,
    Review,
    Screening,
    TierPublication,
    TierVerdict,
)
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Document
from foundation.kernel.calendar import SHANGHAI, local
from foundation.ledger import selectors as ledger
from foundation.ledger.models import Account, JournalLine, Posting, whole
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.policy import rules as policy_rules
from foundation.policy import selectors as policy
from foundation.policy.models import CalendarDay
from foundation.trail.models import Event
from monitoring import rules as monitoring_rules
from monitoring.models import (
    Bulletin,
    CustomerRating,
    FreezeRequest,
    LargeValue,
    Match,
    ScreeningHit,
    Slip,
    SlipPoint,
    SuspiciousCase,
)
from monitoring.rules import slips as slip_rules
from monitoring.selectors import tracing
from monitoring.services import tracing as joining
from ops_platform import conserving
from ops_platform.demo import house, seed, taking_back, truth
from ops_platform.demo.cases import AUTOMATIC_FEN, LISTED_FEN, PLANTS, Size
from ops_platform.demo.play import Day

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI)  # a Monday
# Money that an outlet begins with: booked without a voucher.
OPENING_TRADE = "1404"


@dataclass(frozen=True)
class Seeded:
    """The days that were played, and the folder of their files."""

    days: list[Day]
    folder: Path

    @property
    def today(self) -> Day:
        """Return the day that is still open."""
        return self.days[-1]

    def planted(self, plant: str) -> list[dict[str, object]]:
        """Return what the truth file of today says of one kind of wrong."""
        rows = truth.read(self.folder, on=self.today.on)
        return [row for row in rows if row["plant"] == plant]


def item_of(row: dict[str, object]) -> Request:
    """Return the item that a planted case is about."""
    found: Request = Request.objects.get(number=str(row["subject"]).partition(":")[2])
    return found


@pytest.fixture(scope="module")
def seeded(
    connected: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seeded]:
    """Seed a small bank once for the module, and take it all back."""
    folder = tmp_path_factory.mktemp("var")
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        # The hours of slips are kept by the clock of the database, which is far ahead of NOW.
        patch.setitem(seed.POLICIES, "authorization.offline_hours", "1000000")
        # So small a bank compares few rounds, and of those many are planted.
        patch.setitem(seed.POLICIES, "authorization.tier_items_least", "1")
        patch.setitem(seed.POLICIES, "authorization.tier_agreement_percent", "50")
        days = seed.seed(
            folder=folder,
            outlet_count=3,
            today=Size(transactions=20, images=8, waiting=2),
            seed_number=1,
            now=NOW,
            say=lambda _line: None,
        )
        with people.acting_as_system(reason="test"):
            yield Seeded(days, folder)
        transaction.set_rollback(True)


def test_items_by_state_add_up_to_the_items_of_the_day(seeded):
    counts = authorization.counts(on=seeded.today.on)

    assert sum(counts.values()) == Request.objects.filter(business_date=seeded.today.on).count()
    assert counts[rules.QUEUED] == 4, "two by the size, an account to be opened, a cancellation"


def test_decisions_add_up_and_their_seconds_are_believable(seeded):
    figures = authorization.figures(on=seeded.today.on)

    assert figures.decided == figures.approved + figures.rejected + figures.returned > 0
    seconds = [row.view_ms // 1000 for row in Decision.objects.order_by("id")]
    assert 5 < sum(seconds) // len(seconds) < 60


def test_every_balance_is_the_sum_of_its_postings(seeded):
    for account in whole(Account.objects.order_by("id")):
        legs = Posting.objects.filter(account=account).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        assert account.balance_fen == (legs if account.normal_side == "debit" else -legs)
    first, last = seeded.days[0].on, seeded.today.on
    assert ledger.differences(first=first, last=last) == ()
    for total in ledger.trial_totals(on=last):
        assert total.debit_fen == total.credit_fen > 0


def test_nothing_is_lost_on_the_way_through_a_queue(seeded):
    assert conserving.wrong() == []
    assert conserving.uncounted() == []


def test_one_account_is_spread_by_two_people_and_adds_up(seeded):
    (account,) = ledger.hot_accounts()
    hot = ledger.hot(number=account.number)

    assert account.shards == sum(part.used for part in hot.parts) == 4
    assert hot.sum_fen == account.balance_fen != 0
    assert hot.requests[0].asked_person != hot.requests[0].decided_person
    assert ledger.hot_differences() == ()


def test_every_posted_item_has_its_journal_line(seeded):
    for request in Request.objects.filter(state=rules.POSTED).order_by("id"):
        line = JournalLine.objects.get(subject=request.subject)
        assert (line.amount_fen, line.journal_no) == (request.amount_fen, request.journal_no)


def test_nobody_decided_an_own_item_or_one_of_the_own_outlet(seeded):
    own = Decision.objects.filter(decider_person=F("request__teller_person"))
    outlet = Decision.objects.filter(
        decider__institution=F("request__institution"), offline__isnull=True
    )

    assert not own.exists()
    assert not outlet.exists()


def test_what_happened_lies_in_the_past(seeded):
    assert not Request.objects.filter(created_at__gt=NOW).exists()
    assert not Decision.objects.filter(at__gt=NOW).exists()


def test_the_truth_file_has_each_kind_of_wrong(seeded):
    found = Counter(str(row["plant"]) for row in truth.read(seeded.folder, on=seeded.today.on))

    assert set(found) == set(PLANTS)
    assert found["split_withdrawal"] == 4


def test_planted_refusals_are_on_the_trail(seeded):
    (own,) = seeded.planted("own_item")
    (role,) = seeded.planted("conflicting_role")

    assert Event.objects.filter(subject=own["subject"], result="E2002").exists()
    assert Event.objects.filter(subject=role["subject"], result="E1001").exists()


def test_a_voucher_without_journal_has_a_document_and_no_line(seeded):
    (stray,) = seeded.planted("voucher_without_journal")

    assert Document.objects.filter(subject=stray["subject"]).exists()
    assert not JournalLine.objects.filter(voucher_no=stray["voucher_no"]).exists()


def test_a_missing_voucher_has_a_line_and_no_document(seeded):
    for missing in seeded.planted("missing_voucher"):
        line = JournalLine.objects.get(
            journal_no=missing["journal_no"],
            business_date=seeded.today.on,
            institution__number=missing["outlet"],
        )
        assert line.subject == ""


@pytest.mark.parametrize(
    ("plant", "field"),
    [
        ("amount_differs", "amount"),
        ("words_differ", "amount_words"),
        ("account_differs", "account"),
    ],
)
def test_a_planted_difference_is_there_to_be_read(seeded, plant, field):
    (row,) = seeded.planted(plant)
    request = item_of(row)

    verdicts = {one.name: one.verdict for one in authorization.comparison(request=request)}

    assert verdicts[field] == "differs"


def test_a_duplicate_shows_the_picture_of_another_item(seeded):
    (row,) = seeded.planted("duplicate_voucher")
    request = item_of(row)
    page = imaging.pages(document_id=request.document_id)[0]

    earlier = imaging.like(page=page)

    assert earlier is not None
    assert earlier.document_id != request.document_id


def test_honest_items_read_as_they_were_keyed(seeded):
    wrong = {row["subject"] for row in truth.read(seeded.folder, on=seeded.today.on)}
    posted = Request.objects.filter(state=rules.POSTED, business_date=seeded.today.on)

    for request in posted.order_by("id"):
        if request.subject not in wrong:
            verdicts = {one.verdict for one in authorization.comparison(request=request)}
            assert verdicts == {"same"}


def test_monitoring_finds_the_day_before_exactly_what_was_planted(seeded):
    friday = seeded.days[0].on
    assert friday == date(2026, 11, 20), "the business day before a Monday"
    wanted = Counter(
        str(row["expected"])
        for row in truth.read(seeded.folder, on=friday)
        if row["expected"] in monitoring_rules.DIFFERENCES
    )
    found = Match.objects.filter(business_date=friday).exclude(trade_code=OPENING_TRADE)

    different = found.exclude(state=monitoring_rules.MATCHED)

    assert Counter(different.order_by("id").values_list("result", flat=True)) == wanted
    assert found.filter(state=monitoring_rules.MATCHED).exists()


def test_a_print_of_another_line_is_read_and_waits_for_its_day_to_be_matched(seeded):
    (friday,) = (
        row
        for row in truth.read(seeded.folder, on=seeded.days[0].on)
        if row["plant"] == "print_differs"
    )
    match = Match.objects.get(
        business_date=seeded.days[0].on, journal_no=friday["journal_no"],
        institution__number=friday["outlet"],
    )  # fmt: skip

    differing = {one.name for one in match.compared if one.verdict == "differs"}

    assert (match.result, differing) == ("voucher_diff", {"journal_no"})


def test_a_voucher_and_its_line_wait_to_be_traced_by_hand(seeded):
    line, voucher = (
        row
        for row in truth.read(seeded.folder, on=seeded.days[0].on)
        if row["plant"] == "voucher_apart"
    )
    outlet = Institution.objects.get(number=line["outlet"])
    auditor = Staff.objects.filter(roles__role="auditor").first()
    day = tracing.Wanted(on=seeded.days[0].on)
    found = tracing.traced(outlet=outlet, wanted=day, by=auditor)

    (stray,) = (one for one in found.strays if one.match.document.subject == voucher["subject"])
    wanted = tracing.Wanted(on=seeded.days[0].on, stray=stray.match.pk)
    best, *_others = tracing.traced(outlet=outlet, wanted=wanted, by=auditor).lines
    assert (line["expected"], voucher["expected"]) == ("image_missing", "journal_missing")
    assert best.match.journal_no == line["journal_no"]
    assert best.fit.apart < timedelta(minutes=5)
    assert (stray.sheet.fen, stray.sheet.account != best.match.account_number) == (
        line["amount_fen"], True,
    )  # fmt: skip
    with transaction.atomic():  # what is joined stays joined, and others look at the same bank
        joined = joining.join(
            stray_id=stray.match.pk,
            line_id=best.match.pk,
            reason="账号识别有误",
            by=auditor,
            at=NOW,
        )
        transaction.set_rollback(True)
    assert joined.result == "account_diff"


def test_monitoring_finds_today_what_can_be_found_before_the_day_is_closed(seeded):
    expected = {
        row["subject"]: row["expected"]
        for row in truth.read(seeded.folder, on=seeded.today.on)
        if row["expected"] in ("amount_diff", "account_diff", "voucher_diff", "duplicate_image")
        and row["plant"] != "print_differs"
    }

    found = Match.objects.filter(business_date=seeded.today.on, state=monitoring_rules.OPEN)

    assert dict(found.order_by("id").values_list("subject", "result")) == expected


def test_some_differences_are_audited_and_some_wait(seeded):
    before = Match.objects.filter(business_date=seeded.days[0].on)

    assert before.filter(state=monitoring_rules.OPEN).count() == seed.LEFT_TO_AUDIT
    audited = before.filter(state=monitoring_rules.CONFIRMED)
    assert audited.exists()
    assert all(match.decided_person not in match.touched for match in audited.order_by("id"))


def test_every_business_number_is_in_force(seeded):
    shown = policy.numbers(on=seeded.days[0].on)

    assert {one.number.code for one in shown} == set(policy_rules.NUMBERS)
    assert [one.number.code for one in shown if one.present is None] == []


def test_every_transaction_has_its_rule_by_two_people(seeded):
    found = authorization.rules_in_force(codes=list(rules.CATALOGUE), on=seeded.days[0].on)

    assert {row.trade_code for row in found} == {*rules.CATALOGUE}
    assert all(row.proposed_by_id != row.approved_by_id for row in found)
    assert not authorization.rules_waiting()


def test_every_outlet_has_somebody_registered_and_a_drill_is_over(seeded):
    supervisors = Staff.objects.filter(roles__role="outlet_supervisor")
    registered = LocalAuthorizer.objects.filter(state="active").order_by("id")
    (drill,) = Fallback.objects.order_by("id")

    assert {one.staff for one in registered} == set(supervisors)
    assert (drill.drill, drill.state, drill.ended_how) == (True, "ended", "return")
    assert local(drill.ended_at).date() == seeded.days[0].on
    assert set(Decision.objects.values_list("fallback", flat=True)) == {None}


def test_the_tier_judged_what_was_read_of_both_days_as_its_job_does(seeded):
    """What was planted to read otherwise is never passed; that people passed it is the finding."""
    named = ("request__number", "seq", "request__attempt", "request__state", "step")
    judged = set(TierVerdict.objects.values_list("request__number", "seq"))
    ended = Decision.objects.filter(
        Q(seq=F("request__attempt")) | ~Q(step="approve"), offline__isnull=True
    )

    missing = [row for row in ended.values_list(*named) if row[:2] not in judged]
    assert not missing
    assert TierVerdict.objects.count() == len(judged)
    by_outcome = Counter(TierVerdict.objects.values_list("outcome", flat=True))
    assert by_outcome["pass"], by_outcome
    for plant in ("amount_differs", "words_differ", "account_differs"):
        (row,) = seeded.planted(plant)
        assert not item_of(row).tier_verdicts.filter(outcome="pass").exists()


def test_the_tier_is_published_by_two_and_passes_small_withdrawals(seeded):
    row = TierPublication.objects.select_related("proposed_by", "decided_by").get()
    passed = Decision.objects.filter(tier_verdict__publication=row).select_related("request")

    assert row.state == "active"
    assert row.proposed_by.person != row.decided_by.person
    for made in passed:
        item = made.request
        assert (item.state, item.trade_code, made.decider) == (rules.POSTED, "1002", None)
        assert item.amount_fen <= AUTOMATIC_FEN
        assert item.queued_at < made.at == item.decided_at
        assert row.decided_at <= made.at


def test_a_posting_of_the_day_waits_to_be_taken_back_by_a_red_voucher(seeded):
    item = Request.objects.get(trade_code="1401")
    original = item.corrects

    assert (item.state, item.grade_needed, item.purpose) == (rules.QUEUED, 4, taking_back.WHY)
    assert (original.state, original.amount_fen) == (rules.POSTED, item.amount_fen)
    assert item.payee_account == original.payer_account != ""


def test_large_cash_paid_in_waits_on_site_for_another_of_the_first_outlet(seeded):
    (item,) = Request.objects.filter(state=rules.ON_SITE)

    assert item.institution.number == house.outlets(1)[0].number
    assert (item.outlet_needed, item.levels_needed, item.work_item) == (1, 1, None)
    supervisors = Staff.objects.filter(
        institution=item.institution, roles__role="outlet_supervisor"
    )
    assert supervisors.exclude(person=item.teller_person).exists()


def test_what_waits_is_left_to_people_by_the_tier(seeded):
    waiting = Request.objects.filter(state=rules.QUEUED, trade_code="1002")

    assert not [item for item in waiting if LISTED_FEN != item.amount_fen <= AUTOMATIC_FEN]


def test_published_holidays_are_loaded(seeded):
    assert not CalendarDay.objects.get(on=date(2026, 10, 1)).works
    assert CalendarDay.objects.get(on=date(2026, 10, 10)).works


def test_two_people_entered_the_holidays_after_the_published_ones(seeded):
    entered = CalendarDay.objects.filter(on__year=2027)

    assert entered.get(on=date(2027, 2, 5)).name == "春节"
    assert entered.count() == 13
    assert not entered.filter(proposed_by=None).exists()
    assert not entered.filter(approved_by=None).exists()


def test_waiting_items_can_be_looked_at_at_once(seeded):
    for request in Request.objects.filter(state=rules.QUEUED).order_by("id"):
        pages = imaging.pages(document_id=request.document_id)
        assert pages
        assert all(page.view and page.thumb for page in pages)


def test_everybody_can_sign_in_with_the_password_of_the_file(seeded):
    lines = (seeded.folder / "demo_sign_ins.txt").read_text().splitlines()[1:]
    secret = lines[0].split("\t")[3]

    assert len(lines) == Staff.objects.count() == len(house.staff(3))
    assert Staff.objects.order_by("id")[0].check_password(secret)
    assert Institution.objects.count() == len(house.places(3))


class TestSimulateDay:
    """The command plays a day of its own on the seeded bank: the same seed, the same day."""

    NEXT = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)

    @pytest.fixture
    def simulate(self, seeded, settings, monkeypatch, tmp_path):
        settings.OPS_DEMO, settings.OPS_VAR = True, tmp_path
        monkeypatch.setattr(timezone, "now", lambda: self.NEXT)

        def play(seed_number: int, images: int = 8) -> list[tuple[object, ...]]:
            call_command(
                "simulate_day", outlets=2, transactions=12, images=images, seed=seed_number,
                until=time(14, 30), stdout=StringIO(),
            )  # fmt: skip
            facts = Request.objects.filter(created_at__date=self.NEXT.date())
            columns = ("created_at", "trade_code", "amount_fen", "payer_account", "state")
            return sorted(facts.values_list(*columns))

        return play

    def test_one_seed_plays_one_day_up_to_the_hour(self, simulate, tmp_path):
        days, truths = [], []
        for seed_number in (7, 7):
            with transaction.atomic():
                days.append(simulate(seed_number))
                with pytest.raises(CommandError, match="played today already"):
                    simulate(seed_number)
                transaction.set_rollback(True)
            truths.append(truth.read(tmp_path, on=self.NEXT.date()))
            (tmp_path / "demo" / f"truth-{self.NEXT.date()}.json").unlink()

        assert days[0] == days[1]
        assert len(days[0]) > 5
        assert max(row[0] for row in days[0]) <= self.NEXT.replace(hour=14, minute=30)
        assert [row["plant"] for row in truths[0]] == [row["plant"] for row in truths[1]]

    def test_a_day_too_small_for_what_is_planted_is_refused(self, simulate):
        with transaction.atomic():
            with pytest.raises(CommandError, match="--images 8"):
                simulate(7, images=0)
            transaction.set_rollback(True)

    def test_it_is_for_the_demo_only(self, simulate, settings):
        settings.OPS_DEMO = False
        with pytest.raises(CommandError, match="OPS_DEMO is off"):
            simulate(7)


def test_accounts_were_opened_and_identities_checked_with_every_answer(seeded):
    opened = Request.objects.filter(trade_code="1202")
    ended = Counter(opened.order_by("id").values_list("state", flat=True))
    said = set(IdCheck.objects.order_by("id").values_list("result", flat=True))

    assert ended[rules.POSTED] >= 2
    assert ended[rules.REJECTED] >= 1
    assert ended[rules.QUEUED] == 1
    assert opened.filter(attempt=2, state=rules.POSTED).exists()
    assert said == set(rules.ID_RESULTS)
    for request in opened.filter(state=rules.POSTED).order_by("id"):
        assert ledger.account(number=request.payee_account).balance_fen == request.amount_fen
        assert len(authorization.sign_ups(request=request)) == 4
    assert Request.objects.filter(trade_code="1001", state=rules.POSTED).exists()


def test_most_are_admitted_one_is_in_the_shadow_one_on_probation(seeded):
    states = Counter(Admission.objects.values_list("state", flat=True))

    assert states == {"admitted": 10, "shadow": 1, "probation": 1}
    last_days = Admission.objects.filter(state="admitted").values_list("valid_until", flat=True)
    assert 0 < (min(day for day in last_days if day) - NOW.date()).days <= 30
    drawn = Review.objects.filter(kind="shadow")
    assert drawn.count() > 1
    answered = drawn.filter(state="done")
    assert answered.exists()
    assert KnownItem.objects.exclude(approved_by=None).exists()


def test_slips_of_the_last_weeks_stand_in_every_state_and_add_up(seeded):
    slips = Slip.objects.all()
    errors = slips.filter(kind="error").exclude(state="revoked")
    latest = Bulletin.objects.order_by("-month").first()

    assert set(slips.values_list("state", flat=True)) == set(slip_rules.STATES)
    assert not slips.filter(issued_at__gt=NOW).exists()
    assert slips.filter(rung=3).exists()
    assert latest.facts["errors"] == errors.filter(issued_on__gte=latest.month).count()
    assert SlipPoint.objects.filter(points__lt=0).count() == 1
    assert set(errors.values_list("id", flat=True)) <= set(
        SlipPoint.objects.values_list("slip_id", flat=True)
    )


def test_what_is_like_an_entry_of_a_list_waits_for_a_lead(seeded):
    (waiting,) = Request.objects.filter(state=rules.QUEUED, screenings__state="possible")
    assert waiting.payer_account == Account.objects.filter(kind="customer").order_by("id")[0].number

    assert not Request.objects.filter(
        state=rules.QUEUED, business_date__lt=seeded.today.on
    ).exists()
    rows = Screening.objects.order_by("id")
    assert {row.state for row in rows} == {"clear", "possible"}
    leads = Staff.objects.filter(roles__role="auth_lead")
    for made in Decision.objects.filter(request__screenings__state="possible"):
        assert made.decider in leads


def test_slips_of_an_outage_are_keyed_and_one_is_entered(seeded):
    states = Counter(OfflineSlip.objects.values_list("state", flat=True))
    assert states == {"unused": 18, "keyed": 1, "entered": 1}
    (entered,) = OfflineSlip.objects.filter(state="entered")
    assert entered.request.state == rules.POSTED
    assert entered.checked_by not in (entered.keyed_by, entered.authorizer)
    assert entered.book.issued_at < entered.signed_at < entered.keyed_at
    assert Match.objects.get(document_id=entered.request.document_id).result == "matched"


def test_the_aml_desk_has_work_at_every_stage(seeded):
    rows = LargeValue.objects.all()

    assert {"filled", "passed", "reported"} <= {row.state for row in rows}
    assert all(row.amount_fen == sum(move["fen"] for move in row.evidence) for row in rows)
    assert {row.business_date for row in rows} == {seeded.days[0].on}
    assert {row.state for row in ScreeningHit.objects.all()} >= {"dismissed", "examined"}
    assert SuspiciousCase.objects.filter(state="supported").count() == 1


def test_customers_are_rated_and_what_is_frozen_is_held(seeded):
    ratings = Counter(CustomerRating.objects.values_list("state", flat=True))
    assert ratings["active"] >= 3
    assert (ratings["proposed"], ratings["declined"]) == (1, 1)
    assert not CustomerRating.objects.filter(decided_person=F("proposed_person")).exists()
    placed, waiting = FreezeRequest.objects.order_by("id")
    assert (placed.state, waiting.state) == ("placed", "proposed")
    held = Account.objects.get(number=placed.account).held_fen
    assert 0 < held == placed.hold.amount_fen <= placed.amount_fen
