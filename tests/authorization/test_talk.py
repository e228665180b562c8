"""The conversation about an item: who writes, who reads, and that both screens show it."""

import csv
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from authorization import gateways, rules, selectors, services
from authorization.models import Message
from foundation.people.services import acting, acting_as_system
from foundation.trail.models import Event
from foundation.ui import live as bell
from ops_platform import frame
from tests.authorization.desk import minutes
from tests.browser import BACKEND, ready
from tests.factories import authorization as factory
from tests.factories import people

AT = people.NOON
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


def write(item, by, text="请补拍身份证反面"):
    return services.write(number=item.number, text=text, by=by, at=AT)


def put_on_hold(item, by):
    return services.hold(
        number=item.number, kind=rules.RESCAN, question="请补扫背面", fence=item.opened_fence,
        authorizer=by, at=AT,
    )  # fmt: skip


def decide(item, by, step="reject", reasons=("A12",)):
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=by, at=minutes(1), reasons=reasons,
    )  # fmt: skip


class TestWhoWrites:
    def test_both_sides_write_and_the_item_goes_on(self, opened, authorizer, teller):
        write(opened, authorizer)
        write(opened, teller, "  正在   扫描 ")

        said = selectors.messages(request=opened)
        assert [(one.side, one.text) for one in said] == [
            (rules.DESK, "请补拍身份证反面"), (rules.COUNTER, "正在 扫描"),
        ]  # fmt: skip
        assert decide(opened, authorizer, "approve", ()).state == rules.POSTED

    def test_it_is_on_the_trail_of_the_item(self, opened, authorizer):
        write(opened, authorizer)

        told = Event.objects.get(action="authorization.write")
        assert (told.subject, told.actor) == (opened.subject, authorizer.label)
        assert told.detail["message"] == "请补拍身份证反面"

    def test_nobody_else_writes(self, opened, bank):
        for somebody in (
            people.staff(bank.outlet, "teller"),
            people.staff(bank.centre, "authorizer"),
            people.staff(bank.centre, "auth_lead", grade=5),
        ):
            with pytest.raises(rules.NotYoursToWrite):
                write(opened, somebody)

    def test_who_had_it_before_writes_no_more(self, opened, authorizer, teller):
        services.hand_back(
            number=opened.number, fence=opened.opened_fence, authorizer=authorizer, at=AT
        )

        with pytest.raises(rules.NotYoursToWrite):
            write(opened, authorizer)
        assert write(opened, teller, "客户在柜台等候").side == rules.COUNTER

    def test_who_asked_writes_while_it_is_on_hold(self, opened, authorizer, teller, bank):
        put_on_hold(opened, authorizer)

        assert write(opened, authorizer).side == rules.DESK
        assert write(opened, teller).side == rules.COUNTER
        with pytest.raises(rules.NotYoursToWrite):
            write(opened, people.staff(bank.centre, "authorizer"))

    @pytest.mark.parametrize("text", ["", "  ", "\u200b"])
    def test_a_message_has_words(self, opened, authorizer, text):
        with pytest.raises(rules.NothingWritten):
            write(opened, authorizer, text)

    def test_nothing_is_written_about_what_was_decided(self, opened, authorizer, teller):
        decide(opened, authorizer)

        with pytest.raises(rules.TalkIsOver):
            write(opened, teller)
        with pytest.raises(rules.NotYoursToWrite):
            write(opened, authorizer)


class TestTheDatabase:
    def add(self, item, by, side, **more):
        return Message.objects.create(
            **{
                "institution_id": item.institution_id, "request": item, "attempt": item.attempt,
                "side": side, "by": by, "by_label": by.label, "text": "好", "at": AT,
            } | more
        )  # fmt: skip

    def test_a_message_is_never_changed(self, opened, authorizer):
        message = write(opened, authorizer)

        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(text="别的")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            message.delete()

    @pytest.mark.parametrize("side", [rules.DESK, rules.COUNTER])
    def test_nobody_but_the_two_sides_writes(self, opened, bank, side):
        other = people.staff(bank.centre, "authorizer")

        with (
            pytest.raises(DatabaseError, match="only the teller and the desk"),
            transaction.atomic(),
        ):
            self.add(opened, other, side)

    def test_neither_side_writes_for_the_other(self, opened, authorizer, teller):
        for by, side in ((authorizer, rules.COUNTER), (teller, rules.DESK)):
            with (
                pytest.raises(DatabaseError, match="only the teller and the desk"),
                transaction.atomic(),
            ):
                self.add(opened, by, side)

    def test_it_is_of_the_item_in_its_round_and_place(self, opened, teller, bank):
        with pytest.raises(DatabaseError, match="not of that institution"), transaction.atomic():
            self.add(opened, teller, rules.COUNTER, institution_id=bank.sibling.pk)
        with pytest.raises(DatabaseError, match="not in the centre"), transaction.atomic():
            self.add(opened, teller, rules.COUNTER, attempt=2)

    def test_an_ended_item_is_written_about_no_more(self, opened, authorizer, teller):
        decide(opened, authorizer)
        opened.refresh_from_db()

        with pytest.raises(DatabaseError, match="not in the centre"), transaction.atomic():
            self.add(opened, teller, rules.COUNTER)

    def test_it_says_something_on_a_known_side(self, opened, teller):
        with pytest.raises(DatabaseError, match="authorization_message_says"), transaction.atomic():
            self.add(opened, teller, rules.COUNTER, text="")

    def test_another_outlet_reads_nothing(self, opened, authorizer, teller, bank):
        write(opened, authorizer)

        with acting(staff=people.staff(bank.sibling, "teller")):
            assert not Message.objects.exists()
        with acting(staff=teller):
            assert Message.objects.count() == 1


class TestTelling:
    def test_both_are_rung_and_nobody_else(self, opened, authorizer, teller, monkeypatch):
        rung = []
        monkeypatch.setattr(bell, "tell_person", lambda topic, staff: rung.append((topic, staff)))

        write(opened, authorizer)

        assert rung == [("talk", authorizer.pk), ("talk", teller.pk), ("notices", teller.pk)]

    def test_a_teller_is_told_until_it_is_answered(self, opened, authorizer, teller):
        write(opened, authorizer)
        (notice,) = frame.desk_wrote(teller)
        assert "请补拍身份证反面" in notice.text

        write(opened, teller, "已补拍")
        assert not [*frame.desk_wrote(teller)]

    def test_a_decision_ends_the_notice(self, opened, authorizer, teller):
        write(opened, authorizer)
        decide(opened, authorizer)

        assert not [*frame.desk_wrote(teller)]

    def test_who_asked_is_told_of_an_item_on_hold(self, opened, authorizer, teller):
        put_on_hold(opened, authorizer)
        write(opened, teller, "背面是空白")

        (notice,) = frame.teller_wrote(authorizer)
        assert "背面是空白" in notice.text


class TestPhrases:
    def test_each_side_has_nine_in_both_languages(self):
        found = [*gateways.phrases().values()]

        for side in rules.SIDES:
            digits = [one.digit for one in found if one.side == side]
            assert digits == list("123456789")
        with gateways.PHRASES.open(encoding="utf-8") as lines:
            rows = [*csv.DictReader(lines)]
        assert len({row["code"] for row in rows}) == len(rows)
        for one in found:
            assert re.search(r"[一-鿿]", one.chinese)
            assert not re.search(r"[一-鿿]", one.english)
            assert max(len(one.chinese), len(one.english)) <= rules.LONGEST


class TestPages:
    def post(self, client, item, **typed):
        return client.post(
            reverse("authorization:write", args=[item.number]), typed,
            HTTP_HX_REQUEST="true", **BROWSER,
        )  # fmt: skip

    def test_a_phrase_is_written_in_the_writers_language(self, client, opened, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        answer = self.post(client, opened, phrase="id_back")

        assert answer.status_code == 200
        assert "请补拍身份证反面" in answer.content.decode()

    def test_own_words_go_before_a_phrase(self, client, opened, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        self.post(client, opened, phrase="id_back", text="请翻到背面")

        assert Message.objects.get().text == "请翻到背面"

    def test_what_is_refused_is_told_in_its_place(self, client, opened, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        answer = self.post(client, opened)

        assert answer.status_code == 409
        assert "E2054" in answer.content.decode()

    def test_a_text_too_long_is_told(self, client, opened, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        assert self.post(client, opened, text="长" * 201).status_code == 422

    def test_who_only_looks_reads_and_has_no_field(self, client, opened, authorizer, bank):
        write(opened, authorizer)
        client.force_login(people.staff(bank.outlet, "outlet_supervisor"), backend=BACKEND)

        page = client.get(reverse("authorization:item", args=[opened.number]), **BROWSER)

        assert "请补拍身份证反面" in page.content.decode()
        assert 'id="write"' not in page.content.decode()

    def test_of_an_item_out_of_sight_nothing_is_told(self, client, opened, bank):
        client.force_login(people.staff(bank.sibling, "teller"), backend=BACKEND)

        address = reverse("authorization:talk", args=[opened.number])

        assert client.get(address, **BROWSER).status_code == 404


@pytest.mark.slow
def test_two_screens_talk_by_keyboard(live, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        teller = people.staff(bank.outlet, "teller")
        authorizer = people.staff(bank.centre, "authorizer")
        item = factory.sent(teller, factory.withdrawal(factory.counter(bank)))
    desk, counter = browse(authorizer), browse(teller)
    for page in (desk, counter):
        page.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    desk.goto("/authorization/workbench/")
    counter.goto(f"/authorization/item/{item.number}/")
    ready(desk)
    ready(counter)

    desk.keyboard.press("F6")
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#talk >> text=请补拍身份证反面")
    assert not desk.locator("dialog[open]").count()

    counter.evaluate("document.dispatchEvent(new CustomEvent('ops:refresh'))")
    counter.wait_for_selector("#talk >> text=请补拍身份证反面")
    counter.keyboard.press("F6")
    counter.locator("#write-text").fill("已补拍，请查看")
    counter.keyboard.press("Enter")
    counter.wait_for_selector("#talk >> text=已补拍")
    desk.evaluate("document.dispatchEvent(new CustomEvent('ops:refresh'))")
    desk.wait_for_selector("#talk >> text=已补拍")
    desk.keyboard.press("F9")
    desk.wait_for_selector("#take")
