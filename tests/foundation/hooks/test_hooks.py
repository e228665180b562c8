"""The pages of webhooks: proposed by one, approved by another, watched, stopped, sent again."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.hooks.models import Delivery, Secret, Subscription, Terms
from foundation.people import services as people_services
from tests.factories import hooks, people

BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_of(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser


@pytest.fixture
def desk(proposer):
    return client_of(proposer)


@pytest.fixture
def hook(bank, proposer, approver):
    return hooks.subscription(bank.branch, proposer, approver)[0]


def typed(**more):
    wanted = {
        "name": "核心前端", "institution": "110000", "address": hooks.ADDRESS,
        "topics": ["authorization.item.posted"], "valid_from": str(timezone.localdate()),
        "reason": "联机",
    }  # fmt: skip
    return wanted | more


def test_two_people_on_two_pages_let_a_system_hear(bank, desk, approver):
    made = desk.post(reverse("hooks:propose"), typed())
    (secret,) = re.findall(r"whsec_[\w+/=]+", made.content.decode())
    row, terms = Subscription.objects.get(), Terms.objects.get()
    page = reverse("hooks:subscription", args=[row.pk])
    assert made["Cache-Control"] == "no-store"
    assert secret not in desk.get(page).content.decode()
    decide = reverse("hooks:decide", args=[terms.pk])
    assert decide not in desk.get(page).content.decode()
    assert desk.post(decide, {"step": "approve"}).status_code == 403

    other = client_of(approver)
    assert decide in other.get(page).content.decode()
    assert other.post(decide, {"step": "approve"}).status_code == 302

    terms.refresh_from_db()
    assert terms.approved_by == approver
    assert row.name in desk.get(reverse("hooks:subscriptions")).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "http://core.example/"), ("address", "https://10.0.0.1/"), ("topics", []),
     ("institution", "310000"), ("valid_from", "2020-01-01"), ("name", "")],
)  # fmt: skip
def test_what_is_refused_stands_at_its_field(desk, field, value):
    answer = desk.post(reverse("hooks:propose"), typed(**{field: value}))

    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert not Subscription.objects.exists()


def test_terms_are_changed_and_declined(desk, hook, approver):
    form = desk.get(reverse("hooks:change", args=[hook.pk])).content.decode()
    assert hooks.ADDRESS in form
    desk.post(reverse("hooks:change", args=[hook.pk]), typed(address="https://new.example/"))
    waiting = Terms.objects.get(address="https://new.example/")

    client_of(approver).post(reverse("hooks:decide", args=[waiting.pk]), {"step": "decline"})

    waiting.refresh_from_db()
    assert waiting.state == "declined"


def test_a_subscription_is_stopped_with_a_reason(desk, hook):
    address = reverse("hooks:stop", args=[hook.pk])
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert desk.post(address, {"reason": "疑似泄露"}).status_code == 302

    page = desk.get(reverse("hooks:subscription", args=[hook.pk])).content.decode()
    assert "疑似泄露" in page
    assert reverse("hooks:stop", args=[hook.pk]) not in page


def test_a_new_secret_is_shown_once(desk, hook):
    shown = desk.post(reverse("hooks:new_secret", args=[hook.pk])).content.decode()

    assert "whsec_" in shown
    assert Secret.objects.filter(subscription=hook).count() == 2
    assert "whsec_" not in desk.get(reverse("hooks:subscription", args=[hook.pk])).content.decode()


def test_deliveries_are_listed_narrowed_opened_and_sent_again(bank, desk, hook):
    given_up = hooks.told(hook, bank.outlet, "AU77")
    page = reverse("hooks:subscription", args=[hook.pk])
    assert "AU77" in desk.get(page).content.decode()
    assert "AU77" in desk.get(f"{page}?state=dropped").content.decode()
    assert "AU77" not in desk.get(f"{page}?state=delivered").content.decode()
    assert "AU77" in desk.get(f"{page}?state=nothing&before=x").content.decode()
    one = desk.get(reverse("hooks:delivery", args=[given_up.pk])).content.decode()
    assert str(given_up.key) in one
    assert "HTTP 410" in one

    desk.post(reverse("hooks:send_again", args=[given_up.pk]))

    assert Delivery.objects.get(pk=given_up.pk).state == "waiting"


def test_long_lists_are_paged(bank, desk, hook):
    for number in range(51):
        hooks.told(hook, bank.outlet, f"AU{number:04}")
    page = reverse("hooks:subscription", args=[hook.pk])
    first = desk.get(page).content.decode()
    (more,) = re.findall(r'rel="next" href="(\?[^"]+)"', first)

    assert "AU0000" not in first
    assert "AU0000" in desk.get(page + more.replace("&amp;", "&")).content.decode()


def test_who_may_only_look_is_offered_no_step(bank, hook, approver):
    hooks.told(hook, bank.outlet)
    page = client_of(approver).get(reverse("hooks:subscription", args=[hook.pk]))

    for step in ("stop", "new_secret", "change"):
        assert reverse(f"hooks:{step}", args=[hook.pk]) not in page.content.decode()


def test_another_branch_sees_nothing(bank, hook):
    there = people_services.open_institution(
        number="310000", name="上海分行", kind="branch", parent=bank.head
    )
    stranger = client_of(people.staff(there, "sysadmin"))

    assert hook.name not in stranger.get(reverse("hooks:subscriptions")).content.decode()
    assert stranger.get(reverse("hooks:subscription", args=[hook.pk])).status_code == 404
