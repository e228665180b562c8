"""Searching the trail: within the scope, never for everything, and taken away only on record."""

import re

import pytest
from django.urls import reverse

from foundation.people import services as people
from foundation.trail import selectors, services
from tests.foundation.people.conftest import AT, hired

DAY = "2026-11-23"


@pytest.fixture
def auditor(bank, client, sign_in):
    staff = hired(bank.branch, "auditadmin", name="审计员")
    with people.acting_as_system(reason="test"):
        for number in range(3):
            services.record(
                institution_id=bank.outlet.pk, actor="110037 李静", action="people.qualify",
                subject=f"people.staff:{number}", at=AT, detail={"skill": "=cmd|x", "grade": 2},
            )  # fmt: skip
        services.record(
            institution_id=bank.head.pk, actor="110037 李静", action="x", subject="s:9", at=AT
        )
    sign_in(staff)
    return client


def test_what_is_found_is_within_the_scope(auditor):
    page = auditor.get(reverse("trail:entries"), {"actor": "110037"})

    assert page.status_code == 200
    assert [event.subject for event in page.context["events"]] == [
        f"people.staff:{number}" for number in (2, 1, 0)
    ]


def test_what_happened_is_told_in_plain_words(auditor, bank):
    with people.acting_as_system(reason="test"):
        for result, detail in (
            ("forbidden", {"permission": "day_view"}),
            ("E2002", {"reasons": ["A12"], "remark": ""}),
            ("ok", {"finding": "amount_diff", "role": "teller"}),
        ):
            services.record(
                institution_id=bank.outlet.pk, actor="110099 王明", action="people.qualify",
                subject="people.staff:1", at=AT, result=result, detail=detail,
            )  # fmt: skip

    page = auditor.get(reverse("trail:entries"), {"actor": "110099"}).content.decode()

    for words in (
        "<td>成功</td>",
        "<td>无权限</td>",
        "审核结论: 金额不符",
        "角色: 柜员",
        "<td>E2002 ",
    ):
        assert words in page
    assert "备注" not in page, "what is empty says nothing"
    found = auditor.get(reverse("trail:entries"), {"actor": "110099", "result": "无权限"})
    assert [event.result for event in found.context["events"]] == ["forbidden"]


def test_what_became_of_a_hold_is_told_in_words_and_amounts(auditor, bank):
    with people.acting_as_system(reason="test"):
        for detail in ({"fen": 123_450, "left": 0}, {"step": "release_part"}, {"step": "extend"}):
            services.record(
                institution_id=bank.outlet.pk, actor="110099 王明", action="ledger.release_part",
                subject="ledger.account:1", at=AT, detail=detail,
            )  # fmt: skip

    page = auditor.get(reverse("trail:entries"), {"actor": "110099"}).text

    told = [re.sub("<.*?>", "", cell) for cell in re.findall(r'op-muted">(.*?)</td>', page)]
    assert told == ["办理事项: 续冻", "办理事项: 部分解冻", "金额: 1,234.50 · 剩余金额: 0.00"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"subject": "people.staff:1"}, 1),
        ({"subject": "1"}, 1),
        ({"actor": "110037", "action": "people.q"}, 3),
        ({"since": DAY, "until": DAY, "actor": "110037"}, 3),
        ({"since": "2026-11-24", "actor": "110037"}, 0),
        ({"actor": "110037", "result": "refused"}, 0),
    ],
    ids=str,
)
def test_each_filter_narrows(auditor, asked, count):
    assert len(auditor.get(reverse("trail:entries"), asked).context["events"]) == count


@pytest.mark.parametrize(
    ("language", "word", "found"),
    [
        ("zh-hans", "签到", ["people.sign_in", "people.open_sign_in"]),
        ("zh-hans", "冻结", ["ledger.place_hold"]),
        ("zh-hans", "Archive", []),
        ("en", " Sign in", ["people.sign_in", "people.open_sign_in"]),
        ("en", "PLACE", ["ledger.place_hold"]),
        ("en", "people.s", ["people.sign_in"]),
        ("en", "签到", []),
    ],
)
def test_what_was_done_is_found_by_a_part_of_its_word(auditor, bank, language, word, found):
    with people.acting_as_system(reason="test"):
        for action in ("ledger.place_hold", "people.open_sign_in", "people.sign_in"):
            services.record(
                institution_id=bank.outlet.pk, actor="110099 王明", action=action, subject="s:1",
                at=AT,
            )  # fmt: skip
    auditor.cookies["ops_language"] = language
    asked = {"actor": "110099", "action": word}

    page = auditor.get(reverse("trail:entries"), asked)
    file = auditor.post(reverse("trail:export"), asked).text

    assert [event.action for event in page.context["events"]] == found
    assert len(file.splitlines()) == len(found) + 1


def test_a_search_for_everything_is_not_made(auditor):
    assert auditor.get(reverse("trail:entries"), {"result": "ok"}).status_code == 422
    assert auditor.post(reverse("trail:export"), {}).status_code == 422


@pytest.mark.parametrize("below", ["x", "-1", "9" * 30, "１"])
def test_a_foolish_page_number_is_ignored(auditor, below):
    page = auditor.get(reverse("trail:entries"), {"actor": "110037", "below": below})

    assert page.status_code == 200


def test_pages_stay_the_same_while_lines_are_added(auditor, bank):
    with people.acting_as_system(reason="test"):
        wanted = selectors.Wanted(actor="110037")
        first = selectors.search(wanted=wanted, limit=2)
        services.record(
            institution_id=bank.outlet.pk, actor="110037 李静", action="new", subject="s", at=AT
        )
        second = selectors.search(wanted=wanted, below=first.next_below, limit=2)

    ids = [event.pk for event in (*first.events, *second.events)]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4


def test_a_file_runs_in_no_spreadsheet_and_its_taking_is_told(auditor):
    answer = auditor.post(reverse("trail:export"), {"actor": "110037"})

    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert len(text.splitlines()) == 4
    assert not any(cell.startswith(("=", "+", "@")) for cell in text.replace("\n", ",").split(","))
    with people.acting_as_system(reason="test"):
        told = selectors.timeline(subject="trail")[0]
    assert (told.action, told.detail["count"]) == ("trail.export", 3)


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_would_run_is_quoted(cell):
    from foundation.trail import rules

    assert rules.neutral(cell) == f"'{cell}"


def test_a_teller_reads_no_trail(client, bank, sign_in):
    sign_in(hired(bank.outlet, "teller"))

    assert client.get(reverse("trail:entries")).status_code == 403
