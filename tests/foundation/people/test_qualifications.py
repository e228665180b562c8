"""Certified skills: outside their days they are none, and the page of the person says so."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.people import rules, selectors, services
from foundation.people.models import Qualification
from tests.foundation.people.conftest import AT, DAY


@pytest.fixture
def admin(client, sign_in, sysadmin):
    sign_in(sysadmin)
    return client


def certified(staff, skill="seal", grade=2, first=DAY, last=DAY):
    return Qualification.objects.create(
        staff=staff, skill=skill, grade=grade, valid_from=first, valid_until=last
    )


@pytest.mark.parametrize(
    ("days", "standing"), [(-1, rules.COMING), (0, rules.IN_FORCE), (2, rules.IN_FORCE),
                           (3, rules.OVER)],
)  # fmt: skip
def test_both_the_first_and_the_last_day_count(days, standing):
    last = DAY + timedelta(days=2)

    assert rules.standing(DAY, last, on=DAY + timedelta(days=days)) == standing
    assert rules.standing(DAY, None, on=date.max) == rules.IN_FORCE


def test_a_skill_counts_from_its_first_day_until_its_last(teller):
    certified(teller, last=DAY + timedelta(days=2))

    counted = [
        selectors.skills(staff=teller, on=DAY + timedelta(days=days)) for days in range(-1, 4)
    ]

    assert counted == [{}, {"seal": 2}, {"seal": 2}, {"seal": 2}, {}]


def test_a_certificate_that_ended_leaves_the_one_that_follows(teller):
    certified(teller, grade=4)
    certified(teller, grade=1, first=DAY + timedelta(days=1), last=DAY + timedelta(days=9))

    assert selectors.skills(staff=teller, on=DAY) == {"seal": 4}
    assert selectors.skills(staff=teller, on=DAY + timedelta(days=1)) == {"seal": 1}


def test_a_certificate_cut_short_counts_no_longer(teller, sysadmin):
    certified(teller, last=DAY + timedelta(days=300))
    with services.acting(staff=sysadmin):
        services.qualify(
            staff_id=teller.pk, skill="seal", grade=2, certificate="", valid_from=DAY,
            valid_until=DAY, by=sysadmin, at=AT,
        )  # fmt: skip

    assert selectors.skills(staff=teller, on=DAY + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("days", "said"),
    [((-9, -1), ["已过期"]), ((1, 9), ["未到生效日"]), ((-9, 0), []), ((0, 9), [])],
    ids=["ended yesterday", "begins tomorrow", "last day", "first day"],
)
def test_the_page_says_what_has_ended_or_not_begun(admin, teller, days, said):
    first, last = (timezone.localdate() + timedelta(days=away) for away in days)
    certified(teller, first=first, last=last)

    page = admin.get(reverse("people:staff_detail", args=[teller.number])).content.decode()

    assert "seal · 2" in page
    assert [word for word in ("已过期", "未到生效日") if word in page] == said
