"""Another image of an item is asked for so often and no more; then somebody decides."""

from datetime import timedelta

import pytest
from django.urls import reverse

from authorization import rules, services
from authorization.models import Inquiry
from authorization.rules import scanning
from tests.factories import authorization as factory
from tests.factories import people

AT = people.NOON
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
MOST = 3


def asked(item, authorizer, kind=rules.RESCAN, **more):
    return services.hold(
        number=item.number, kind=kind, question="背面", fence=item.opened_fence,
        authorizer=authorizer, at=AT, **more,
    )  # fmt: skip


def answered(item, teller):
    services.attach(
        key=item.key, teller=teller, data=factory.image(), name="b.png", image_class="voucher",
        at=AT,
    )  # fmt: skip
    return services.answer(number=item.number, text="已补扫", by=teller, at=AT)


@pytest.fixture
def opened(waiting, authorizer, teller):
    """Open an item of which another image was asked for as often as is allowed."""
    for _ in range(MOST):
        asked(services.open_next(authorizer=authorizer, at=AT), authorizer)
        answered(waiting, teller)
    return services.open_next(authorizer=authorizer, at=AT)


@pytest.mark.parametrize(("times", "most"), [(0, None), (9, None), (0, 1), (2, 3)])
def test_so_often_is_allowed(times, most):
    scanning.check_rescans(asked=times, most=most)


@pytest.mark.parametrize(("times", "most"), [(0, 0), (1, 1), (3, 3), (4, 3)])
def test_and_no_more(times, most):
    with pytest.raises(scanning.RescansUsedUp):
        scanning.check_rescans(asked=times, most=most)


def test_one_more_is_refused_and_the_item_stays_on_the_desk(opened, authorizer):
    with pytest.raises(scanning.RescansUsedUp):
        asked(opened, authorizer)

    opened.refresh_from_db()
    assert (opened.state, Inquiry.objects.count()) == (rules.VIEWING, MOST)
    assert services.open_next(authorizer=authorizer, at=AT).pk == opened.pk


def test_others_are_still_asked(opened, authorizer):
    asked(opened, authorizer, rules.CONSULT)

    opened.refresh_from_db()
    assert opened.state == rules.ON_HOLD


def test_what_lapses_counts_too(waiting, authorizer):
    for _ in range(MOST):
        asked(services.open_next(authorizer=authorizer, at=AT), authorizer)
        services.lapse(number=waiting.number, at=AT + timedelta(hours=1))

    with pytest.raises(scanning.RescansUsedUp):
        asked(services.open_next(authorizer=authorizer, at=AT), authorizer)


def test_another_round_does_not_begin_anew(opened, authorizer, teller, counter):
    services.decide(
        number=opened.number, step="return", shown=opened.content_hash, fence=opened.opened_fence,
        decider=authorizer, at=AT, reasons=["A18"],
    )  # fmt: skip
    services.settle(number=opened.number, at=AT + timedelta(minutes=1))
    order = factory.withdrawal(counter, "55,000.00")
    services.resubmit(number=opened.number, order=order, teller=teller, at=AT)

    with pytest.raises(scanning.RescansUsedUp):
        asked(services.open_next(authorizer=authorizer, at=AT), authorizer)


def test_while_nobody_said_how_often_there_is_no_end(opened, authorizer, monkeypatch):
    monkeypatch.setattr("foundation.policy.selectors.bank_wholes", lambda **_asked: {})

    asked(opened, authorizer)

    assert Inquiry.objects.count() == MOST + 1


def test_the_desk_says_what_to_do_instead(opened, authorizer, client):
    client.force_login(authorizer)
    answer = client.post(
        reverse("authorization:hold", args=[opened.number]),
        {"kind": rules.RESCAN, "question": "背面", "fence": opened.opened_fence}, **BROWSER,
    )  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "E2121" in page
    assert "退回补件，或拒绝" in page
