"""Subjects are called by word and number, open for those who may look, one question a kind."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from foundation.imaging.models import Document, Page
from foundation.people import services as acting
from foundation.people.roles import Permission
from foundation.trail import services as trail
from foundation.ui import subjects
from foundation.worklist import services as worklist
from tests.factories import authorization as factory
from tests.factories import monitoring, people

BACKEND = "django.contrib.auth.backends.ModelBackend"
EVERYTHING = frozenset(Permission)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sent(bank, teller):
    """An item that waits for an authorizer."""
    return factory.sent(teller, factory.withdrawal(factory.counter(bank)))


@pytest.fixture
def manager(bank):
    """One who may read the trail of the branch and open items, journal and staff."""
    return people.staff(bank.branch, "ops_manager", name="周明")


def called(raw, held=EVERYTHING):
    with override("zh-hans"):
        named = subjects.named([raw], held)[raw]
        return str(named), named.address


def test_an_item_is_called_by_its_number_and_opens(sent):
    address = reverse("authorization:item", args=[sent.number])

    assert called(sent.subject) == (f"授权业务 {sent.number}", address)


def test_a_name_is_no_link_for_those_who_may_not_open_it(sent):
    held = EVERYTHING - {Permission.AUTHORIZATION_VIEW}

    assert called(sent.subject, held) == (f"授权业务 {sent.number}", "")


def test_an_image_and_its_document_are_called_by_the_item_they_belong_to(sent):
    page = Page.objects.get(document_id=sent.document_id)
    document = Document.objects.get(id=sent.document_id)

    assert called(f"imaging.page:{page.pk}")[0] == f"凭证影像 {sent.number} 第 1 页 第 1 版"
    assert called(f"imaging.document:{document.pk}")[0] == f"影像资料 {sent.number}"
    assert called(document.subject)[0] == f"授权业务 {sent.number}"


def test_a_pair_is_called_by_its_journal_number(bank, teller):
    match = monitoring.difference(monitoring.counter(bank.outlet), teller)
    address = reverse("monitoring:match", args=[match.pk])

    name, opens = called(match.trail_subject)

    assert name == f"交易流水 {match.business_date} {match.journal_no}"
    assert opens == address


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("people.staff:{teller.number}", "柜员 {teller.number} {teller.name}"),
        ("people.staff:?", "柜员 ?"),
        ("people.institution:{outlet.number}", "机构 {outlet.number} {outlet.name}"),
        ("ledger.day:{outlet.pk}/2026-11-23", "营业日 {outlet.name} 2026-11-23"),
        ("ledger.journal:2026-11-01/2026-11-23", "交易流水 2026-11-01 – 2026-11-23"),
        ("ledger.journal:x/y", "交易流水 x – y"),
        ("ledger.account:6200000000000000001", "账号 6200 0000 0000 0000 001"),
        ("ledger.import:0a1b2c", "导入的流水 0a1b2c"),
        ("authorization.rule:1002", "授权规则 1002 个人现金取款"),
        ("authorization.rule:9", "授权规则 9"),
        ("policy:security.idle_minutes", "参数 屏幕自动锁定前的空闲分钟数"),
        ("policy:gone", "参数 gone"),
        ("policy.day:2026-10-01", "日历日 2026-10-01"),
        ("worklist.job:17", "后台任务 17"),
        ("page:/ledger/journal/", "平台页面 /ledger/journal/"),
        ("trail", "操作轨迹"),
        ("trail:books", "操作轨迹 及全部账册"),
        ("authorization.draft:0b3f1c2d-no-uuid", "未提交的录入单 0b3f1c2d"),
        ("authorization.request:gone", "授权业务 gone"),
        ("monitoring.match:x", "交易流水 x"),
        ("monitoring.alert:9", "预警 9"),
        ("monitoring.version:9", "规则版本 9"),
        ("imaging.page:99999999", "影像 99999999"),
        ("nobody.knows:1", "nobody.knows:1"),
    ],
)
def test_every_kind_has_its_word(bank, teller, raw, name):
    facts = {"teller": teller, "outlet": bank.outlet}

    assert called(raw.format(**facts))[0] == name.format(**facts)


@pytest.mark.parametrize(("key", "opens"), [("2026-10-01", True), ("gone", False)])
def test_a_day_of_the_calendar_opens_its_own_page(bank, key, opens):
    address = reverse("policy:day", args=[key]) if opens else ""

    assert called(f"policy.day:{key}")[1] == address


def test_what_is_out_of_sight_is_no_link(bank, sent):
    other = people.staff(bank.elsewhere, "outlet_supervisor")

    with acting.acting(staff=other):
        assert called(sent.subject) == (f"授权业务 {sent.number}", "")


def test_ten_subjects_of_a_kind_are_one_question(bank):
    raws = [f"monitoring.match:{number}" for number in range(10)]

    with CaptureQueriesContext(connection) as asked:
        subjects.named(raws, EVERYTHING)

    assert len(asked) == 1


def test_every_kind_on_the_trail_has_a_word(sent, teller):
    """What the rooms tell of is named; a new kind fails here until the assembly has a word."""
    from foundation.trail.models import Event

    raws = set(Event.objects.values_list("subject", flat=True))

    unnamed = [one.raw for one in subjects.named(raws, EVERYTHING).values() if not one.word]

    assert raws
    assert not unnamed


def test_what_a_first_item_leaves_on_the_trail_is_told_in_chinese(client, sent, bank):
    """Each action has its word; the names of the code stay in the export."""
    from foundation.trail.models import Event

    worker = people.staff(bank.centre, "authorizer", grade=5)
    client.force_login(worker, backend=BACKEND)
    client.get(reverse("authorization:workbench"))

    with override("zh-hans"):
        raw = {event.action for event in Event.objects.all() if event.label == event.action}

    assert Event.objects.filter(action="authorization.open").exists()
    assert not raw


def test_the_trail_shows_names_that_open_and_keeps_what_was_written(client, sent, manager):
    client.force_login(manager, backend=BACKEND)

    page = client.get(reverse("trail:entries"), {"subject": sent.subject}).content.decode()

    address = reverse("authorization:item", args=[sent.number])
    assert f'<a href="{address}" title="{sent.subject}">授权业务 {sent.number}</a>' in page


def test_a_longer_trail_asks_the_database_no_more_often(client, sent, manager):
    client.force_login(manager, backend=BACKEND)
    asked = {"actor": "000001"}

    def tell(times):
        with acting.acting_as_system(reason="test"):
            for _ in range(times):
                trail.record(
                    institution_id=manager.institution_id, actor="000001 x", action="x",
                    subject=sent.subject, at=people.NOON,
                )  # fmt: skip

    tell(1)
    client.get(reverse("trail:entries"), asked)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("trail:entries"), asked)
    tell(20)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("trail:entries"), asked)

    assert len(many) == len(one)


def test_a_work_item_is_called_by_its_number_and_leads_to_it(client, bank, sent):
    client.force_login(people.staff(bank.centre, "dispatcher"), backend=BACKEND)

    queue = client.get(reverse("worklist:queue", args=["authorization"])).content.decode()
    page = client.get(reverse("worklist:item", args=[sent.work_item_id])).content.decode()

    address = reverse("authorization:item", args=[sent.number])
    assert f">授权业务 {sent.number}</a>" in queue
    assert f'<h1 title="{sent.subject}">授权业务 {sent.number}</h1>' in page
    assert f'<a href="{address}" title="{sent.subject}">' in page


def test_what_a_person_held_is_called_by_its_number(client, bank, sent):
    worker = people.staff(bank.centre, "authorizer", grade=5)
    with acting.acting(staff=worker):
        item = worklist.claim_next(queue="authorization", staff=worker, at=people.NOON)
        worklist.release(item_id=item.pk, fence=item.fence, staff=worker)
    client.force_login(people.staff(bank.centre, "dispatcher"), backend=BACKEND)

    address = reverse("worklist:staff_seconds", args=["authorization"])
    page = client.get(address, {"staff": worker.number}).content.decode()

    assert f'title="{sent.subject}">授权业务 {sent.number}</a>' in page


def test_an_entry_leads_to_the_item_that_it_posted(client, bank, teller):
    posted = factory.sent(teller, factory.withdrawal(factory.counter(bank), "100.00"))
    client.force_login(teller, backend=BACKEND)

    page = client.get(reverse("ledger:entry", args=[posted.entry_id])).content.decode()

    address = reverse("authorization:item", args=[posted.number])
    assert f'<a href="{address}" title="{posted.subject}">授权业务 {posted.number}</a>' in page
