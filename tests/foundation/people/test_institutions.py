"""The tree: paths kept by the database, no circles, every kind in its place."""

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.ledger import services as ledger
from foundation.people import rules, selectors, services
from foundation.people.models import Institution
from foundation.trail import services as trail
from tests.foundation.people.conftest import AT, DAY, hired


def test_the_path_holds_the_ids_from_the_root_down(bank):
    ids = [bank.head.pk, bank.branch.pk, bank.sub_branch.pk, bank.outlet.pk]

    assert bank.outlet.path == "/" + "".join(f"{number}/" for number in ids)


def test_nobody_writes_a_path_of_their_own(bank):
    Institution.objects.filter(pk=bank.outlet.pk).update(path="/1/")

    assert Institution.objects.get(pk=bank.outlet.pk).path == bank.outlet.path


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
    again = client.post(reverse("people:institution_new"), given)
    assert again.status_code == 422
    assert again.context["form"].errors["number"]
    assert again.context["form"]["name"].value() == "新网点"


def detail(client, place) -> str:
    answer = client.get(reverse("people:institution_detail", args=[place.number]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def link(place) -> str:
    return f'href="{reverse("people:institution_detail", args=[place.number])}"'


def test_an_institution_shows_what_stands_above_and_below_it(client, sign_in, bank, sysadmin):
    sign_in(sysadmin)

    page = detail(client, bank.sub_branch)

    assert page.index(bank.head.name) < page.index(link(bank.branch))
    assert link(bank.outlet) in page
    assert link(bank.sibling) in page
    assert link(bank.elsewhere) not in page
    assert link(bank.head) not in page  # known by name, and out of scope


def test_an_institution_out_of_scope_is_not_there(client, sign_in, bank, sysadmin):
    services.open_institution(number="120000", name="外地分行", kind="branch", parent=bank.head)
    sign_in(sysadmin)

    for number in ("120000", bank.head.number, "999999"):
        for name, asked in (("institution_detail", [number]), ("staff", [])):
            address = reverse(f"people:{name}", args=asked)
            assert client.get(address, {"place": number}).status_code == 404, address


def test_the_list_of_institutions_leads_to_each(client, sign_in, bank, sysadmin):
    sign_in(sysadmin)

    assert link(bank.outlet) in client.get(reverse("people:institutions")).content.decode()


def test_an_institution_shows_its_own_staff_and_leads_to_all_of_them(
    client, sign_in, bank, sysadmin, teller
):
    other = hired(bank.sibling, "teller", name="邻居")
    sign_in(sysadmin)

    page = detail(client, bank.outlet)
    everybody = reverse("people:staff") + f"?place={bank.outlet.number}"
    rows = client.get(everybody).content.decode()

    assert everybody in page
    for shown in (page, rows):
        assert teller.number in shown
        assert other.number not in shown


def test_only_those_who_may_sign_in_are_counted(bank, teller):
    hired(bank.outlet, name="离职")
    assert selectors.staff_count(row=bank.outlet) == 2
    teller.is_active = False
    teller.save(update_fields=["is_active"])

    assert selectors.staff_count(row=bank.outlet) == 1


def test_the_staff_of_a_place_are_paged(client, sign_in, bank, sysadmin):
    staff = [hired(bank.outlet, name=f"员工{number}", password="") for number in range(51)]
    sign_in(sysadmin)
    address = reverse("people:staff")

    first = client.get(address, {"place": bank.outlet.number}).content.decode()
    following = f"place={bank.outlet.number}&amp;after={staff[49].number}"
    after = {"place": bank.outlet.number, "after": staff[49].number}
    second = client.get(address, after).content.decode()

    assert following in first
    assert staff[50].number not in first
    assert staff[50].number in second


def test_an_institution_shows_its_open_day_and_its_history(client, sign_in, bank, sysadmin):
    with services.acting_as_system(reason="test"):
        trail.record(
            institution_id=bank.branch.pk, actor=sysadmin.label, action="people.open_institution",
            subject=f"people.institution:{bank.outlet.number}", at=AT,
        )  # fmt: skip
        ledger.open_day(institution_id=bank.outlet.pk, on=DAY, at=AT, by=sysadmin.label)
    sign_in(sysadmin)

    page, centre = detail(client, bank.outlet), detail(client, bank.centre)

    assert "2026-11-23</dd>" in page
    assert "新增机构" in page
    assert "2026-11-23</dd>" not in centre
    assert "没有营业日" in centre
