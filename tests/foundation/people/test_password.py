"""Passwords: chosen by the person, by the rules of the profile, reset without being seen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.people import rules, services
from foundation.people.models import SignInCount, Staff
from tests.foundation.people.conftest import AT, PASSWORD, device_of

GOOD = "Blue-Lantern-77"


def given(new=GOOD, old=PASSWORD, again=None):
    return {"old": old, "password": new, "again": again or new}


@pytest.fixture
def inside(client, sign_in, teller):
    sign_in(teller)
    return client


def test_the_person_stays_in_and_the_new_password_holds(inside, teller, sign_in):
    assert inside.post(reverse("people:password"), given()).status_code == 302

    assert inside.get(reverse("ui:keys")).status_code == 200
    assert sign_in(teller, PASSWORD).status_code == 422
    assert sign_in(teller, GOOD).status_code == 302


@pytest.mark.parametrize(
    "form",
    [given(old="wrong"), given(new="Short-1"), given(new="alllowercaseletters"), given(again="x"),
     given(new=PASSWORD)],
    ids=["old wrong", "short", "simple", "differ", "in use"],
)  # fmt: skip
def test_a_bad_choice_is_refused_in_place(inside, form):
    assert inside.post(reverse("people:password"), form).status_code == 422


def test_the_last_five_are_not_chosen_again(teller):
    for number in range(4):
        teller = services.change_password(
            staff=teller, new=f"Lantern-Number-{number}", at=AT, where=""
        )

    with pytest.raises(rules.PasswordUsedBefore):
        services.change_password(staff=teller, new="Lantern-Number-0", at=AT, where="")


def test_five_wrong_old_ones_lock_the_number_here_and_at_the_door(inside, teller, sign_in):
    for _ in range(5):
        answer = inside.post(reverse("people:password"), given(old="wrong"))
        assert "old" in answer.context["form"].errors

    assert inside.post(reverse("people:password"), given()).status_code == 422
    assert sign_in(teller, browser=Client()).status_code == 422


def test_a_terminal_with_too_many_failures_is_refused_before_hashing(inside, settings):
    SignInCount.objects.update_or_create(
        address="127.0.0.1",
        stretch=rules.stretch_of(timezone.now()),
        defaults={"tries": rules.TRIES_PER_STRETCH},
    )
    settings.PASSWORD_HASHERS = ["no.such.Hasher"]

    assert inside.post(reverse("people:password"), given()).status_code == 422


@pytest.mark.parametrize(
    ("profile", "password", "refusal"),
    [
        ("mlps3", "Aa1-aaa", rules.PasswordShort),
        ("mlps3", "aaaaaaaa1", rules.PasswordSimple),
        ("mlps3", "Aa1-500001", rules.PasswordHoldsNumber),
        ("asvs", "elevenchars", rules.PasswordShort),
        ("asvs", "administrator", rules.PasswordCommon),
    ],
)
def test_what_each_profile_refuses(profile, password, refusal):
    common = password == "administrator"
    with pytest.raises(refusal):
        rules.check_password(rules.PROFILES[profile], password, number="500001", common=common)


def test_length_alone_is_enough_for_asvs():
    rules.check_password(rules.PROFILES["asvs"], "correcthorsebattery", number="1", common=False)


@pytest.mark.parametrize(("profile", "due"), [("mlps3", True), ("asvs", False)])
def test_after_ninety_days_only_one_profile_asks_for_another(profile, due):
    rule, changed_at = rules.PROFILES[profile], AT - timedelta(days=90)

    assert rules.password_due(rule, changed_at=changed_at, must=False, at=AT) is due


def test_an_old_password_opens_only_the_page_that_changes_it(client, sign_in, teller):
    Staff.objects.filter(id=teller.pk).update(
        password_changed_at=timezone.now() - timedelta(days=91)
    )
    sign_in(teller)

    assert client.get(reverse("ui:keys"))["Location"] == reverse("people:password")
    assert client.get(reverse("people:password")).status_code == 200


class TestReset:
    def test_the_administrator_gets_a_code_and_never_a_password(
        self, client, sign_in, sysadmin, teller
    ):
        sign_in(sysadmin)

        answer = client.post(reverse("people:reset_password", args=[teller.number]))

        assert len(answer.context["code"]) == 8

    def test_with_the_code_the_person_chooses_a_password(self, client, sign_in, sysadmin, teller):
        code = services.open_reset(staff_id=teller.pk, by=sysadmin, at=timezone.now(), where="")
        form = {"number": teller.number, "code": code, "password": GOOD, "again": GOOD}

        assert client.post(reverse("people:new_password"), form).status_code == 302
        assert sign_in(teller, GOOD).status_code == 302
        assert client.post(reverse("people:new_password"), form).status_code == 422

    def test_a_reset_ends_the_session_of_the_person(self, inside, sysadmin, teller):
        services.open_reset(staff_id=teller.pk, by=sysadmin, at=AT, where="")

        assert "ended=reset" in inside.get(reverse("ui:keys"))["Location"]

    def test_the_code_is_soon_too_old(self, sysadmin, teller):
        code = services.open_reset(staff_id=teller.pk, by=sysadmin, at=AT, where="")

        with pytest.raises(rules.WrongCode):
            services.use_reset(
                number=teller.number, code=code, new=GOOD, at=AT + timedelta(minutes=16), where=""
            )

    def test_five_wrong_codes_use_the_reset_up(self, sysadmin, teller):
        code = services.open_reset(staff_id=teller.pk, by=sysadmin, at=AT, where="")
        for _ in range(5):
            with pytest.raises(rules.WrongCode):
                services.use_reset(number=teller.number, code="x", new=GOOD, at=AT, where="")

        with pytest.raises(rules.WrongCode):
            services.use_reset(number=teller.number, code=code, new=GOOD, at=AT, where="")

    def test_nobody_resets_themselves(self, sysadmin):
        with pytest.raises(rules.OwnReset):
            services.open_reset(staff_id=sysadmin.pk, by=sysadmin, at=AT, where="")

    def test_a_lost_device_is_taken_away_by_another(self, sysadmin, teller):
        services.enrol_second_factor(staff=teller)
        services.forget_second_factor(staff_id=teller.pk, by=sysadmin, at=AT, where="")

        assert device_of(teller) is None
        with pytest.raises(rules.OwnReset):
            services.forget_second_factor(staff_id=sysadmin.pk, by=sysadmin, at=AT, where="")
