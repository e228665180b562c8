"""The pages of slips: from the desk to the outlet's inbox, the answer, the check and the lists."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from foundation.imaging import rules as imaging
from foundation.trail.models import Event
from monitoring.models import Slip
from monitoring.rules import slips as rules
from monitoring.services import slips
from tests.browser import BACKEND
from tests.factories import monitoring as factory
from tests.factories import people
from tests.factories.people import DAY
from tests.factories.slips import due, issued
from tests.factories.slips import slip as made


def client_of(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser


def text(answer):
    return answer.content.decode()


def go(browser, name, *args, **asked):
    return browser.get(reverse(f"monitoring:{name}", args=args), asked)


def send(browser, name, *args, **said):
    return browser.post(reverse(f"monitoring:{name}", args=args), said)


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="许强")


@pytest.fixture
def desk(auditor):
    return client_of(auditor)


@pytest.fixture
def outlet(teller):
    return client_of(teller)


@pytest.fixture
def slip(auditor):
    return issued(auditor, at=timezone.now())


def picture(name="evidence.png", data=None):
    file = BytesIO(factory.picture() if data is None else data)
    file.name = name
    return file


def test_after_a_finding_the_desk_offers_a_slip_by_key(desk, difference):
    opened = go(desk, "audit").context["opened"]

    answer = desk.post(
        reverse("monitoring:decide", args=[difference.pk]),
        {"tries": difference.tries, "fence": opened.item.fence, "finding": "amount_diff"},
        headers={"HX-Request": "true"},
    )

    address = f"{reverse('monitoring:issue_slip')}?origin=monitoring.match:{difference.pk}"
    assert f'href="{address}" data-key="F6"' in text(answer)
    form = desk.get(address).context["form"]
    assert form["place"].value() == "110801"
    assert (form["code"].value(), form["kind"].value()) == ("J201", "error")
    assert form["teller"].value() == difference.teller


def test_a_match_by_hand_offers_none(desk, difference):
    opened = go(desk, "audit").context["opened"]

    answer = send(
        desk, "decide", difference.pk, tries=difference.tries, fence=opened.item.fence,
        finding="matched_forced", reason="印章压字，金额相符",
    )  # fmt: skip

    assert "issue_slip" not in text(answer)
    assert reverse("monitoring:issue_slip") not in text(answer)


def test_a_slip_is_issued_and_stands_on_its_pair(desk, difference):
    origin = difference.trail_subject

    answer = send(
        desk, "issue_slip", kind="error", place="110801", code="J201", text="凭证金额与流水不符",
        origin=origin,
    )  # fmt: skip

    slip = Slip.objects.get()
    assert answer["Location"] == reverse("monitoring:slip", args=[slip.number])
    assert slip.number in text(go(desk, "match", difference.pk))
    page = go(desk, "slip", slip.number)
    assert [one["title"] for one in page.context["images"]] == ["凭证 1"]


def test_what_is_refused_stays_in_the_form(desk):
    answer = send(desk, "issue_slip", kind="error", place="999999", code="J201", text="金额不符合")

    assert answer.status_code == 422
    assert answer.context["form"].errors["place"]
    assert "金额不符合" in text(answer)
    assert Event.objects.filter(result="E6051").exists()


def test_who_may_not_see_what_is_sealed_cannot_issue_it(desk, lead):
    assert "case" not in dict(go(desk, "issue_slip").context["form"].fields["kind"].choices)
    answer = send(desk, "issue_slip", kind="case", place="110801", text="涉嫌伪造印章")
    assert answer.context["form"].errors["kind"]

    told = send(client_of(lead), "issue_slip", kind="case", place="110801", text="涉嫌伪造印章")

    number = Slip.objects.get().number
    assert told.status_code == 302
    assert go(desk, "slip", number).status_code == 404
    assert number not in text(go(desk, "slips"))
    assert number in text(go(client_of(lead), "slips"))
    assert send(desk, "check_slip", number, step="hand_over").status_code == 404


def test_what_is_sealed_is_counted_listed_and_taken_away_by_those_who_may(bank, desk, lead):
    match = factory.difference(factory.counter(bank.outlet), people.staff(bank.outlet, "teller"))
    sealed = issued(lead, kind=rules.CASE, text="涉嫌伪造印章诈骗", origin=match.trail_subject)
    issued(lead, kind=rules.HINT)
    seen, other = go(client_of(lead), "slips"), go(desk, "slips")
    assert (seen.context["counts"]["sealed"], other.context["counts"]["sealed"]) == (1, 0)
    assert (seen.context["counts"]["centre"], other.context["counts"]["centre"]) == (1, 0)

    asked = {"kind": rules.CASE, "stands": "centre"}
    assert go(client_of(lead), "slips", **asked).context["page"].total == 1
    assert go(client_of(lead), "slips", stands="centre").context["page"].total == 1
    assert sealed.number in text(go(client_of(lead), "slips", **asked, export="csv"))
    assert sealed.number in text(go(client_of(lead), "match", match.pk))

    assert sealed.number not in text(go(desk, "slips", **asked, export="csv"))
    assert sealed.number not in text(go(desk, "match", match.pk))
    assert rules.CASE not in dict(go(desk, "slips").context["form"].fields["kind"].choices)


def test_the_outlet_finds_it_in_its_inbox_and_under_the_bell(outlet, slip):
    assert slip.number in text(go(outlet, "slip_inbox"))
    assert slip.number in text(outlet.get(reverse("ui:notices")))


def test_an_empty_inbox_says_so(outlet):
    assert "没有待答复的单据" in text(go(outlet, "slip_inbox"))


def test_another_outlet_s_is_not_there(bank, slip):
    neighbour = client_of(people.staff(bank.sibling, "teller", name="李四"))

    assert slip.number not in text(go(neighbour, "slip_inbox"))
    assert go(neighbour, "slip", slip.number).status_code == 404
    for name in ("step_slip", "answer_slip", "appeal_slip"):
        assert send(neighbour, name, slip.number, words="随便说说吧").status_code == 404


def test_the_whole_way_by_pages(outlet, desk, slip, colleague):
    page = go(outlet, "slip", slip.number)
    assert 'data-key="F9"' in text(page)
    send(outlet, "step_slip", slip.number, step="acknowledge")

    said = {"step": "reply", "words": "已联系客户换单", "evidence": [picture(), picture("b.png")]}
    assert send(outlet, "answer_slip", slip.number, **said).status_code == 302
    seen = go(desk, "slip", slip.number)
    assert "已联系客户换单" in text(seen)
    assert len(seen.context["images"]) == 2
    send(desk, "requery_slip", slip.number, words="请附更换后的凭证")
    send(outlet, "answer_slip", slip.number, step="reply", words="已补充凭证影像")
    send(client_of(colleague), "check_slip", slip.number, step="verify")
    send(desk, "check_slip", slip.number, step="close")

    slip.refresh_from_db()
    assert slip.state == "closed"
    ended = text(go(outlet, "slip", slip.number))
    assert "已关闭" in ended
    assert 'name="words"' not in ended


def test_an_answer_that_is_refused_loses_nothing(outlet, auditor):
    slip = issued(auditor, code="J301", at=timezone.now())

    answer = send(outlet, "answer_slip", slip.number, step="reply", words="已整改完毕了")

    assert answer.status_code == 422
    assert "已整改完毕了" in text(answer)
    assert answer.context["answer"].errors["evidence"]
    slip.refresh_from_db()
    assert slip.state == "issued", "nothing on the way to the answer was taken"


def test_no_image_is_refused_at_its_field(outlet, slip):
    file = BytesIO(b"not an image")
    file.name = "x.png"

    answer = send(outlet, "answer_slip", slip.number, step="reply", words="见附件", evidence=file)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("count", "size"), [(rules.PICTURES_MOST + 1, 10), (1, imaging.BYTES_MAX + 1)]
)
def test_too_many_or_too_large_pictures_are_refused_unread(outlet, slip, monkeypatch, count, size):
    files = [picture(f"{number}.png", bytes(size)) for number in range(count)]
    monkeypatch.setattr(UploadedFile, "read", None)

    answer = send(outlet, "answer_slip", slip.number, step="reply", words="见附件", evidence=files)

    assert answer.status_code == 422
    assert answer.context["answer"].errors["evidence"]


def test_an_appeal_is_made_and_judged_on_the_page(outlet, desk, lead, slip):
    assert send(outlet, "appeal_slip", slip.number, words="凭证与流水一致").status_code == 302
    assert send(desk, "judge_slip", slip.number, upheld="yes", words="成立").status_code == 403
    judge = client_of(lead)
    assert send(judge, "judge_slip", slip.number, upheld="", words="").status_code == 422

    send(judge, "judge_slip", slip.number, upheld="yes", words="申诉成立，撤销")

    slip.refresh_from_db()
    assert slip.state == "revoked"
    assert "申诉成立，已退还" in text(go(outlet, "slip", slip.number))


def test_a_late_appeal_says_until_when_it_could_be_made(outlet, auditor):
    slip = issued(auditor)  # long ago

    answer = send(outlet, "appeal_slip", slip.number, words="凭证与流水一致")

    assert answer.status_code == 422
    assert "2026-11-25 12:00" in text(answer)


def test_a_step_of_the_other_side_is_refused(outlet, slip):
    answer = send(outlet, "step_slip", slip.number, step="close")

    assert answer.status_code == 409
    assert "E6055" in text(answer)


def test_class_4_asks_for_a_call_until_it_is_kept(desk, auditor):
    slip = issued(auditor, code="J401", at=timezone.now())
    assert "须立即电话报告分行" in text(go(desk, "slip", slip.number))

    send(desk, "phone_slip", slip.number)

    assert "须立即电话报告分行" not in text(go(desk, "slip", slip.number))


class TestList:
    def test_it_is_narrowed_by_what_is_asked(self, desk, auditor, teller):
        error = issued(auditor, teller=teller.number)
        hint = issued(auditor, kind=rules.HINT)
        fresh = issued(auditor, code="J301", at=timezone.now() + timedelta(minutes=1))

        def found(**asked):
            return {row.number for row in go(desk, "slips", **asked).context["page"].rows}

        assert found() == {error.number, hint.number, fresh.number}
        assert found(kind="hint") == {hint.number}
        assert found(code="J301") == found(grade="3") == {fresh.number}
        assert found(teller=teller.number) == {error.number}
        assert found(number=hint.number) == {hint.number}
        assert found(stands="outlet") == {error.number, hint.number, fresh.number}
        assert found(stands="centre") == found(month="2026-01") == set()
        assert found(under=str(error.institution_id), month="2026-11") >= {error.number}
        assert found(kind="nonsense", under="x") == {error.number, hint.number, fresh.number}

    def test_what_is_overdue_is_marked_and_counted(self, desk, auditor):
        slip = issued(auditor)
        slips.climb_all(at=due(slip) + timedelta(hours=1))
        slip.refresh_from_db()

        page = go(desk, "slips", stands="overdue")

        assert page.context["counts"]["overdue"] == (1 if timezone.now() > due(slip) else 0)
        late = go(desk, "slips", figure="late")
        assert [row.number for row in late.context["page"].rows] == [slip.number]
        assert "网点运营主管" in text(late)

    def test_pages_follow_one_another(self, desk, auditor, monkeypatch):
        numbers = [issued(auditor, kind=rules.HINT).number for _ in range(3)]
        monkeypatch.setattr("monitoring.selectors.slips.page.__kwdefaults__", {"most": 2})

        first = go(desk, "slips").context["page"]
        rest = go(desk, "slips", before=first.next_before).context["page"]

        assert [row.number for row in (*first.rows, *rest.rows)] == numbers[::-1]
        assert (first.total, rest.next_before) == (3, None)

    def test_it_is_taken_away_as_a_file(self, desk, slip):
        sheet = go(desk, "slips", export="xlsx")
        lines = go(desk, "slips", export="csv")

        rows = list(load_workbook(BytesIO(sheet.content)).active.values)
        assert rows[0][0] == "单据编号"
        assert rows[1][0] == slip.number
        assert slip.number in lines.content.decode("utf-8-sig")
        assert Event.objects.filter(action="monitoring:slips", detail__export="csv").exists()

    def test_an_empty_list_says_so(self, desk):
        assert "没有符合条件的单据" in text(go(desk, "slips"))


def test_a_page_shows_the_score_with_its_slips_behind(bank, auditor, teller):
    issued(auditor, teller=teller.number)
    manager = client_of(people.staff(bank.branch, "ops_manager"))

    page = go(manager, "score", month="2026-11")

    address = f"{reverse('monitoring:slips')}?month=2026-11&amp;under={bank.outlet.pk}"
    assert f'<a href="{address}&amp;figure=errors">3</a>' in text(page)
    assert "97.0" in text(page)
    assert go(manager, "score", month="2026-11", export="csv").status_code == 200
    assert "本月没有监督记录" in text(go(manager, "score", month="2026-01"))


def test_a_page_of_scores_goes_on_where_the_one_before_ended(bank, auditor, teller, monkeypatch):
    monkeypatch.setattr("monitoring.web.points.PAGE", 1)
    issued(auditor, teller=teller.number)
    made(bank.sibling, auditor)
    manager = client_of(people.staff(bank.branch, "ops_manager"))

    def places(page):
        rows = go(manager, "score", month=f"{DAY:%Y-%m}", page=page).context["table"].rows
        return [row.cells[0] for row in rows]

    assert (places(1), places(2)) == (["1"], ["2"])


def test_bulletins_are_asked_for_listed_and_fetched(bank, auditor, lead, outlet):
    issued(auditor)
    page = client_of(lead)
    assert "尚未生成通报" in text(go(page, "bulletins"))
    refused = send(page, "ask_bulletin", month="2089-12")
    assert refused.status_code == 422
    assert "2089-12 尚未开始" in text(refused)
    assert send(page, "ask_bulletin", month=f"{DAY:%Y-%m}").status_code == 302
    assert go(outlet, "bulletins").status_code == 403


def test_a_link_from_elsewhere_fills_the_form_in(desk):
    asked = {"kind": "query", "place": "110801", "origin": "monitoring.alert:7", "text": "请核实"}

    form = go(desk, "issue_slip", **asked).context["form"]

    assert {name: form[name].value() for name in asked} == asked
    assert form["code"].value() == ""


def test_a_slip_is_found_by_its_number(desk, slip):
    found = desk.get(reverse("ui:search"), {"q": slip.number})

    assert reverse("monitoring:slip", args=[slip.number]) in text(found)


def test_what_came_up_is_told_to_the_rung_where_it_is(bank, auditor):
    slip = issued(auditor, code="J301")
    people_of = {
        place: client_of(people.staff(getattr(bank, place), "ops_manager", name=place))
        for place in ("sub_branch", "branch")
    }
    slips.climb_all(at=due(slip) + timedelta(hours=25))

    told = {place: text(one.get(reverse("ui:notices"))) for place, one in people_of.items()}

    assert slip.number in told["sub_branch"]
    assert slip.number not in told["branch"]
