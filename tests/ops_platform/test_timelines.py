"""What the trail tells of a record stands on its page, or on the list that shows it alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from foundation.hooks.models import Delivery
from foundation.people.roles import ROLES, Permission
from foundation.trail import services as trail
from foundation.ui import subjects
from monitoring.rules import aml
from tests.architecture.test_permissions import Place, place
from tests.factories import authorization as factory
from tests.factories import people

EVERYTHING = frozenset(Permission)
RECORDS: dict[str, Callable[[Place], object]] = {
    "authorization.admission": lambda own: own.admission_id,
    "authorization.fallback": lambda own: own.switch_id,
    "authorization.known": lambda own: own.known_id,
    "authorization.local": lambda own: own.local_id,
    "authorization.offline": lambda own: own.period_id,
    "authorization.offlinebook": lambda own: own.book_id,
    "authorization.offlineslip": lambda own: own.slip_no,
    "authorization.publication": lambda own: own.publication_id,
    "authorization.tier": lambda own: own.set_id,
    "hooks.subscription": lambda own: own.subscription_id,
    "worklist.job": lambda own: own.job_id,
}
OF_THE_DESK: dict[str, Callable[[Place], object]] = {
    f"{aml.APART}.large": lambda own: own.aml["large"],
    f"{aml.APART}.hit": lambda own: own.aml["hit"],
    f"{aml.APART}.case": lambda own: own.aml["case"],
    f"{aml.APART}.rating": lambda own: own.aml["rating"],
    f"{aml.APART}.freeze": lambda own: own.aml["freeze"],
    f"{aml.APART}.list": lambda own: own.aml["list"],
    f"{aml.APART}.exemption": lambda own: own.aml["exemption"],
    f"{aml.APART}.report": lambda own: own.aml["report"],
}
LISTS = (
    "authorization:known", "authorization:local_list", "authorization:offline",
    "monitoring:aml_ratings", "monitoring:aml_freezes", "monitoring:aml_lists",
    "monitoring:aml_exemptions", "monitoring:aml_reports",
)  # fmt: skip


@pytest.fixture
def own(bank):
    """Keep one of everything at the outlet."""
    factory.counter(bank)
    return place(bank, bank.outlet, "own")


@pytest.fixture
def reader(bank, client, monkeypatch):
    """Let one of the branch open every page."""
    manager = ROLES["ops_manager"]
    everything = manager.__class__(
        manager.code, manager.name, manager.duty, EVERYTHING, manager.institution_kinds
    )
    monkeypatch.setitem(ROLES, "ops_manager", everything)
    client.force_login(people.staff(bank.branch, "ops_manager", name="周明"))
    return client


def tell(bank, subject, **detail):
    """Write a line about a subject on the trail of the branch."""
    trail.record(
        institution_id=bank.branch.pk, actor="system", action="test.told", subject=subject,
        at=people.NOON, detail=detail,
    )  # fmt: skip


def test_what_the_trail_tells_of_opens_with_what_it_tells(bank, own, reader):
    for kind, key in (RECORDS | OF_THE_DESK).items():
        subject = f"{kind}:{key(own)}"
        tell(bank, subject)

        address = subjects.named([subject], EVERYTHING)[subject].address
        page = reader.get(address)

        assert page.status_code == 200, subject
        assert "test.told" in [one.action for one in page.context["timeline"]], subject
        assert "op-timeline" in page.content.decode(), subject


def test_a_delivery_shows_what_the_trail_of_its_subscription_tells_of_it(bank, own, reader):
    row = Delivery.objects.get(pk=own.delivery_id)
    tell(bank, row.subscription.subject, key="of another")
    tell(bank, row.subscription.subject, key=str(row.key))

    page = reader.get(reverse("hooks:delivery", args=[row.pk]))

    told = page.context["timeline"]
    assert "test.told" in [one.action for one in told]
    assert {one.detail["key"] for one in told} == {str(row.key)}


@pytest.mark.parametrize("kind", OF_THE_DESK)
def test_what_the_desk_does_opens_for_its_people_alone(kind):
    subject = f"{kind}:1"

    assert subjects.named([subject], frozenset({Permission.AML_VIEW}))[subject].address
    assert not subjects.named([subject], EVERYTHING - {Permission.AML_VIEW})[subject].address


def test_a_list_shows_one_row_alone_and_no_row_that_is_not_there(own, reader):
    for name in LISTS:
        address = reverse(name)

        whole, alone = reader.get(address), reader.get(address, {"of": "0"})

        assert whole.status_code == 200, name
        assert "op-timeline" not in whole.content.decode(), name
        assert alone.status_code == 404, name


def test_a_row_out_of_sight_is_not_there(bank, own, client):
    client.force_login(people.staff(bank.elsewhere, "outlet_supervisor"))
    address = reverse("authorization:offline")

    assert client.get(address).status_code == 200
    assert client.get(address, {"of": str(own.period_id)}).status_code == 404
