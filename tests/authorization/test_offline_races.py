"""Two check one slip at once, three issue books at once: a number is one item, in one book."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from authorization.models import Decision, OfflineBook, OfflineSlip, Request
from authorization.services import offline as services
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from tests.authorization.test_fallback_races import together
from tests.factories import authorization as factory
from tests.factories import offline as papers
from tests.factories import people

ROUNDS = 3


@pytest.fixture
def paper(committed_db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, one) for one in ("ops_manager", "risk_manager")))
        return papers.paper(bank, factory.counter(bank))


def act(step, **given):
    with people_services.acting_as_system(reason="test"):
        return step(at=timezone.now(), **given)


def tried(step, **given):
    try:
        return act(step, **given)
    except StepNotAllowed as refusal:
        return refusal


def test_two_who_check_one_slip_enter_it_once(paper):
    with people_services.acting_as_system(reason="test"):
        other = people.staff(paper.counter.outlet, "teller", name="周核")
    for place in range(ROUNDS):
        with people_services.acting_as_system(reason="test"):
            slip = paper.key(place)

        came = together(
            *(partial(tried, services.enter, number=slip.number, by=by)
              for by in (paper.checker, other))
        )  # fmt: skip

        assert sorted(isinstance(one, Request) for one in came) == [False, True]
    with people_services.acting_as_system(reason="test"):
        assert Decision.objects.count() == Request.objects.count() == ROUNDS


def test_two_books_at_once_share_no_number(paper):
    together(*(partial(act, services.issue, count=4, by=paper.supervisor) for _ in range(3)))

    with people_services.acting_as_system(reason="test"):
        firsts = sorted(OfflineBook.objects.values_list("first", flat=True))
        assert firsts == [1, 6, 10, 14]
        assert OfflineSlip.objects.count() == 5 + 12
