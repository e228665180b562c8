"""What the door asks of somebody in one question is what the single questions answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.people import selectors
from foundation.people.roles import permissions_of
from foundation.policy import selectors as policy
from foundation.ui import idle
from tests.factories import people

PLACES = ("head", "branch", "sub_branch", "outlet", "elsewhere", "centre")


def entered(staff):
    on = timezone.localdate()
    found = selectors.entered(staff_id=staff.pk, on=on, more=idle.ASKED, given=idle.GIVEN)
    assert found is not None
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_scope_is_the_persons(bank, place, django_assert_num_queries):
    staff = people.staff(getattr(bank, place))

    with django_assert_num_queries(1):
        found = entered(staff)
        assert found.staff.institution.number

    assert found.scope == selectors.scope_of(staff=staff)
    assert found.staff == staff


def test_people_of_a_vendor_see_their_own_institution_alone(bank):
    staff = people.staff(bank.centre, "vendor_key")

    assert entered(staff).scope == selectors.scope_of(staff=staff) == (bank.centre.pk,)


def test_the_roles_are_those_of_the_day(bank):
    staff = people.staff(bank.centre, "auditor", "audit_lead")
    today = timezone.localdate()
    staff.roles.filter(role="audit_lead").update(valid_until=today - timedelta(days=1))

    found = entered(staff)

    assert found.roles == ("auditor",)
    assert permissions_of(found.roles) == selectors.permissions(staff=staff, on=today)


@pytest.mark.parametrize("place", PLACES)
def test_the_nearest_number_of_the_institution_holds(bank, place):
    staff, on = people.staff(getattr(bank, place)), timezone.localdate()
    people.number_of(bank.sub_branch, "security.idle_minutes", "7")
    people.number_of(bank.outlet, "security.idle_minutes", "3")

    seconds = idle.seconds_of(text=entered(staff).more["idle"], on=on)

    assert seconds == idle.limit_seconds(staff=staff, on=on)
    assert seconds == 60 * policy.whole(
        code="security.idle_minutes", on=on, institution_id=staff.institution_id
    )


def test_nobody_is_nobody(bank):
    assert selectors.entered(staff_id=0, on=timezone.localdate()) is None
