"""An alert asks its outlet by a query slip, hears the answer, asks again, and leads to the slip."""

from datetime import timedelta

import pytest
from django.urls import reverse

from foundation.people import services as acting
from monitoring.models import Alert, Slip
from monitoring.rules import alerts as rules
from monitoring.services import alerts, asking, slips
from tests.browser import BACKEND
from tests.factories import people
from tests.factories.alerts import published, raised, spec
from tests.factories.people import NOON

LATER = NOON + timedelta(minutes=5)
ASKED, SAID, AGAIN = "请说明客户来意并补传影像", "客户购房，合同附后", "请补充购房合同首页"


@pytest.fixture
def alert(bank):
    maker = people.staff(bank.centre, "audit_lead", name="冯磊")
    publisher = people.staff(bank.branch, "risk_manager", name="吴芳")
    large = spec("single", "account", where="code 1002; amount_from 500.00")
    return raised(published(large, maker, publisher), bank.outlet, "1000000000000000001")


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="何平")


def asked(auditor, words=ASKED, *, look=True):
    with acting.acting(staff=auditor):
        opened = alerts.open_next_alert(auditor=auditor, at=LATER)
        given = {"alert_id": opened.alert.pk, "fence": opened.item.fence}
        given |= {"auditor": auditor, "at": LATER}
        if look:
            alerts.take_step(step="investigate", **given)
        return asking.ask_outlet(words=words, **given)


def answered(supervisor, slip):
    with acting.acting(staff=supervisor):
        slips.answer(number=slip.number, step="reply", words=SAID, by=supervisor, at=LATER)


def test_asking_issues_a_query_slip_to_the_outlet(alert, auditor, bank):
    found = asked(auditor)

    slip = Slip.objects.get()
    assert (slip.kind, slip.institution, slip.text) == ("query", bank.outlet, ASKED)
    assert slip.origin == alert.trail_subject
    assert (found.state, found.slip_number) == (rules.QUERY_ISSUED, slip.number)


def test_the_answer_of_the_outlet_brings_the_alert_back_with_its_words(alert, auditor, supervisor):
    asked(auditor)

    answered(supervisor, Slip.objects.get())

    alert.refresh_from_db()
    assert (alert.state, alert.reply) == (rules.REPLIED, SAID)
    with acting.acting(staff=auditor):
        assert alerts.open_next_alert(auditor=auditor, at=LATER).alert.pk == alert.pk


def test_asking_again_asks_on_the_same_slip(alert, auditor, supervisor):
    asked(auditor)
    answered(supervisor, Slip.objects.get())

    asked(auditor, AGAIN, look=False)

    slip = Slip.objects.get()
    alert.refresh_from_db()
    assert (slip.state, alert.state) == ("requeried", rules.QUERY_ISSUED)
    answered(supervisor, slip)
    alert.refresh_from_db()
    assert alert.state == rules.REPLIED


def test_an_answer_to_an_alert_that_went_on_changes_nothing_but_the_slip(
    alert, auditor, supervisor, everything
):
    asked(auditor)
    alerts.replied(alert_id=alert.pk, reply="电话答复", by_label="电话", at=LATER)

    answered(supervisor, Slip.objects.get())

    assert Alert.objects.get(pk=alert.pk).reply == "电话答复"
    assert Slip.objects.get().state == "replied"


def test_the_page_of_the_alert_leads_to_the_slip(alert, auditor, client):
    found = asked(auditor)
    client.force_login(auditor, backend=BACKEND)

    page = client.get(reverse("monitoring:alert", args=[alert.pk]), HTTP_USER_AGENT="Chrome/120")

    assert reverse("monitoring:slip", args=[found.slip_number]) in page.content.decode()
