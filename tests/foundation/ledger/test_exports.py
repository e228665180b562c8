"""Lists that are too long for a page's file: asked for, made by a job, fetched, forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.ledger import rules, services, tasks
from foundation.ledger.models import Export, ExportPart, Posting
from foundation.ledger.services import _exporting, _long_exports
from foundation.people import services as people
from foundation.people.models import StaffRole
from foundation.trail.models import Event
from foundation.worklist.models import Job
from tests.factories import ledger as factory
from tests.factories import people as people_factory
from tests.factories.ledger import DAY, pay

BACKEND = "django.contrib.auth.backends.ModelBackend"
SPAN = {"first": DAY.isoformat(), "last": DAY.isoformat(), "export": "csv"}


@pytest.fixture
def person(bank, client):
    two = factory.two(bank.outlet)
    people_factory.numbers(by=two[0], approved_by=two[1])
    client.force_login(two[0], backend=BACKEND)
    return two[0]


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Let four lines be a long list, three a part, and two parts a file."""
    monkeypatch.setattr(_exporting, "EXPORT_MAX", 4)
    monkeypatch.setattr("foundation.ledger.web._history.LINES_MAX", 4)
    monkeypatch.setattr(_long_exports, "PART_LINES", 3)
    monkeypatch.setattr(_long_exports, "PARTS_A_FILE", 2)


@pytest.fixture
def busy(bank, person):
    for fen in range(1, 9):
        pay(bank, bank.payer, bank.payee, fen)
    return bank


def offered(client, url, **given):
    page = client.get(url, SPAN | given)
    return {"key": page.context["key"], "sealed": page.context["sealed"]}


def ask(client, given):
    return client.post(reverse("ledger:export_ask"), given)


def work():
    for job in Job.objects.filter(kind="foundation.ledger.tasks.make_export").order_by("id"):
        for _again in range(2):
            commit = tasks.make_export(**job.args)
            with people.acting_as_system(reason="test"):
                commit()


def fetch(client, number=1):
    key = Export.objects.latest("id").key
    return client.get(reverse("ledger:export_file", args=[key, number]))


@pytest.fixture
def made(busy, client):
    """Have the statement of the busy account made, and return it."""
    url = reverse("ledger:statement", args=[busy.payer.number])
    ask(client, offered(client, url))
    work()
    return Export.objects.get()


def test_a_statement_is_made_whole_in_files_that_prove_themselves(busy, made, client):
    rows = Posting.objects.filter(account=busy.payer).order_by("seq")

    files = [fetch(client, number).content.decode("utf-8-sig") for number in (1, 2)]

    assert (made.lines, made.total, made.parts) == (9, 9, 3)
    assert [file.splitlines()[0] for file in files] == ["会计日期,起息日,分录号,借,贷,余额"] * 2
    lines = [line.split(",") for file in files for line in file.splitlines()[1:]]
    assert [line[2] for line in lines] == [str(row.entry_id) for row in rows]
    assert lines[-1][5] == f"{rows.last().balance_after / 100:.2f}"


def test_the_journal_is_made_too(busy, client):
    ask(client, offered(client, reverse("ledger:journal")))
    work()

    text = "".join(fetch(client, number).content.decode("utf-8-sig") for number in (1, 2))

    assert text.count("110101,2026-11-23,") == Export.objects.get().lines == 9


def test_the_accounts_of_a_subject_are_made_too(busy, client):
    for name in "甲乙丙丁":
        factory.account(busy.outlet, "2011", name)
    given = {"on": DAY.isoformat(), "currency": "CNY"}
    ask(client, offered(client, reverse("ledger:trial_accounts", args=["2011"]), **given))

    work()

    assert Export.objects.get().lines == 6
    assert "李静" in fetch(client).content.decode()


def test_asked_twice_it_is_one_and_the_page_tells_how_far_it_is(busy, client):
    given = offered(client, reverse("ledger:journal"))
    ask(client, given)
    ask(client, given)
    before = client.get(reverse("ledger:exports")).content.decode()
    export_id = Export.objects.get().pk
    services.make_part(export_id=export_id, at=timezone.now())
    half = client.get(reverse("ledger:exports"), headers={"HX-Request": "true"}).content.decode()
    work()

    assert "<progress" in before
    assert 'max="9" value="3"' in half
    assert "已就绪" in client.get(reverse("ledger:exports")).content.decode()


def test_asking_making_and_fetching_are_on_the_trail(busy, made, client):
    fetch(client)

    actions = Event.objects.filter(subject=made.subject).order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "ledger.ask_export", "ledger.make_export", "ledger.fetch_export",
    ]  # fmt: skip


def test_the_page_of_a_file_tells_what_happened_with_it(busy, made, client):
    address = reverse("ledger:export", args=[made.key])
    fetch(client)

    page = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert address in client.get(reverse("ledger:exports")).content.decode()
    for shown in (page, part):
        told = shown.partition("op-timeline")[2]
        assert told.index("下载大文件") < told.index("生成大文件") < told.index("申请大文件")
    assert reverse("ledger:export_file", args=[made.key, 2]) in page
    assert "<html" not in part


def test_who_sees_the_books_but_not_the_journal_fetches_their_own_files(busy, client):
    for name in "甲乙丙丁":
        factory.account(busy.outlet, "2011", name)
    client.force_login(people_factory.staff(busy.branch, "risk_manager"), backend=BACKEND)
    given = {"on": DAY.isoformat(), "currency": "CNY"}
    url = reverse("ledger:trial_accounts", args=["2011"])

    asked = ask(client, offered(client, url, **given))
    work()
    page = client.get(asked["Location"]).content.decode()

    assert reverse("ledger:export_file", args=[Export.objects.get().key, 1]) in page
    assert reverse("ledger:journal") not in page
    assert fetch(client).status_code == 200


def test_who_sees_no_list_of_the_books_has_no_page_of_files(busy, client):
    client.force_login(people_factory.staff(busy.branch, "sysadmin"), backend=BACKEND)

    assert client.get(reverse("ledger:exports")).status_code == 403


def test_nobody_else_fetches_it(busy, made, client):
    (_first, other) = factory.two(busy.outlet)
    client.force_login(other, backend=BACKEND)

    assert fetch(client).status_code == 404
    assert client.get(reverse("ledger:export", args=[made.key])).status_code == 404
    assert not client.get(reverse("ledger:exports")).context["rows"]


@pytest.mark.parametrize("number", [0, 3])
def test_a_file_that_there_is_not_is_not_there(busy, made, client, number):
    assert fetch(client, number).status_code == 404


def test_who_sees_less_than_when_it_was_made_does_not_get_it(busy, made, client):
    Export.objects.update(places=[*made.places, busy.other.pk])

    assert fetch(client).status_code == 404


def test_who_lost_the_right_meanwhile_gets_none(busy, client, person):
    ask(client, offered(client, reverse("ledger:journal")))
    StaffRole.objects.filter(staff=person).update(valid_until=DAY - timedelta(days=999))

    work()

    assert Export.objects.get().refusal == rules.NoSuchExport.code
    assert not ExportPart.objects.exists()


def test_it_is_fetched_only_when_ready_and_kept(busy, client):
    ask(client, offered(client, reverse("ledger:journal")))
    assert fetch(client).status_code == 409
    work()
    Export.objects.update(expires_at=timezone.now())

    assert fetch(client).status_code == 409
    for left in (3, 0):
        assert tasks.purge_exports()() == left
    assert Export.objects.count() == 1
    assert not ExportPart.objects.exists()


@pytest.mark.parametrize("wrong", [{"sealed": "x"}, {"key": "x"}, {}])
def test_only_what_the_page_offered_is_made(busy, client, wrong):
    given = offered(client, reverse("ledger:journal")) | (wrong or {"sealed": ""})

    assert ask(client, given).status_code == 404
    assert not Export.objects.exists()


def test_what_another_was_offered_is_not_made(busy, client):
    given = offered(client, reverse("ledger:journal"))
    client.force_login(factory.two(busy.outlet)[0], backend=BACKEND)

    assert ask(client, given).status_code == 404


def test_the_database_keeps_files_right(busy, made, person):
    with pytest.raises(IntegrityError, match="ledger_export_part_once"), transaction.atomic():
        ExportPart.objects.create(institution=busy.outlet, export=made, seq=0, body=b"")
    with pytest.raises(IntegrityError, match="ledger_export_done_and_kept"), transaction.atomic():
        Export.objects.filter(pk=made.pk).update(expires_at=None)
    with pytest.raises(IntegrityError, match="ledger_export_key"), transaction.atomic():
        Export.objects.create(
            institution=busy.outlet, key=made.key, kind="journal", title="x", asked={},
            language="", staff=person, label="x", asked_at=timezone.now(),
        )  # fmt: skip


def test_an_unknown_key_is_no_file(busy, client):
    url = reverse("ledger:export_file", args=[uuid4(), 1])

    assert client.get(url).status_code == 404
