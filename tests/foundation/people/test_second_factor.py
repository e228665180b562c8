"""The second factor: without its code nothing opens, and a code is good for once."""

import pytest
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from foundation.people import rules, selectors, services
from tests.foundation.people.conftest import AT


@pytest.fixture
def asked(client, sign_in, teller, settings):
    settings.OPS_TOTP = True
    sign_in(teller)
    return client


def code_of(device):
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift).token():06}"


def test_after_the_password_only_the_second_factor_opens(asked):
    answer = asked.get(reverse("ui:keys"))

    assert answer["Location"] == reverse("people:second_factor")
    assert selectors.staff_behind(session_key=asked.session.session_key) is None


def test_the_first_time_a_picture_sets_the_device_up(asked, teller):
    page = asked.get(reverse("people:second_factor")).content.decode()

    assert "data:image/svg+xml" in page


def test_the_code_opens_and_the_key_changes(asked, teller):
    asked.get(reverse("people:second_factor"))
    device, before = TOTPDevice.objects.get(user=teller), asked.session.session_key

    answer = asked.post(reverse("people:second_factor"), {"code": code_of(device)})

    assert answer.status_code == 302
    assert asked.session.session_key != before
    assert asked.get(reverse("ui:keys")).status_code == 200
    assert TOTPDevice.objects.get(user=teller).confirmed


def test_the_secret_is_shown_only_before_it_is_confirmed(asked, teller):
    TOTPDevice.objects.create(user=teller, confirmed=True)

    assert "data:image" not in asked.get(reverse("people:second_factor")).content.decode()


def test_a_wrong_code_is_refused(asked):
    answer = asked.post(reverse("people:second_factor"), {"code": "000000"})

    assert answer.status_code == 422
    assert asked.get(reverse("ui:keys")).status_code == 302


def test_a_code_is_good_for_once(teller):
    device = TOTPDevice.objects.create(user=teller, confirmed=True)
    code = code_of(device)
    services.check_second_factor(staff=teller, code=code, at=AT, where="")

    with pytest.raises(rules.WrongCode):
        services.check_second_factor(staff=teller, code=code, at=AT, where="")


def test_wrong_codes_slow_the_guesser_down(teller):
    device = TOTPDevice.objects.create(user=teller, confirmed=True)
    with pytest.raises(rules.WrongCode):
        services.check_second_factor(staff=teller, code="000000", at=AT, where="")

    with pytest.raises(rules.WrongCode):
        services.check_second_factor(staff=teller, code=code_of(device), at=AT, where="")


def test_the_demo_does_not_ask(client, sign_in, teller, settings):
    settings.OPS_TOTP = False
    sign_in(teller)

    assert client.get(reverse("ui:keys")).status_code == 200
