"""Paper becomes items: once, by three people, in a declared time, seen again, numbers counted."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from authorization.models import Decision, OfflineBook, OfflinePeriod, OfflineSlip, Request, Review
from authorization.rules import fallback as local_rules
from authorization.rules import offline as rules
from authorization.selectors import fallback as switches
from authorization.selectors import offline as selected
from authorization.services import fallback
from authorization.services import offline as services
from dashboards import selectors as dashboards
from foundation.kernel.errors import Refused
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import services as ledger
from foundation.ledger.models import Entry
from foundation.people.models import Staff
from foundation.people.services import acting
from foundation.trail.models import Event
from ops_platform import conserving, day_checks
from tests.browser import BACKEND
from tests.factories import aml, people
from tests.factories import authorization as factory
from tests.factories import offline as papers
from tests.factories import rules as rule_factory
from tests.factories.people import DAY

HOUR = timedelta(hours=1)


@pytest.fixture
def paper(bank, counter):
    return papers.paper(bank, counter)


def code_of(act, *args, **given):
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **given)
    return refused.value.code


def breaks(statement, *given):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return error.value.__cause__.pgcode


def enter(paper, place=0, by=None):
    return services.enter(number=paper.number(place), by=by or paper.checker, at=timezone.now())


class TestBooks:
    def test_numbers_follow_those_of_the_books_before(self, paper):
        more = services.issue(count=3, by=paper.supervisor, at=timezone.now())

        numbers = [slip.number for slip in more.slips.order_by("number")]
        assert (more.first, more.count) == (6, 3)
        assert numbers == [rules.number_of(outlet="110801", serial=one) for one in (6, 7, 8)]
        told = Event.objects.get(subject=more.subject)
        assert (told.action, told.detail["from"]) == ("authorization.issue_slips", numbers[0])

    def test_a_book_is_of_an_outlet(self, bank, paper):
        assert code_of(services.issue, count=1, by=paper.crew.manager, at=timezone.now()) == "E2106"

    def test_gaps_are_counted_until_they_are_explained(self, paper):
        paper.key(2)
        ((book, *_), _more) = selected.books()
        assert (book.gaps, book.counts["keyed"], book.counts["unused"]) == (2, 1, 4)

        for place, step in ((0, "spoil"), (1, "miss")):
            services.explain(
                number=paper.number(place), step=step, words="写错", by=paper.supervisor,
                at=timezone.now(),
            )  # fmt: skip

        ((book, *_), _more) = selected.books()
        assert (book.gaps, book.counts["spoiled"], book.counts["missing"]) == (0, 1, 1)
        assert code_of(paper.key, 0) == "E2101"
        found = services.explain(
            number=paper.number(1), step="find", words="找到", by=paper.supervisor,
            at=timezone.now(),
        )  # fmt: skip
        assert found.state == "unused"

    def test_an_explanation_has_words_and_a_used_number_none(self, paper):
        given = {"number": paper.number(), "by": paper.supervisor, "at": timezone.now()}
        assert code_of(services.explain, step="spoil", words=" ", **given) == "E2109"
        paper.key()
        with pytest.raises(StepNotAllowed):
            services.explain(step="spoil", words="x", **given)


def test_an_item_that_was_entered_of_a_slip_tells_when_it_was_decided(paper):
    paper.key()

    item = enter(paper)

    assert selected.signed_at(subject=item.subject) == paper.signed_at
    assert selected.signed_at(subject="authorization.request:01200001010000001") is None


class TestTimes:
    def test_two_people_declare_what_is_over(self, bank, paper):
        now = timezone.now()
        given = {"institution": bank.outlet, "reason": "停电", "by": paper.crew.manager, "at": now}
        assert code_of(services.declare, began_at=now, ended_at=now + HOUR, **given) == "E2108"
        row = services.declare(began_at=now - HOUR, ended_at=now, **given)
        again = {"period_id": row.pk, "approve": True, "at": now}
        assert code_of(services.decide_period, by=paper.crew.manager, **again) == "E2112"

        done = services.decide_period(by=paper.crew.risk, **again)

        assert done.epoch > paper.period.epoch
        assert done.until is not None
        assert done.until - now == 72 * HOUR
        with pytest.raises(StepNotAllowed):
            services.decide_period(by=paper.crew.risk, **again)
        assert code_of(
            services.decide_period, by=paper.crew.risk, **(again | {"period_id": 0})
        ) == ("E2107")

    def test_nobody_declares_for_others(self, bank, paper):
        with acting(staff=people.staff(bank.sub_branch, "ops_manager")):
            given = {"began_at": timezone.now() - HOUR, "ended_at": timezone.now(), "reason": "x"}
            assert code_of(
                services.declare, institution=bank.elsewhere, by=paper.crew.manager,
                at=timezone.now(), **given,
            ) == "E2107"  # fmt: skip

    @pytest.mark.parametrize("away", [-2 * HOUR, 2 * HOUR])
    def test_a_moment_outside_is_refused(self, paper, away):
        assert code_of(paper.key, signed_at=paper.signed_at + away) == "E2102"

    def test_so_is_a_slip_that_comes_too_late(self, paper):
        assert code_of(paper.key, at=timezone.now() + 73 * HOUR) == "E2102"

    def test_an_outlet_sees_the_time_of_its_branch(self, bank, paper):
        with acting(staff=paper.keyer):
            assert paper.period in selected.periods(institution_id=bank.outlet.pk)


class TestKeyed:
    def test_the_whole_way(self, bank, paper, authorizer):
        with acting(staff=paper.keyer):
            slip = paper.key()
        assert (slip.state, slip.authorizer, slip.amount_fen) == ("keyed", paper.decider, 6_000_000)
        assert not Request.objects.exists()
        assert day_checks.slips(bank.outlet.pk, DAY).count == 1

        with acting(staff=paper.checker):
            item = enter(paper)

        item.refresh_from_db()
        assert (item.state, item.teller, item.why) == ("posted", paper.keyer, ["amount"])
        assert item.key == rules.key_of(slip.number)
        (made,) = Decision.objects.all()
        assert (made.decider, made.offline, made.step) == (paper.decider, slip, "approve")
        assert (made.epoch, made.view_ms) == (paper.period.epoch, 0)
        (review,) = Review.objects.all()
        assert review.decision == made
        assert switches.unseen(institution_id=bank.outlet.pk, before=DAY + timedelta(days=1)) == 1
        assert Entry.objects.filter(pk=item.entry_id).count() == 1
        assert day_checks.slips(bank.outlet.pk, DAY).count == 0
        told = [one.action for one in Event.objects.filter(subject=item.subject).order_by("id")]
        assert told[:2] == ["authorization.submit", "authorization.paper"]

    def test_it_stands_apart_on_the_board(self, paper):
        with acting(staff=paper.keyer):
            paper.key()
        with acting(staff=paper.checker):
            item = enter(paper)
        made = Decision.objects.get()

        board = dashboards.board(on=made.business_date, at=timezone.now())

        assert (board.tiles.decided.count, board.tiles.average_seconds) == (0, None)
        assert (board.tiles.p95_seconds, board.tiles.within.count) == (None, 0)
        assert (list(board.staff), list(board.quarters), list(board.heat)) == ([], [], [])
        assert board.tiles.on_paper.count == 1
        page = dashboards.listed(figure="on_paper", cut=board.cut)
        assert [row.number for row in page.rows] == [item.number]
        assert dashboards.listed(figure="decided", cut=board.cut).total == 0

    def test_it_is_entered_once(self, paper):
        paper.key()
        enter(paper)

        with pytest.raises(StepNotAllowed):
            enter(paper)
        assert Request.objects.filter(entry__isnull=False).count() == 1

    def test_what_the_rule_would_let_pass_is_decided_on_paper_too(self, paper):
        paper.key(order=factory.transfer(paper.counter))

        item = enter(paper)

        assert (item.state, item.why, Decision.objects.count()) == ("posted", [], 1)

    def test_three_people_have_the_three_parts(self, paper):
        assert code_of(paper.key, by=paper.decider) == "E2104"
        paper.key()
        for by in (paper.keyer, paper.decider):
            assert code_of(enter, paper, by=by) == "E2104"
        again = people.staff(paper.counter.outlet, "teller")
        Staff.objects.filter(pk=again.pk).update(person=paper.keyer.person)
        again.refresh_from_db()
        assert code_of(enter, paper, by=again) == "E2104"

    def test_who_was_not_registered_then_did_not_decide(self, bank, paper):
        stranger = people.staff(bank.outlet, "outlet_supervisor")
        assert code_of(paper.key, decider=stranger) == "E2103"
        much = factory.withdrawal(paper.counter, "100,000.01")
        assert code_of(paper.key, order=much) == "E2103"
        assert code_of(paper.key, signed_at=paper.signed_at - timedelta(seconds=1)) == "E2103"

    def test_who_was_registered_then_did_though_not_any_more(self, paper):
        row = paper.decider.__class__.objects.get(pk=paper.decider.pk)
        (local,) = switches.locals_of(state=local_rules.ACTIVE)[0]
        fallback.end_local(local_id=local.pk, by=paper.crew.manager, at=timezone.now())

        assert paper.key().authorizer == row

    def test_a_slip_needs_its_image_and_right_names(self, paper):
        given = {"by": paper.keyer, "at": timezone.now()}
        read = rules.Paper(paper.decider.pk, paper.signed_at)
        order = factory.withdrawal(paper.counter)
        assert code_of(
            services.key, number=paper.number(), order=order, paper=read, **given
        ) == "E2009"  # fmt: skip
        wrong = factory.transfer(paper.counter, payee_name="别人")
        assert code_of(paper.key, order=wrong) == "E2012"
        unknown = {"number": "0" * 13, "order": order, "paper": read}
        assert code_of(services.key, **unknown, **given) == "E2100"

    def test_a_checker_gives_it_back(self, paper):
        paper.key()
        given = {"number": paper.number(), "remark": "金额看错", "at": timezone.now()}
        assert code_of(services.send_back, by=paper.keyer, **given) == "E2104"

        slip = services.send_back(by=paper.checker, **given)

        assert (slip.state, slip.remark, slip.amount_fen, slip.order) == (
            "unused", "金额看错", None, {},
        )  # fmt: skip
        assert paper.key().state == "keyed"

    def test_what_the_ledger_does_not_take_stays_keyed(self, paper):
        paper.key()
        ledger.change_state(
            number=paper.counter.payer.number, step="stop", reason="挂失", on=DAY,
            at=people.NOON, by=factory.BY,
        )  # fmt: skip

        with pytest.raises(Refused):
            enter(paper)

        assert OfflineSlip.objects.get(number=paper.number()).state == "keyed"
        assert not Request.objects.exists()

    def test_a_possible_hit_goes_the_ordinary_way_without_a_word(self, bank, paper):
        desk = aml.desk(bank)
        aml.in_force(desk, content=f"entry,name\nZ1,{paper.counter.payer.name}\n")
        paper.key()

        with pytest.raises(Refused) as refused:
            enter(paper)

        assert refused.value.code == "E2105"
        assert "list" not in str(refused.value)

    def test_so_does_what_is_about_an_account_of_who_decided(self, paper):
        paper.counter.payer.holder_person = paper.decider.person
        paper.counter.payer.save(update_fields=["holder_person"])
        paper.key()

        assert code_of(enter, paper) == "E2105"
        assert not Request.objects.exists()


class TestTheDatabase:
    def test_books_and_slips_stay(self, paper, bank):
        book = paper.book
        assert breaks("DELETE FROM authorization_offlinebook WHERE id = %s", book.pk) == "OP069"
        for first in (1, 5):
            with pytest.raises(DatabaseError), transaction.atomic():
                OfflineBook.objects.create(
                    institution=bank.outlet, first=first, count=3, issued_by=paper.supervisor,
                    issued_at=timezone.now(),
                )  # fmt: skip
        number = paper.number()
        move = "UPDATE authorization_offlineslip SET state = 'entered' WHERE number = %s"
        assert breaks(move, number) == "OP069"
        assert breaks("DELETE FROM authorization_offlineslip WHERE number = %s", number) == "OP069"
        with pytest.raises(DatabaseError), transaction.atomic():
            OfflineSlip.objects.create(institution=bank.outlet, book=book, number=number)
        with pytest.raises(DatabaseError), transaction.atomic():
            OfflineSlip.objects.filter(number=number).update(state="missing")

    def test_a_time_goes_forward(self, paper):
        change = "UPDATE authorization_offlineperiod SET reason = 'x' WHERE id = %s"
        assert breaks(change, paper.period.pk) == "OP070"
        remove = "DELETE FROM authorization_offlineperiod WHERE id = %s"
        assert breaks(remove, paper.period.pk) == "OP070"
        with pytest.raises(DatabaseError), transaction.atomic():
            OfflinePeriod.objects.create(
                institution=paper.counter.outlet, began_at=timezone.now(),
                ended_at=timezone.now() - HOUR, reason="x", proposed_by=paper.crew.manager,
                proposed_at=timezone.now(),
            )  # fmt: skip

    def test_two_humans_declare(self, paper, bank):
        again = people.staff(bank.branch)
        Staff.objects.filter(pk=again.pk).update(person=paper.crew.manager.person)
        now = timezone.now()
        row = services.declare(
            institution=bank.outlet, began_at=now - HOUR, ended_at=now, reason="x",
            by=paper.crew.manager, at=now,
        )  # fmt: skip
        approve = (
            "UPDATE authorization_offlineperiod SET state = 'active', decided_by_id = %s,"
            " decided_at = now(), epoch = 9999, until = now() + interval '1 hour' WHERE id = %s"
        )
        assert breaks(approve, again.pk, row.pk) == "OP070"

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"signed_at": -2 * HOUR}, "OP070"),
            ({"amount_fen": 10_000_001}, "OP070"),
            ({"authorizer": "keyer"}, "OP069"),
            ({"authorizer_person": "checker"}, "OP069"),
        ],
    )
    def test_a_slip_is_keyed_within_its_time_by_two_humans(self, paper, changed, code):
        row = {
            "state": "keyed", "period": paper.period, "trade_code": "1002",
            "amount_fen": 6_000_000, "signed_at": paper.signed_at, "authorizer": paper.decider,
            "authorizer_person": paper.decider.person, "keyed_by": paper.keyer,
            "keyed_person": paper.keyer.person, "keyed_at": timezone.now(),
        }  # fmt: skip
        for name, value in changed.items():
            if name == "signed_at":
                row[name] = paper.signed_at + value
            elif name == "authorizer":
                row |= {name: paper.keyer, "authorizer_person": paper.keyer.person}
            elif name == "authorizer_person":
                row[name] = paper.checker.person
            else:
                row[name] = value

        with pytest.raises(DatabaseError) as error, transaction.atomic():
            OfflineSlip.objects.filter(number=paper.number()).update(**row)

        assert error.value.__cause__.pgcode == code

    def test_a_decision_on_paper_has_its_slip(self, paper, teller):
        paper.key()
        item = factory.sent(teller, factory.withdrawal(paper.counter))
        Request.objects.filter(pk=item.pk).update(state="new")
        slip = OfflineSlip.objects.get(number=paper.number())

        with pytest.raises(DatabaseError) as error, transaction.atomic():
            Decision.objects.create(
                institution=item.institution, request=item, seq=1, level=1, step="approve",
                decider=paper.decider, decider_label="x", decider_person=paper.decider.person,
                content_hash=item.content_hash, business_date=DAY, at=timezone.now(), queue_ms=0,
                view_ms=0, offline=slip, epoch=paper.period.epoch,
            )  # fmt: skip

        assert error.value.__cause__.pgcode == "OP071"

    def test_what_was_decided_on_paper_is_seen_again(self, paper, monkeypatch):
        paper.key()
        monkeypatch.setattr(services, "see_again", lambda **_given: None)

        with pytest.raises(DatabaseError, match="seen again"), transaction.atomic():
            enter(paper)


class TestPages:
    def test_a_supervisor_issues_prints_and_explains(self, client, paper):
        client.force_login(paper.supervisor, backend=BACKEND)
        made = client.post(reverse("authorization:issue_slips"), {"count": "2"}, follow=True)
        assert paper.number(0) not in made.content.decode()
        printed = client.get(reverse("authorization:slip_file", args=[paper.book.pk]))

        assert printed.content.startswith(b"%PDF-")
        assert [number for number, _code in printed.context["sheets"]] == [
            paper.number(place) for place in range(5)
        ]

        page = client.post(
            reverse("authorization:explain_slip", args=[paper.number(0)]),
            {"step": "spoil", "words": "写坏"}, follow=True,
        )  # fmt: skip
        assert "写坏" in page.content.decode()

    def test_a_teller_keys_and_another_enters(self, client, paper):
        client.force_login(paper.keyer, backend=BACKEND)
        number = paper.number(1)
        address = reverse("authorization:key_paper", args=[number, "1002"])
        asked = client.post(reverse("authorization:key_slip"), {"number": number, "trade": "1002"})
        assert asked.headers["Location"] == address
        papers.imaged(number, paper.keyer)
        local = timezone.localtime(paper.signed_at) + timedelta(minutes=1)
        typed = {
            "key": str(rules.key_of(number)), "payer_account": paper.counter.payer.number,
            "voucher_no": "0744719023", "amount": "60,000.00",
            "authorizer": str(paper.decider.pk), "signed_at": f"{local:%Y-%m-%dT%H:%M}",
        }  # fmt: skip
        wrong = client.post(address, typed | {"signed_at": "2020-01-01T00:00"})
        assert wrong.status_code == 422
        assert OfflineSlip.objects.get(number=number).state == "unused"
        paper.key(1)

        own = client.post(reverse("authorization:enter_slip", args=[number]))
        assert own.status_code == 409
        client.force_login(paper.checker, backend=BACKEND)
        returned = reverse("authorization:return_slip", args=[number])
        assert client.post(returned, {"remark": ""}).status_code == 422
        shown = client.get(reverse("authorization:slip_of", args=[number])).content.decode()
        assert reverse("authorization:enter_slip", args=[number]) in shown
        done = client.post(reverse("authorization:enter_slip", args=[number]), follow=True)

        assert done.status_code == 200
        assert OfflineSlip.objects.get(number=number).state == "entered"

    def test_the_register_marks_what_was_left_out(self, client, paper):
        paper.key(2)
        client.force_login(paper.supervisor, backend=BACKEND)

        page = client.get(reverse("authorization:slip_book", args=[paper.book.pk]))

        assert page.content.decode().count("op-row--warn") == 2

    def test_a_time_is_declared_and_approved(self, client, bank, paper):
        client.force_login(paper.crew.manager, backend=BACKEND)
        client.post(
            reverse("authorization:declare_offline"),
            {"institution": bank.outlet.number, "began_at": "2026-11-20T09:00",
             "ended_at": "2026-11-20T10:00", "reason": "停电"},
        )  # fmt: skip
        row = OfflinePeriod.objects.latest("id")
        client.force_login(paper.crew.risk, backend=BACKEND)
        assert "停电" in client.get(reverse("authorization:offline")).content.decode()

        client.post(reverse("authorization:decide_offline", args=[row.pk]), {"step": "approve"})

        row.refresh_from_db()
        assert row.state == "active"


class TestOnSite:
    """On paper one person of the outlet decides: that is enough where the outlet decides alone."""

    @pytest.mark.parametrize(("outlet", "centre"), [(1, 1), (2, 0)])
    def test_what_needs_more_is_not_entered(self, paper, outlet, centre):
        said = rule_factory.plain(amount_from_fen=1, outlet_levels=outlet, centre_levels=centre)
        rule_factory.in_force(said, valid_from=DAY)
        paper.key()

        assert code_of(enter, paper) == "E2105"

    def test_what_is_one_persons_of_the_outlet_is_entered_and_posted(self, paper):
        said = rule_factory.plain(amount_from_fen=1, outlet_levels=1, centre_levels=0)
        rule_factory.in_force(said, valid_from=DAY)
        paper.key()

        item = enter(paper)

        assert (item.state, item.levels_needed, item.outlet_needed) == ("posted", 0, 1)
        assert conserving.uncounted() == []
        assert conserving.wrong() == []
        assert Decision.objects.get().offline is not None
