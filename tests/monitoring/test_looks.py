"""Key businesses, samples and audits seen again: opened, looked at, judged, counted."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from foundation.worklist.rules import LeaseLost
from monitoring import rules
from monitoring.models import Look
from monitoring.rules import looks
from monitoring.selectors import looks as selected
from monitoring.services import auditing
from monitoring.services import looks as services
from ops_platform import conserving
from tests.factories import looks as factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="沈静")


@pytest.fixture
def key(bank, auditor):
    factory.set_number(looks.CASH_FROM, "100000")


@pytest.fixture
def again(bank, auditor):
    factory.set_number(looks.AGAIN_SHARE, "10000")


def audited(auditor, match, finding="amount_diff"):
    opened = auditing.open_next(auditor=auditor, at=NOON)
    auditing.decide(
        match_id=match.pk, finding=finding, reason="核对原件一致", tries=match.tries,
        fence=opened.item.fence, auditor=auditor, at=NOON,
    )  # fmt: skip
    return Look.objects.get()


def look(auditor, answer):
    opened = auditing.open_next(auditor=auditor, at=NOON)
    return services.look(
        look_id=opened.look.pk, answer=answer, fence=opened.item.fence, auditor=auditor, at=NOON
    )


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


class TestOpened:
    @pytest.mark.usefixtures("key")
    def test_a_key_business_is_looked_at_although_it_matched(self, place, teller, auditor):
        match = factory.passed(place, teller)

        row = Look.objects.get()
        assert (row.match, row.kind, row.why) == (match, looks.KEY, looks.LARGE_CASH)
        assert look(auditor, looks.AGREES).state == looks.BORNE_OUT
        assert not conserving.wrong()
        assert not conserving.uncounted()

    def test_a_sample_is_drawn_by_its_risk(self, bank, place, teller, auditor):
        factory.set_number(looks.LARGE_FROM, "100000")
        factory.set_number(looks.SHARES[looks.LARGE], "10000")

        factory.passed(place, teller)
        factory.passed(place, teller, fen=999_99)

        assert [(row.kind, row.why) for row in Look.objects.all()] == [(looks.SAMPLE, looks.LARGE)]

    def test_differences_come_before_second_looks(self, bank, place, teller, auditor):
        factory.set_number(looks.CASH_FROM, "100000")
        factory.passed(place, teller)
        difference = monitoring.difference(place, teller)

        assert auditing.open_next(auditor=auditor, at=NOON).match == difference

    def test_what_is_held_stays_on_the_desk(self, bank, place, teller, auditor):
        factory.set_number(looks.CASH_FROM, "100000")
        factory.passed(place, teller)
        held = auditing.open_next(auditor=auditor, at=NOON)
        monitoring.difference(place, teller)

        assert auditing.open_next(auditor=auditor, at=NOON).look == held.look

    def test_nothing_is_opened_where_nothing_is_set(self, bank, place, teller, auditor):
        factory.passed(place, teller)

        assert not Look.objects.exists()


@pytest.mark.usefixtures("key")
class TestLooking:
    def test_an_error_is_kept_with_what_it_is(self, place, teller, auditor):
        factory.passed(place, teller)

        row = look(auditor, "amount_diff")

        assert (row.state, row.found, row.looked_by) == (looks.ERRED, "amount_diff", auditor)

    def test_what_is_unknown_not_held_or_ended_is_refused(self, place, teller, auditor, colleague):
        factory.passed(place, teller)
        row = Look.objects.get()
        given = {"look_id": row.pk, "auditor": auditor, "at": NOON}

        with pytest.raises(LeaseLost):
            services.look(answer=looks.AGREES, fence=1, **given)
        with pytest.raises(looks.UnknownAnswer):
            services.look(answer="matched", fence=1, **given)
        look(colleague, looks.AGREES)
        with pytest.raises(looks.LookGone):
            services.look(answer=looks.AGREES, fence=1, **given)
        with pytest.raises(looks.NoSuchLook):
            services.look(answer=looks.AGREES, fence=1, **given | {"look_id": 0})

    def test_who_keyed_it_does_not_look(self, bank, place, teller, auditor):
        factory.passed(place, teller)
        same = factory.same_human(bank, teller)
        row = Look.objects.get()

        assert auditing.open_next(auditor=same, at=NOON) is None
        with pytest.raises(looks.OwnLook):
            services.look(look_id=row.pk, answer=looks.AGREES, fence=1, auditor=same, at=NOON)

    def test_put_back_it_waits_again(self, place, teller, auditor):
        factory.passed(place, teller)
        opened = auditing.open_next(auditor=auditor, at=NOON)

        services.hand_back_look(
            look_id=opened.look.pk, fence=opened.item.fence, auditor=auditor, at=NOON
        )

        opened.item.refresh_from_db()
        assert opened.item.state == "waiting"

    def test_put_back_the_auditor_rests(self, client, place, teller, auditor):
        factory.passed(place, teller)
        client.force_login(auditor)
        opened = client.get(reverse("monitoring:audit")).context["opened"]

        answer = client.post(
            reverse("monitoring:hand_back_look", args=[opened.look.pk]),
            {"fence": opened.item.fence},
        )

        assert "您正在小休" in answer.content.decode()

    def test_the_desk_has_a_key_for_each_answer(self, client, place, teller, auditor):
        factory.passed(place, teller)
        client.force_login(auditor)
        page = client.get(reverse("monitoring:audit"))
        opened, text = page.context["opened"], page.content.decode()

        assert "重点监督" in text
        for key in ("F8", "1", "7"):
            assert f'data-key="{key}"' in text
        address = reverse("monitoring:decide_look", args=[opened.look.pk])
        assert client.post(address, {"answer": ""}).status_code == 422
        stale = {"answer": "agrees", "fence": 99}
        assert client.post(address, stale).status_code == 409
        given = {"answer": "amount_diff", "fence": opened.item.fence}
        assert client.post(address, given).status_code == 200
        assert Look.objects.get().state == looks.ERRED


@pytest.mark.usefixtures("again")
class TestAgain:
    def test_a_finding_is_seen_again_by_another(self, difference, auditor, colleague):
        row = audited(auditor, difference)

        assert (row.kind, row.first, row.first_by) == (looks.AGAIN, "amount_diff", auditor)
        assert auditing.open_next(auditor=auditor, at=NOON) is None
        assert look(colleague, "amount_diff").state == looks.BORNE_OUT

    def test_the_second_does_not_see_what_the_first_found(
        self, client, difference, auditor, colleague
    ):
        audited(auditor, difference, rules.MATCHED_FORCED)
        client.force_login(colleague)

        text = client.get(reverse("monitoring:audit")).content.decode()

        assert auditor.name not in text
        assert "核对原件一致" not in text
        assert "强制通过</span>" not in text

    def test_where_they_differ_the_lead_judges(self, difference, auditor, colleague, lead):
        audited(auditor, difference)
        row = look(colleague, looks.AGREES)
        assert row.state == looks.DIFFERS

        for own in (auditor, colleague):
            with pytest.raises(looks.OwnLook):
                services.judge(look_id=row.pk, upheld=True, by=own, at=NOON)
        assert services.judge(look_id=row.pk, upheld=True, by=lead, at=NOON).state == looks.UPHELD
        with pytest.raises(looks.LookGone):
            services.judge(look_id=row.pk, upheld=False, by=lead, at=NOON)

        (one,) = selected.auditors(first=DAY, last=DAY)
        assert (one.label, one.seen, one.missed) == (auditor.label, 1, 1)
        assert one.bounds.upper == 1.0

    def test_the_lead_judges_on_the_page(self, client, difference, auditor, colleague, lead):
        audited(auditor, difference)
        row = look(colleague, looks.AGREES)
        client.force_login(lead)
        address = reverse("monitoring:look", args=[row.pk])

        assert 'data-key="F8"' in client.get(address).content.decode()
        client.post(reverse("monitoring:judge_look", args=[row.pk]), {"upheld": "no"})

        row.refresh_from_db()
        assert row.state == looks.DISMISSED
        assert 'name="upheld"' not in client.get(address).content.decode()

    def test_a_wrong_finding_leads_to_a_quality_slip(
        self, client, difference, auditor, colleague, lead
    ):
        audited(auditor, difference)
        row = look(colleague, looks.AGREES)
        services.judge(look_id=row.pk, upheld=True, by=lead, at=NOON)
        client.force_login(lead)

        page = client.get(reverse("monitoring:look", args=[row.pk])).content.decode()
        (address,) = re.findall(r'href="([^"]+kind=qc[^"]*)"', page)
        shown = client.get(address.replace("&amp;", "&")).context["form"].initial

        assert (shown["kind"], shown["teller"]) == ("qc", auditor.number)
        assert shown["place"] == auditor.institution.number

    def test_figures_open_their_looks(self, client, difference, auditor, colleague, lead):
        audited(auditor, difference)
        look(colleague, looks.AGREES)
        client.force_login(lead)
        span = {"first": DAY, "last": DAY}

        page = client.get(reverse("monitoring:auditors"), span)
        listed = client.get(
            reverse("monitoring:look_list"),
            span | {"kind": "again", "state": "differs", "of": auditor.pk},
        )

        assert "待主管裁定的分歧" in page.content.decode()
        assert listed.context["total"] == 1
        saved = client.get(reverse("monitoring:auditors"), span | {"export": "xlsx"})
        assert saved["Content-Type"].endswith("sheet")


@pytest.mark.usefixtures("again")
class TestDatabase:
    def test_who_had_a_part_does_not_look_again(self, difference, auditor, colleague):
        audited(auditor, difference)
        for who, person in ((auditor, auditor.person), (colleague, auditor.person)):
            row = {"state": "borne_out", "found": "amount_diff", "looked_by": who,
                   "looked_person": person, "looked_at": NOON}  # fmt: skip
            assert code_of(lambda given=row: Look.objects.update(**given)) == "OP074"

    def test_two_who_looked_do_not_judge(self, difference, auditor, colleague):
        audited(auditor, difference)
        look(colleague, looks.AGREES)
        for who in (auditor, colleague):
            row = {"state": "upheld", "judged_by": who, "judged_person": who.person,
                   "judged_at": NOON}  # fmt: skip
            assert code_of(lambda given=row: Look.objects.update(**given)) == "OP074"

    def test_what_was_found_stays(self, difference, auditor, colleague):
        audited(auditor, difference)
        assert code_of(lambda: Look.objects.update(first="account_diff")) == "OP073"
        look(colleague, looks.AGREES)

        assert code_of(lambda: Look.objects.update(found="amount_diff")) == "OP073"
        assert code_of(lambda: Look.objects.all().delete()) == "OP073"

    @pytest.mark.parametrize(
        ("wrong", "constraint"),
        [
            ({"kind": "x", "first": "", "first_by": None}, "monitoring_look_known"),
            ({"first": ""}, "monitoring_look_first"),
            ({"kind": "key"}, "monitoring_look_first"),
            ({"state": "erred"}, "monitoring_look_looked"),
        ],
    )
    def test_half_a_row_is_refused(self, difference, auditor, wrong, constraint):
        row = {"institution_id": difference.institution_id, "match": difference, "kind": "again",
               "first": "amount_diff", "first_by": auditor, "touched": [auditor.person],
               "opened_at": NOON}  # fmt: skip

        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            Look.objects.create(**row | wrong)
