"""The pages of the authorization centre, as the right role opens them."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorization import rules, selectors, services
from authorization.models import Request
from foundation.imaging import rules as imaging
from foundation.ledger import services as ledger
from foundation.trail.models import Event
from tests.factories import authorization as factory
from tests.factories import ledger as books
from tests.factories import people

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def as_teller(client, teller):
    client.force_login(teller, backend=BACKEND)
    return client


@pytest.fixture
def as_authorizer(client, authorizer):
    client.force_login(authorizer, backend=BACKEND)
    return client


def typed(counter, **more):
    usual = {
        "payer_account": counter.payer.number, "voucher_no": "0744719023",
        "amount": "60,000.00", "purpose": "家用",
    }  # fmt: skip
    return usual | more


def sent_back(authorizer):
    """Send the next item back; return where its teller mends it."""
    opened = services.open_next(authorizer=authorizer, at=people.NOON)
    services.decide(
        number=opened.number, step="return", shown=opened.content_hash, reasons=["A18"],
        fence=opened.opened_fence, decider=authorizer, at=people.NOON,
    )  # fmt: skip
    return reverse("authorization:correct", args=[opened.number])


class TestNew:
    def test_the_form_opens_with_a_key_of_its_own(self, as_teller, counter):
        address = reverse("authorization:new", args=["1002"])

        first, second = (as_teller.get(address, **BROWSER) for _ in range(2))

        assert first.context["form"]["key"].value() != second.context["form"]["key"].value()

    def test_bad_input_is_told_at_its_field_and_nothing_is_lost(self, as_teller, counter):
        address = reverse("authorization:new", args=["1002"])
        key = services_key(as_teller)

        answer = as_teller.post(
            address, typed(counter, key=key, amount="6o,000", payer_account="123"), **BROWSER
        )

        assert answer.status_code == 422
        assert {"amount", "payer_account"} <= set(answer.context["form"].errors)
        assert "6o,000" in answer.content.decode()
        assert "家用" in answer.content.decode()

    @pytest.mark.parametrize("key", ["abc", "", "²", "0" * 31, "x" * 9000])
    def test_a_lost_key_is_told_nothing_is_lost_and_the_next_send_is_good(
        self, as_teller, counter, teller, key
    ):
        address = reverse("authorization:new", args=["1002"])

        answer = as_teller.post(address, typed(counter, key=key, amount="100.00"), **BROWSER)

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "本表单的编号已丢失" in page
        assert "家用" in page
        given = answer.context["form"]["key"].value()
        assert f'name="key" value="{given}"' in page
        services.attach(
            key=UUID(given), teller=teller, data=factory.image(), name="a.png",
            image_class="voucher", at=people.NOON,
        )  # fmt: skip
        good = as_teller.post(address, typed(counter, key=given, amount="100.00"), **BROWSER)
        assert good.status_code == 302
        assert str(Request.objects.get().key) == given

    def test_a_refusal_of_the_ledger_is_told_on_the_form(self, as_teller, counter, teller):
        key = factory.attached(teller)

        answer = as_teller.post(
            reverse("authorization:new", args=["1002"]),
            typed(counter, key=key, amount="990,000.00"),
            **BROWSER,
        )

        assert answer.status_code == 422
        assert not Request.objects.exists()

    def test_a_good_form_becomes_an_item(self, as_teller, counter, teller):
        key = factory.attached(teller)

        answer = as_teller.post(
            reverse("authorization:new", args=["1002"]), typed(counter, key=key), **BROWSER
        )

        item = Request.objects.get()
        assert answer["Location"] == reverse("authorization:item", args=[item.number])
        assert item.state == rules.QUEUED

    def test_a_transfer_asks_for_the_payee(self, as_teller, counter):
        answer = as_teller.get(reverse("authorization:new", args=["1101"]), **BROWSER)

        assert "payee_name" in answer.context["form"].fields

    def test_an_unknown_transaction_is_refused(self, as_teller, counter):
        answer = as_teller.get(reverse("authorization:new", args=["9999"]), **BROWSER)

        assert answer.status_code == 409


def services_key(client):
    address = reverse("authorization:new", args=["1002"])
    return client.get(address, **BROWSER).context["form"]["key"].value()


class TestAttach:
    def send(self, client, data, name="v.png"):
        file = SimpleUploadedFile(name, data, content_type="image/png")
        key = services_key(client)
        return client.post(
            reverse("authorization:attach", args=[key]),
            {"image": file, "image_class": "voucher"},
            **BROWSER,
        )

    def test_an_image_is_kept_and_shown(self, as_teller, counter):
        answer = self.send(as_teller, factory.image())

        assert answer.status_code == 200
        assert len(answer.context["pages"]) == 1

    def test_what_is_no_image_is_told(self, as_teller, counter):
        answer = self.send(as_teller, b"GIF89a is not taken here")

        assert answer.status_code == 422
        assert answer.context["image_form"].errors

    def test_what_is_too_large_is_told_unread(self, as_teller, counter, monkeypatch):
        key, file = services_key(as_teller), BytesIO(bytes(imaging.BYTES_MAX + 1))
        file.name = "v.png"
        monkeypatch.setattr(UploadedFile, "read", None)

        answer = as_teller.post(
            reverse("authorization:attach", args=[key]),
            {"image": file, "image_class": "voucher"},
            **BROWSER,
        )

        assert answer.status_code == 422
        assert "10" in str(answer.context["image_form"].errors["image"])


class TestTellersItems:
    def test_my_items_show_what_i_sent(self, as_teller, waiting):
        answer = as_teller.get(reverse("authorization:mine"), **BROWSER)

        assert waiting.number in answer.content.decode()

    def test_the_part_is_answered_alone(self, as_teller, waiting):
        answer = as_teller.get(reverse("authorization:mine"), HTTP_HX_REQUEST="true", **BROWSER)

        assert "<html" not in answer.content.decode()

    def test_an_item_shows_where_it_stands(self, as_teller, waiting):
        answer = as_teller.get(reverse("authorization:item", args=[waiting.number]), **BROWSER)

        assert answer.context["own"]
        assert waiting.voucher_no in answer.content.decode()

    def test_an_item_is_withdrawn(self, as_teller, waiting):
        as_teller.post(reverse("authorization:withdraw", args=[waiting.number]), **BROWSER)

        waiting.refresh_from_db()
        assert waiting.state == rules.WITHDRAWN

    def test_a_returned_item_is_corrected(self, as_teller, waiting, authorizer, counter):
        address = sent_back(authorizer)

        assert as_teller.get(address, **BROWSER).status_code == 200
        as_teller.post(address, typed(counter, key=waiting.key, amount="55,000.00"), **BROWSER)

        waiting.refresh_from_db()
        assert (waiting.state, waiting.amount_fen) == (rules.QUEUED, 5_500_000)

    def test_a_correction_without_its_key_keeps_the_items_images(
        self, as_teller, waiting, authorizer, counter
    ):
        address = sent_back(authorizer)

        answer = as_teller.post(address, typed(counter, key="abc", amount="7.00"), **BROWSER)

        assert answer.status_code == 422
        assert len(answer.context["pages"]) == 1
        assert answer.context["form"]["key"].value() == str(waiting.key)
        assert "7.00" in answer.content.decode()

    def test_a_receipt_bears_the_day_on_which_it_was_posted(
        self, as_teller, waiting, authorizer, counter
    ):
        opened = services.open_next(authorizer=authorizer, at=people.NOON)
        books.close_day(counter.outlet, people.DAY)
        tomorrow = people.DAY + timedelta(days=1)
        ledger.open_day(
            institution_id=counter.outlet.pk, on=tomorrow, at=people.NOON, by=factory.BY
        )
        services.decide(
            number=opened.number, step="approve", shown=opened.content_hash,
            fence=opened.opened_fence, decider=authorizer, at=people.NOON,
        )  # fmt: skip

        answer = as_teller.get(reverse("authorization:receipt", args=[waiting.number]), **BROWSER)

        assert str(tomorrow) in answer.content.decode().partition("<main")[2]

    def test_a_receipt_is_for_what_is_posted(self, as_teller, counter, teller, waiting):
        posted = factory.sent(
            teller, factory.withdrawal(counter, "100.00", voucher_no="0744719030")
        )

        address = reverse("authorization:receipt", args=[posted.number])
        assert posted.journal_no in as_teller.get(address, **BROWSER).content.decode()
        early = reverse("authorization:receipt", args=[waiting.number])
        assert as_teller.get(early, **BROWSER).status_code == 404

    def test_another_outlets_item_does_not_exist(self, client, waiting, bank):
        client.force_login(people.staff(bank.sibling, "teller"), backend=BACKEND)

        answer = client.get(reverse("authorization:item", args=[waiting.number]), **BROWSER)

        assert answer.status_code == 404


class TestWorkbench:
    def open(self, client):
        return client.get(reverse("authorization:workbench"), **BROWSER)

    def decide(self, client, item, **more):
        usual = {"step": "approve", "shown": item.content_hash, "fence": item.opened_fence}
        return client.post(
            reverse("authorization:decide", args=[item.number]),
            usual | more,
            HTTP_HX_REQUEST="true",
            **BROWSER,
        )

    def test_an_idle_desk_says_so(self, as_authorizer, counter):
        assert self.open(as_authorizer).context.get("shown") is None

    def test_the_next_item_is_on_the_desk(self, as_authorizer, waiting):
        shown = self.open(as_authorizer).context["shown"]

        assert shown.request == waiting

    def test_one_key_decides_and_brings_the_next(self, as_authorizer, waiting, counter, teller):
        following = factory.sent(teller, factory.withdrawal(counter, voucher_no="0744719031"))
        item = self.open(as_authorizer).context["shown"].request

        answer = self.decide(as_authorizer, item)

        assert answer.context["shown"].request == following
        item.refresh_from_db()
        assert item.state == rules.POSTED

    def test_a_refused_decision_keeps_the_item_on_the_desk(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request

        answer = self.decide(as_authorizer, item, step="reject")

        assert answer.status_code == 409
        assert answer.context["shown"].request == item

    def test_a_refused_no_comes_back_as_it_was_typed(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request
        assert "data-open-again" not in self.open(as_authorizer).content.decode()

        answer = self.decide(as_authorizer, item, step="return", reasons=["A18", "A30"], remark=" ")
        page = answer.content.decode()

        assert answer.status_code == 409
        assert page.count("data-open-again") == 1
        assert 'id="return" aria-labelledby="return-title" data-open-again' in page
        drawn = re.findall(r'name="reasons" value="(A..)" checked>', page)
        assert sorted(drawn) == ["A18", "A30"]

    def test_of_another_item_nothing_is_typed(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request

        page = self.decide(
            as_authorizer, item, step="reject", remark="金额涂改", fence=item.opened_fence + 1
        ).content.decode()

        assert "data-open-again" not in page
        assert "金额涂改" not in page

    def test_a_decision_that_makes_no_sense_is_told(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request

        assert self.decide(as_authorizer, item, step="burn").status_code == 422

    def test_resting_hands_the_item_back(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request

        as_authorizer.post(
            reverse("authorization:hand_back", args=[item.number]),
            {"fence": item.opened_fence}, HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip

        item.refresh_from_db()
        assert item.state == rules.QUEUED

    @pytest.mark.parametrize("page", ["heartbeat", "hand_back"])
    @pytest.mark.parametrize("fence", ["²", "٣", "9" * 5000, "9" * 30, "-1", "x", ""])
    def test_a_fence_that_is_no_number_is_nobodys(self, as_authorizer, waiting, page, fence):
        as_authorizer.get(reverse("authorization:workbench"), **BROWSER)
        about = {"heartbeat": waiting.work_item_id, "hand_back": waiting.number}[page]

        answer = as_authorizer.post(
            reverse(f"authorization:{page}", args=[about]), {"fence": fence}, **BROWSER
        )

        assert answer.status_code == 409

    def test_a_heartbeat_tells_until_when(self, as_authorizer, waiting):
        item = self.open(as_authorizer).context["shown"].request
        address = reverse("authorization:heartbeat", args=[item.work_item_id])

        answer = as_authorizer.post(address, {"fence": item.opened_fence}, **BROWSER)

        assert "until" in answer.json()

    def test_the_comparison_is_asked_for_again(self, as_authorizer, waiting):
        address = reverse("authorization:comparison", args=[waiting.number])

        assert as_authorizer.get(address, **BROWSER).status_code == 200


def asked(client, page):
    """Return how often a page asks the database."""
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(page), **BROWSER)
    return len(queries)


@pytest.mark.parametrize("name", ["mine", "items"])
def test_lists_are_read_while_no_day_is_open(client, teller, name):
    client.force_login(teller, backend=BACKEND)

    assert client.get(reverse(f"authorization:{name}"), **BROWSER).status_code == 200


class TestItems:
    def test_the_figures_of_the_list_add_up(self, as_authorizer, waiting, counter, teller):
        factory.sent(teller, factory.withdrawal(counter, "1.00", voucher_no="0744719032"))

        page = as_authorizer.get(reverse("authorization:items"), **BROWSER).context["page"]

        assert page.total == 2 == sum(page.counts.values())

    def test_a_state_narrows_the_list(self, as_authorizer, waiting, counter, teller):
        factory.sent(teller, factory.withdrawal(counter, "1.00", voucher_no="0744719032"))

        answer = as_authorizer.get(reverse("authorization:items") + "?state=queued", **BROWSER)

        assert [row.number for row in answer.context["page"].rows] == [waiting.number]

    def test_the_list_is_taken_away_as_it_is_narrowed(
        self, as_authorizer, waiting, counter, teller, monkeypatch
    ):
        other = factory.sent(teller, factory.withdrawal(counter, "1.00", voucher_no="0744719032"))
        address = reverse("authorization:items")
        page = as_authorizer.get(f"{address}?state=queued&before=99999", **BROWSER)
        assert page.context["query"] == "state=queued&on=2026-11-23&"

        narrowed = as_authorizer.get(f"{address}?{page.context['query']}export=csv", **BROWSER)
        monkeypatch.setattr("authorization.selectors._lists.FILE_MOST", 1)
        cut = as_authorizer.get(f"{address}?export=csv", **BROWSER)

        lines = narrowed.content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == [waiting.number]
        assert waiting.payer_name not in narrowed.content.decode()
        lines = cut.content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:2]] == [other.number]
        assert "2" in lines[2]
        assert Event.objects.filter(action="authorization:items", result="ok").count() == 2

    def test_a_full_list_of_ones_own_says_where_the_rest_is(
        self, client, waiting, counter, teller, monkeypatch
    ):
        client.force_login(teller, backend=BACKEND)
        page = client.get(reverse("authorization:mine"), **BROWSER).content.decode()
        address = f"{reverse('authorization:items')}?teller={teller.number}"
        assert f'href="{address}"' in page
        assert "其余见上方" not in page

        factory.sent(teller, factory.withdrawal(counter, "1.00", voucher_no="0744719032"))
        for place in ("authorization.selectors.PAGE", "authorization.selectors._lists.PAGE"):
            monkeypatch.setattr(place, 1)
        page = client.get(reverse("authorization:mine"), **BROWSER).content.decode()

        assert "其余见上方" in page
        assert waiting.number not in page
        monkeypatch.undo()
        assert waiting.number in client.get(address, **BROWSER).content.decode()

    def test_a_teller_narrows_the_list(self, as_authorizer, waiting, teller):
        address = reverse("authorization:items")

        own = as_authorizer.get(f"{address}?teller={teller.number}", **BROWSER)
        others = as_authorizer.get(f"{address}?teller={teller.number}9", **BROWSER)

        assert [row.number for row in own.context["page"].rows] == [waiting.number]
        assert others.context["page"].rows == ()

    def test_the_list_shows_the_rows_of_the_whole_page(self, waiting, counter, teller):
        factory.sent(teller, factory.withdrawal(counter, "1.00", voucher_no="0744719032"))
        chosen = selectors.Filter(on=waiting.business_date)

        shown, whole = selectors.listed(chosen=chosen), selectors.page(chosen=chosen)

        assert [row.number for row in shown.rows] == [item.number for item in whole.rows]
        assert (shown.total, shown.next_before) == (whole.total, whole.next_before)

    @pytest.mark.parametrize(
        ("page", "reader"),
        [("authorization:items", "authorizer"), ("authorization:mine", "teller")],
    )
    def test_longer_lists_ask_the_database_no_more_often(self, page, reader, waiting, request):
        client, teller, counter = map(request.getfixturevalue, ("client", "teller", "counter"))
        client.force_login(request.getfixturevalue(reader), backend=BACKEND)
        client.get(reverse(page), **BROWSER)  # it also notes when the person was seen

        asked_for_one = asked(client, page)
        for number in range(3):
            order = factory.withdrawal(counter, "1.00", voucher_no=f"074471904{number}")
            factory.sent(teller, order)

        assert client.get(reverse(page), **BROWSER).content.count(b"<tr") == 1 + 4
        assert asked(client, page) == asked_for_one

    @pytest.mark.parametrize("query", ["on=x", "outlet=x", "before=-1", "state=%27", "reason=Z"])
    def test_what_cannot_be_read_does_not_narrow(self, as_authorizer, waiting, query):
        answer = as_authorizer.get(reverse("authorization:items") + f"?{query}", **BROWSER)

        assert answer.status_code == 200


class TestHolds:
    @pytest.fixture
    def opened(self, waiting, authorizer):
        return services.open_next(authorizer=authorizer, at=people.NOON)

    def hold(self, client, item, **more):
        usual = {"kind": "rescan", "question": "请补扫背面", "fence": item.opened_fence}
        return client.post(
            reverse("authorization:hold", args=[item.number]), usual | more,
            HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip

    def test_an_item_is_put_on_hold_and_the_desk_goes_on(self, as_authorizer, opened):
        answer = self.hold(as_authorizer, opened)

        assert answer.context.get("shown") is None
        assert answer.context["day"].on_hold == 1
        page = as_authorizer.get(reverse("authorization:on_hold"), **BROWSER).content.decode()
        assert "请补扫背面" in page

    @pytest.mark.parametrize(("more", "status"), [({"question": ""}, 409), ({"kind": "x"}, 422)])
    def test_a_question_that_makes_no_sense_keeps_the_item(
        self, as_authorizer, opened, more, status
    ):
        answer = self.hold(as_authorizer, opened, **more)

        assert answer.status_code == status
        assert answer.context["shown"].request == opened

    def test_nothing_on_hold_says_so(self, as_authorizer, bank):
        page = as_authorizer.get(
            reverse("authorization:on_hold"), HTTP_HX_REQUEST="true", **BROWSER
        )

        assert "没有暂挂业务" in page.content.decode()

    def test_the_teller_answers_with_an_image(self, client, opened, authorizer, teller):
        services.hold(
            number=opened.number, kind="rescan", question="请补扫背面",
            fence=opened.opened_fence, authorizer=authorizer, at=people.NOON,
        )  # fmt: skip
        client.force_login(teller, backend=BACKEND)
        address = reverse("authorization:answer", args=[opened.number])
        mine = client.get(reverse("authorization:mine"), **BROWSER).content.decode()
        assert address in mine

        early = client.post(address, {"text": "好"}, **BROWSER)
        assert early.status_code == 422
        assert "先补上" in early.content.decode()
        services.attach(
            key=opened.key, teller=teller, data=factory.image(), name="b.png",
            image_class="voucher", at=people.NOON,
        )  # fmt: skip
        assert client.get(address, **BROWSER).status_code == 200
        done = client.post(address, {"text": "已补扫"}, **BROWSER)

        assert done["Location"] == reverse("authorization:item", args=[opened.number])
        opened.refresh_from_db()
        assert opened.state == rules.QUEUED
        item = client.get(done["Location"], **BROWSER).content.decode()
        assert "已补扫" in item

    def test_what_nobody_asks_has_no_page(self, as_authorizer, waiting):
        address = reverse("authorization:answer", args=[waiting.number])

        assert as_authorizer.get(address, **BROWSER).status_code == 404


class TestMomentsOnPages:
    def test_the_desk_says_when_it_shows_and_the_teller_sees_the_decision(
        self, client, waiting, authorizer, teller
    ):
        client.force_login(authorizer, backend=BACKEND)
        client.get(reverse("authorization:workbench"), **BROWSER)
        waiting.refresh_from_db()
        told = client.post(
            reverse("authorization:on_screen", args=[waiting.number]),
            {"fence": waiting.opened_fence}, **BROWSER,
        )  # fmt: skip
        assert told.status_code == 204
        waiting.refresh_from_db()
        services.decide(
            number=waiting.number, step="approve", shown=waiting.content_hash,
            fence=waiting.opened_fence, decider=authorizer, at=waiting.shown_at,
        )  # fmt: skip
        client.force_login(teller, backend=BACKEND)

        client.get(reverse("authorization:mine"), **BROWSER)

        (made,) = selectors.decisions(request=waiting)
        assert made.seen_at is not None
        page = client.get(reverse("authorization:item", args=[waiting.number]), **BROWSER)
        assert "时间分布" in page.content.decode()
