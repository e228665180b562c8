"""From an amount on a match by hand takes two auditors: on the desk, in the database."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from foundation.people import services as people_services
from foundation.worklist.rules import LeaseLost
from monitoring import rules
from monitoring.models import Forcing, Match
from monitoring.rules import forcing
from monitoring.services import auditing
from ops_platform import conserving
from tests.factories import looks as factory
from tests.factories import monitoring, people
from tests.factories.people import NOON

WHY = "印章压字，金额相符"


@pytest.fixture
def limit(bank, auditor):
    factory.set_number(forcing.LIMIT, "10000000")


def force(auditor, match):
    opened = auditing.open_next(auditor=auditor, at=NOON)
    assert opened.match == match
    return auditing.decide(
        match_id=match.pk, finding=rules.MATCHED_FORCED, reason=WHY, tries=match.tries,
        fence=opened.item.fence, auditor=auditor, at=NOON,
    )  # fmt: skip


def second(colleague, *, accepted=True, tries=None):
    opened = auditing.open_next(auditor=colleague, at=NOON)
    return auditing.decide_forcing(
        forcing_id=opened.forcing.pk, accepted=accepted,
        tries=opened.match.tries if tries is None else tries,
        fence=opened.item.fence, auditor=colleague, at=NOON,
    )  # fmt: skip


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


@pytest.mark.usefixtures("limit")
class TestTwo:
    def test_below_the_limit_one_is_enough(self, place, teller, auditor):
        match = monitoring.difference(place, teller, fen=99_999_99)

        assert force(auditor, match).state == rules.FORCED

    def test_from_the_limit_on_it_waits_for_a_colleague(self, difference, auditor, colleague):
        assert force(auditor, difference).state == rules.OPEN
        assert auditing.open_next(auditor=auditor, at=NOON) is None, "not for its author"

        match = second(colleague)

        match.refresh_from_db()
        assert (match.state, match.result, match.reason) == ("forced", "matched_forced", WHY)
        assert match.decided_by == auditor
        assert Forcing.objects.get().decided_by == colleague
        assert not conserving.wrong()
        assert not conserving.uncounted()

    def test_declined_the_difference_waits_again(self, difference, auditor, colleague):
        force(auditor, difference)

        second(colleague, accepted=False)

        difference.refresh_from_db()
        assert difference.state == rules.OPEN
        assert auditing.open_next(auditor=auditor, at=NOON).match == difference
        assert not conserving.wrong()
        assert not conserving.uncounted()

    def test_the_same_human_under_another_number_is_not_a_second(self, bank, difference, auditor):
        again = factory.same_human(bank, auditor)
        force(auditor, difference)
        row = Forcing.objects.get()

        assert auditing.open_next(auditor=again, at=NOON) is None
        with pytest.raises(forcing.OwnForcing):
            auditing.decide_forcing(
                forcing_id=row.pk, accepted=True, tries=difference.tries, fence=1, auditor=again,
                at=NOON,
            )  # fmt: skip

    def test_what_is_not_held_or_stale_or_decided_is_refused(self, difference, auditor, colleague):
        force(auditor, difference)
        row = Forcing.objects.get()
        given = {"forcing_id": row.pk, "accepted": True, "auditor": colleague, "at": NOON}

        with pytest.raises(LeaseLost):
            auditing.decide_forcing(tries=difference.tries, fence=1, **given)
        with pytest.raises(rules.ShownIsStale):
            second(colleague, tries=99)
        second(colleague)
        with pytest.raises(forcing.ForcingGone):
            auditing.decide_forcing(tries=difference.tries, fence=1, **given)
        with pytest.raises(forcing.NoSuchForcing):
            auditing.decide_forcing(tries=0, fence=1, **given | {"forcing_id": 0})

    def test_put_back_it_waits_for_another(self, difference, auditor, colleague):
        force(auditor, difference)
        opened = auditing.open_next(auditor=colleague, at=NOON)

        auditing.hand_back(
            match_id=difference.pk, fence=opened.item.fence, auditor=colleague, at=NOON
        )

        assert auditing.open_next(auditor=colleague, at=NOON).forcing == opened.forcing


@pytest.mark.usefixtures("limit")
class TestDatabase:
    def test_one_alone_cannot_force_it(self, difference, auditor):
        row = {"state": "forced", "result": "matched_forced", "reason": WHY,
               "decided_by": auditor, "decided_person": auditor.person,
               "decided_label": auditor.label, "decided_at": NOON}  # fmt: skip

        assert code_of(lambda: Match.objects.filter(pk=difference.pk).update(**row)) == "OP076"

    def test_author_and_second_are_two_humans(self, difference, auditor):
        force(auditor, difference)
        row = {"state": "accepted", "decided_by": auditor, "decided_person": auditor.person,
               "decided_at": NOON}  # fmt: skip

        assert code_of(lambda: Forcing.objects.update(**row)) == "23514"

    def test_who_keyed_has_no_part_and_a_person_is_who_they_are(
        self, difference, auditor, colleague, teller
    ):
        force(auditor, difference)
        for who, person in ((teller, teller.person), (colleague, teller.person)):
            row = {"state": "accepted", "decided_by": who, "decided_person": person,
                   "decided_at": NOON}  # fmt: skip
            assert code_of(lambda given=row: Forcing.objects.update(**given)) == "OP075"

    def test_a_proposal_is_decided_once_and_stays(self, difference, auditor, colleague):
        force(auditor, difference)
        assert code_of(lambda: Forcing.objects.update(reason="别的")) == "OP075"
        second(colleague)

        assert code_of(lambda: Forcing.objects.update(state="declined")) == "OP075"
        assert code_of(lambda: Forcing.objects.all().delete()) == "OP075"


@pytest.mark.usefixtures("limit")
class TestDesk:
    def test_a_key_each_accepts_and_declines(self, client, difference, auditor, colleague):
        force(auditor, difference)
        client.force_login(colleague)
        page = client.get(reverse("monitoring:audit"))
        text, opened = page.content.decode(), page.context["opened"]

        assert WHY in text
        assert 'data-key="F2"' in text
        assert 'data-key="F3"' in text
        answer = client.post(
            reverse("monitoring:decide_force", args=[opened.forcing.pk]),
            {"accepted": "yes", "tries": opened.match.tries, "fence": opened.item.fence},
        )
        assert answer.status_code == 200
        difference.refresh_from_db()
        assert difference.state == rules.FORCED

    def test_refused_it_stays_on_the_desk(self, client, difference, auditor, colleague):
        force(auditor, difference)
        client.force_login(colleague)
        address = reverse("monitoring:decide_force", args=[Forcing.objects.get().pk])

        assert client.post(address, {"accepted": "perhaps"}).status_code == 422
        stale = {"accepted": "yes", "tries": 99, "fence": 0}
        assert client.post(address, stale).status_code == 409

    def test_the_first_is_told_that_it_waits(self, client, difference, auditor):
        client.force_login(auditor)
        page = client.get(reverse("monitoring:audit"))

        answer = client.post(
            reverse("monitoring:decide", args=[difference.pk]),
            {"finding": rules.MATCHED_FORCED, "reason": WHY, "tries": difference.tries,
             "fence": page.context["opened"].item.fence},
        )  # fmt: skip

        assert "已转第二人处理" in answer.content.decode()


def test_two_who_decide_at_once_are_one(committed_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(
            people.staff(bank.branch, "ops_manager"), people.staff(bank.branch, "risk_manager")
        )
        first, other = (people.staff(bank.centre, "auditor") for _ in range(2))
        factory.set_number(forcing.LIMIT, "10000000")
        teller = people.staff(bank.outlet, "teller")
        match = monitoring.difference(monitoring.counter(bank.outlet), teller)
        force(first, match)
        opened = auditing.open_next(auditor=other, at=NOON)
    together, ends = threading.Barrier(2), []

    def decide(accepted):
        with people_services.acting(staff=other):
            together.wait()
            try:
                auditing.decide_forcing(
                    forcing_id=opened.forcing.pk, accepted=accepted, tries=match.tries,
                    fence=opened.item.fence, auditor=other, at=NOON,
                )  # fmt: skip
            except forcing.ForcingGone:
                pass
            else:
                ends.append(accepted)
        connection.close()

    threads = [threading.Thread(target=decide, args=[one]) for one in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with people_services.acting_as_system(reason="test"):
        assert len(ends) == 1
        assert (Match.objects.get(pk=match.pk).state == rules.FORCED) == ends[0]
