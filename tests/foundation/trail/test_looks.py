"""The pages of looks at the books; what each check finds is tested with the whole installation."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from foundation.people import services as people
from foundation.trail import rules, services
from foundation.trail.models import Look, LookCheck, LookDifference
from tests.factories import people as factory
from tests.factories.people import DAY, NOON


@pytest.fixture
def kept(bank):
    """Keep a look that found one thing at an outlet and one that names no place."""
    found = (
        rules.Wrong("balances", "balance differs", "account 123", "1 is not 2", bank.outlet.pk),
        rules.Wrong("immutable", "guard off", "ledger_leg", "ledger_legs_sound"),
    )
    looked = rules.Looked(
        began_at=NOON, whole=True, first=DAY, last=DAY, watermark=DAY,
        rows=dict.fromkeys(rules.BOOK_CHECKS, 7), found=found,
    )  # fmt: skip
    with people.acting_as_system(reason="test"):
        return services.keep_look(looked=looked, root_id=bank.head.pk, ended_at=NOON)


@pytest.fixture
def window(client, bank):
    auditor = factory.staff(bank.branch, "auditadmin")
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_looks_are_listed(kept, window):
    page = window.get(reverse("trail:looks"))

    assert reverse("trail:look", args=[kept.pk]) in page.content.decode()


def test_a_look_tells_each_check_in_words_and_what_is_in_sight(kept, window):
    page = window.get(reverse("trail:look", args=[kept.pk]))

    report = page.context["report"]
    assert [check.code for check, _row in report.checks] == list(rules.BOOK_CHECKS)
    assert [one.subject for one in report.found] == ["account 123"]
    assert report.hidden == 1
    assert "/ledger/account/123/" in page.content.decode()


def test_what_is_wrong_is_said_in_plain_words(kept, window):
    url = reverse("trail:look", args=[kept.pk])

    assert "余额与明细合计不符" in window.get(url).content.decode()
    assert "余额与明细合计不符" in window.get(url, {"export": "csv"}).content.decode()


def test_every_kind_belongs_to_a_check():
    assert {kind.check for kind in rules.DIFFERENCE_KINDS.values()} == set(rules.BOOK_CHECKS)


def test_a_look_that_was_not_is_not_there(kept, window):
    assert window.get(reverse("trail:look", args=[kept.pk + 1])).status_code == 404


def test_a_supervisor_of_an_outlet_has_no_report(kept, client, bank):
    staff = factory.staff(bank.outlet, "outlet_supervisor")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("trail:looks")).status_code == 403


@pytest.mark.parametrize("model", [Look, LookCheck, LookDifference])
def test_a_look_is_not_changed(kept, model):
    with (
        people.acting_as_system(reason="test"),
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
    ):
        model.objects.all().delete()


def test_what_was_found_is_seen_within_the_scope(kept, bank):
    with people.acting_as_system(reason="test"):
        assert LookDifference.objects.count() == 2
    with people.acting(staff=factory.staff(bank.sibling, "teller")):
        assert not LookDifference.objects.exists()
