"""The tree: paths kept by the database, no circles, every kind in its place."""

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.people import rules, selectors, services
from foundation.people.models import Institution
from tests.foundation.people.conftest import AT


def test_the_path_holds_the_ids_from_the_root_down(bank):
    ids = [bank.head.pk, bank.branch.pk, bank.sub_branch.pk, bank.outlet.pk]

    assert bank.outlet.path == "/" + "".join(f"{number}/" for number in ids)


def test_nobody_writes_a_path_of_their_own(bank):
    Institution.objects.filter(pk=bank.outlet.pk).update(path="/1/")

    assert Institution.objects.get(pk=bank.outlet.pk).path == bank.outlet.path


def test_what_is_below_moves_along(bank, sysadmin):
    other = bank.elsewhere.parent
    sub = services.open_institution(
        number="119000", name="新支行", kind="sub_branch", parent=bank.branch
    )
    outlet = services.open_institution(number="119001", name="新网点", kind="outlet", parent=sub)
    second = services.open_institution(
        number="120000", name="二分行", kind="branch", parent=bank.head
    )
    with services.acting(staff=sysadmin):
        services.move_institution(institution_id=sub.pk, parent=second, by=sysadmin, at=AT)

    outlet.refresh_from_db()
    assert outlet.path == f"{second.path}{sub.pk}/{outlet.pk}/"
    assert other.path in bank.elsewhere.path


def test_the_service_refuses_a_circle_and_a_wrong_place(bank, sysadmin):
    with services.acting(staff=sysadmin):
        with pytest.raises(rules.WrongPlace):
            services.move_institution(
                institution_id=bank.branch.pk, parent=bank.sub_branch, by=sysadmin, at=AT
            )
        with pytest.raises(rules.WrongPlace):
            services.move_institution(
                institution_id=bank.outlet.pk, parent=bank.centre, by=sysadmin, at=AT
            )


@pytest.mark.parametrize("under", ["branch", "sub_branch", "outlet"])
def test_the_database_refuses_a_circle(bank, under):
    with pytest.raises(Error, match="under itself"), transaction.atomic():
        Institution.objects.filter(pk=bank.branch.pk).update(parent=getattr(bank, under))


@pytest.mark.parametrize(
    ("kind", "parent"), [(k, p) for k in rules.KINDS for p in rules.KINDS if k != "head"]
)
def test_the_database_and_the_rules_agree_where_a_kind_stands(bank, kind, parent):
    place = {"head": bank.head, "branch": bank.branch, "sub_branch": bank.sub_branch,
             "outlet": bank.outlet, "centre": bank.centre}[parent]  # fmt: skip
    row = Institution(number="990000", name="新", kind=kind, parent=place)
    if parent in rules.STANDS_UNDER[kind]:
        row.save(force_insert=True)
        return

    with pytest.raises(rules.WrongPlace):
        rules.check_place(kind, parent)
    with pytest.raises(Error, match="does not stand"), transaction.atomic():
        row.save(force_insert=True)


def test_the_kind_of_an_institution_with_others_under_it_is_fixed(bank):
    with pytest.raises(Error, match="kind is fixed"), transaction.atomic():
        Institution.objects.filter(pk=bank.sub_branch.pk).update(kind="outlet")


def test_a_second_head_office_needs_a_place_too(bank):
    with pytest.raises(rules.WrongPlace):
        services.open_institution(number="1", name="x", kind="branch", parent=None)
    with pytest.raises(rules.NumberTaken):
        services.open_institution(
            number=bank.outlet.number, name="x", kind="outlet", parent=bank.branch
        )


def test_a_centre_serves_its_branch_and_an_outlet_itself(bank, teller):
    assert selectors.scope_of(staff=teller) == (bank.outlet.pk,)
    teller.institution = bank.centre
    assert set(selectors.scope_of(staff=teller)) == set(
        Institution.objects.exclude(pk=bank.head.pk).values_list("pk", flat=True)
    )


def test_the_page_shows_only_what_is_in_scope(client, sign_in, bank, sysadmin):
    services.open_institution(number="120000", name="外地分行", kind="branch", parent=bank.head)
    sign_in(sysadmin)

    page = client.get(reverse("people:institutions")).content.decode()

    assert bank.outlet.name in page
    assert "外地分行" not in page


def test_a_system_administrator_opens_an_outlet(client, sign_in, bank, sysadmin):
    sign_in(sysadmin)
    given = {"number": "110809", "name": "新网点", "kind": "outlet", "institution": "110800"}

    assert client.get(reverse("people:institution_new")).status_code == 200
    assert client.post(reverse("people:institution_new"), given).status_code == 302
    assert Institution.objects.get(number="110809").path.startswith(bank.sub_branch.path)
    assert client.post(reverse("people:institution_new"), given).status_code == 409
