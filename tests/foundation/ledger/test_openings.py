"""Business days opened by the schedule, and many reports signed at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from foundation.ledger import rules, selectors, services, tasks
from foundation.ledger.models import BusinessDay, DayOpening
from foundation.people import services as people
from foundation.worklist.models import Job
from tests.factories import ledger as factory
from tests.factories import people as people_factory
from tests.factories.ledger import DAY, NOON

BACKEND = "django.contrib.auth.backends.ModelBackend"
TODAY = DAY + timedelta(days=1)
# The office opens at nine in Shanghai, and the number says an hour before.
EIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch):
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})


@pytest.fixture
def two(bank):
    return factory.two(bank.branch, "ops_manager")


@pytest.fixture
def numbers(two):
    people_factory.numbers(by=two[0], approved_by=two[1])


def work():
    for job in Job.objects.filter(kind="foundation.ledger.tasks.open_one").order_by("id"):
        for _again in range(2):
            with people.acting_as_system(reason="test"):
                tasks.open_one(**job.args)()


def state(place, on=TODAY):
    return selectors.day_state(institution_id=place.pk, on=on)


class TestOpening:
    def test_it_is_due_so_long_before_the_office_opens(self, bank, numbers):
        assert services.ask_openings(at=EIGHT - timedelta(seconds=1)) == 0
        assert services.ask_openings(at=EIGHT) == 2

    def test_a_closed_day_is_followed_by_the_next(self, bank, numbers):
        factory.close_day(bank.outlet)
        factory.close_day(bank.other)

        services.ask_openings(at=EIGHT)
        work()

        assert (state(bank.outlet), state(bank.other)) == ("open", "open")
        assert set(DayOpening.objects.values_list("result", "tries")) == {("open", 1)}
        assert services.ask_openings(at=EIGHT) == 0

    def test_a_refusal_is_shown_until_it_is_opened(self, bank, numbers, two, client):
        factory.close_day(bank.outlet)
        client.force_login(two[0], backend=BACKEND)
        services.ask_openings(at=EIGHT)
        work()
        assert (state(bank.outlet), state(bank.other)) == ("open", "")
        assert "未能自动开启营业日" in client.get(reverse("ledger:days")).content.decode()
        refused = DayOpening.objects.get(institution=bank.other)
        assert (refused.result, refused.tries) == (rules.OtherDayOpen.code, 2)

        factory.close_day(bank.other)
        work()

        assert state(bank.other) == "open"
        assert "未能自动开启营业日" not in client.get(reverse("ledger:days")).content.decode()

    def test_nothing_is_opened_on_a_saturday(self, bank, numbers):
        assert services.ask_openings(at=EIGHT + timedelta(days=4)) == 0

    def test_without_the_number_people_open_days(self, bank):
        assert services.ask_openings(at=EIGHT) == 0

    def test_the_number_of_an_institution_goes_before_the_banks(self, bank, numbers):
        people_factory.number_of(bank.other, "ledger.opens_ahead_minutes", "120")

        assert services.ask_openings(at=EIGHT - timedelta(hours=1)) == 1

    @pytest.mark.parametrize("wrong", [{"result": ""}, {"tries": 0}])
    def test_the_database_keeps_what_came_of_it(self, bank, wrong):
        facts = {"tried_at": NOON, "tries": 1, "result": "open"} | wrong

        with pytest.raises(IntegrityError, match="ledger_opening_tried"), transaction.atomic():
            DayOpening.objects.create(institution=bank.outlet, business_date=TODAY, **facts)

    def test_a_date_is_tried_in_one_row(self, bank):
        facts = {"institution": bank.outlet, "business_date": TODAY, "tried_at": NOON}
        DayOpening.objects.create(**facts, tries=1, result="open")

        with pytest.raises(IntegrityError, match="ledger_opening_once"), transaction.atomic():
            DayOpening.objects.create(**facts, tries=1, result="open")


class TestSigning:
    @pytest.fixture
    def sealed(self, bank, two):
        """Seal the days of both outlets; answer the seals as the page sends them."""
        for place in (bank.outlet, bank.other):
            facts = {"institution_id": place.pk, "on": DAY, "at": NOON, "by": two[0]}
            services.begin_close(**facts)
            services.seal_day(**facts)
        rows = selectors.to_sign(person=two[0].person)
        return [f"{row.closing.day_id}:{row.closing.digest}" for row in rows]

    def sign(self, client, person, seals):
        client.force_login(person, backend=BACKEND)
        return client.post(reverse("ledger:sign_many"), {"seals": seals})

    def test_two_people_sign_many_and_close_them(self, bank, two, sealed, client):
        assert len(sealed) == 2
        self.sign(client, two[0], sealed)
        assert set(BusinessDay.objects.values_list("state", flat=True)) == {"sealed"}
        page = client.get(reverse("ledger:sign"))
        assert [row.mine for row in page.context["rows"]] == [True, True]
        assert 'name="seals"' not in page.content.decode()

        self.sign(client, two[1], sealed)

        assert set(BusinessDay.objects.values_list("state", flat=True)) == {"closed"}
        assert not client.get(reverse("ledger:sign")).context["rows"]

    def test_one_person_does_not_sign_twice(self, bank, two, sealed, client):
        self.sign(client, two[0], sealed)

        page = self.sign(client, two[0], sealed)

        refused = [row.refusal.code for row in page.context["rows"]]
        assert refused == [rules.SignedBySame.code] * 2
        assert set(BusinessDay.objects.values_list("state", flat=True)) == {"sealed"}

    def test_a_seal_that_changed_stops_only_its_own(self, bank, two, sealed, client):
        wrong = f"{sealed[0].partition(':')[0]}:{'0' * 64}"

        page = self.sign(client, two[0], [wrong, sealed[1]])

        codes = [row.refusal and row.refusal.code for row in page.context["rows"]]
        assert codes == [rules.SealChanged.code, None]

    def test_nothing_chosen_is_refused(self, bank, two, sealed, client):
        for seals in ([], ["x:y"]):
            assert self.sign(client, two[0], seals).status_code == 409

    def test_a_day_out_of_sight_is_not_there(self, bank, sealed, client):
        (stranger, _other) = factory.two(bank.outlet)
        foreign = [seal for seal in sealed if int(seal.partition(":")[0]) in {
            row.pk for row in BusinessDay.objects.filter(institution=bank.other)}]  # fmt: skip

        assert self.sign(client, stranger, foreign).status_code == 404
