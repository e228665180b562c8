"""The second factor: without its code nothing opens, and a code is good for once."""

import io
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from foundation.people import gateways, rules, selectors, services
from foundation.people.models import SecondFactor
from tests.foundation.people.conftest import AT, device_of


@pytest.fixture
def asked(client, sign_in, teller, settings):
    settings.OPS_TOTP = True
    sign_in(teller)
    return client


@pytest.fixture
def device(teller):
    return services.enrol_second_factor(staff=teller)


def code_of(device, at):
    clock = TOTP(services.secret_of(device=device))
    clock.time = at.timestamp()
    return f"{clock.token():06}"


def check(teller, code, at=AT):
    return services.check_second_factor(staff=teller, code=code, at=at, where="")


def test_until_then_the_frame_leads_nowhere_and_asks_for_nothing(asked):
    page = asked.get(reverse("people:second_factor")).content.decode()

    for part in (
        'id="ops-nav"',
        "<ops-live",
        'op-iconbtn" data-lock',
        'class="op-search"',
        "op-places",
    ):
        assert part not in page
    assert reverse("people:sign_out") in page


def test_after_the_password_only_the_second_factor_opens(asked):
    answer = asked.get(reverse("ui:keys"))

    assert answer["Location"] == reverse("people:second_factor")
    assert selectors.staff_behind(session_key=asked.session.session_key) is None


def test_the_first_time_a_picture_sets_the_device_up(asked, teller):
    page = asked.get(reverse("people:second_factor")).content.decode()

    assert "data:image/svg+xml" in page


def test_the_code_opens_and_the_key_changes(asked, device):
    before = asked.session.session_key

    answer = asked.post(reverse("people:second_factor"), {"code": code_of(device, timezone.now())})

    assert answer.status_code == 302
    assert asked.session.session_key != before
    assert asked.get(reverse("ui:keys")).status_code == 200
    assert device_of(device.staff).confirmed


def test_the_secret_is_shown_only_before_it_is_confirmed(asked, teller, device):
    check(teller, code_of(device, AT))

    assert "data:image" not in asked.get(reverse("people:second_factor")).content.decode()


def test_a_wrong_code_is_refused(asked):
    answer = asked.post(reverse("people:second_factor"), {"code": "000000"})

    assert answer.status_code == 422
    assert asked.get(reverse("ui:keys")).status_code == 302


@pytest.mark.parametrize("seconds", [0, 29, 59])
def test_a_code_is_good_for_once(teller, device, seconds):
    code = code_of(device, AT)
    check(teller, code)

    with pytest.raises(rules.WrongCode):
        check(teller, code, AT + timedelta(seconds=seconds))


def test_neither_is_an_older_code_after_a_newer_one(teller, device):
    check(teller, code_of(device, AT))

    with pytest.raises(rules.WrongCode):
        check(teller, code_of(device, AT - timedelta(seconds=30)))


def test_the_database_takes_no_code_back(teller, device):
    check(teller, code_of(device, AT))

    with (
        pytest.raises(IntegrityError, match="a code is good for once"),
        services.acting_as_system(reason="test"),
    ):
        SecondFactor.objects.update(last_step=0)


def test_wrong_codes_slow_the_guesser_down_twice_as_long_each_time(teller, device):
    at = AT
    for wait in (1, 2, 4):
        with pytest.raises(rules.WrongCode):
            check(teller, "000000", at)
        with pytest.raises(rules.WrongCode):
            check(teller, code_of(device, at), at)
        device = device_of(teller)
        assert rules.wait_after(device.failures) >= timedelta(seconds=wait)
        at = device.failed_at + rules.wait_after(device.failures)

    assert check(teller, code_of(device, at), at).failures == 0


def test_what_a_phone_cannot_show_is_refused_and_never_a_fault(teller, device):
    for number, code in enumerate(("", "12345x", "１２３４５６")):
        with pytest.raises(rules.WrongCode):
            check(teller, code, AT + timedelta(hours=number))


class TestSealed:
    def test_the_database_holds_no_secret(self, teller, device):
        secret = services.secret_of(device=device)
        with services.acting_as_system(reason="test"), connection.cursor() as cursor:
            cursor.execute("SELECT people_secondfactor::text FROM people_secondfactor")
            row = cursor.fetchone()[0]

        assert len(secret) == 20
        assert secret.hex() not in row
        assert secret not in urlsafe_b64decode(device.sealed.partition(":")[2])

    def test_a_sealed_secret_opens_for_nobody_else(self, device):
        with pytest.raises(gateways.KeyMissing):
            gateways.unseal(device.sealed, about="999999")

    def test_without_its_key_it_does_not_open(self, device, settings):
        settings.OPS_TOTP_KEYS = ("another",)

        with pytest.raises(gateways.KeyMissing):
            services.secret_of(device=device)

    def test_a_new_key_takes_over_and_the_old_one_may_go(self, device, settings):
        before, old = services.secret_of(device=device), settings.OPS_TOTP_KEYS
        settings.OPS_TOTP_KEYS = ("new", *old)
        said = io.StringIO()

        call_command("reseal_second_factors", stdout=said)
        settings.OPS_TOTP_KEYS = ("new",)

        assert services.secret_of(device=device_of(device.staff)) == before
        assert said.getvalue().startswith("1 ")
        assert services.reseal_second_factors() == 0


def test_the_demo_does_not_ask(client, sign_in, teller, settings):
    settings.OPS_TOTP = False
    sign_in(teller)

    assert client.get(reverse("ui:keys")).status_code == 200
