"""The pages of the AML desk in the hands of its people, and that nobody else sees any of it."""

import io

import pytest
from django.urls import reverse

from foundation.people.roles import ROLES, Permission
from foundation.people.services import acting
from foundation.trail import selectors as trail
from monitoring.models import (
    AmlExemption,
    AmlReport,
    LargeValue,
    ScreeningHit,
    SuspiciousCase,
    WatchList,
)
from monitoring.rules import aml as rules
from monitoring.rules import screening
from monitoring.services import aml
from ops_platform import naming
from tests.factories import aml as factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def desk(bank):
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
    return factory.desk(bank)


@pytest.fixture
def send(client):
    def sent(who, name, *args, **data):
        client.force_login(who)
        return client.post(reverse(f"monitoring:{name}", args=args), data).status_code

    return sent


@pytest.fixture
def shown(client):
    def got(who, page, *args, **data):
        client.force_login(who)
        answer = client.get(reverse(f"monitoring:{page}", args=args), data)
        return answer.status_code, answer.content.decode()

    return got


def test_a_large_value_goes_the_whole_way(bank, desk, send, shown):
    row = factory.large(bank.branch)
    status, page = shown(desk.analyst, "aml_desk")
    assert (status, "王大额" in page, "op-row--bad" in page) == (200, True, True)
    assert shown(desk.analyst, "aml_desk", export="csv")[0] == 200
    assert shown(desk.analyst, "aml_large", row.pk)[0] == 200
    told = {"id_number": "110101199001011237", "counterparty": "现金", "purpose": "货款"}
    assert send(desk.analyst, "aml_fill", row.pk, **told | {"purpose": ""}) == 422
    assert send(desk.analyst, "aml_fill", row.pk, **told) == 302
    assert send(desk.analyst, "aml_review", row.pk, step="pass") == 403
    assert send(desk.reviewer, "aml_review", row.pk, step="nothing") == 422
    assert send(desk.reviewer, "aml_make_report") == 409
    assert send(desk.reviewer, "aml_review", row.pk, step="pass") == 302
    assert send(desk.reviewer, "aml_make_report") == 302
    with acting(staff=desk.reviewer):
        made = aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)

    assert made.name in shown(desk.analyst, "aml_reports")[1]
    assert "货款" in shown(desk.analyst, "aml_report_file", made.pk)[1]
    assert shown(desk.analyst, "aml_report_file", 0)[0] == 404


def test_an_exemption_takes_two(desk, send, shown):
    asked = {"customer": "C1", "valid_from": DAY, "valid_until": DAY, "reason": "党政机关"}
    assert send(desk.analyst, "aml_propose", **asked | {"reason": ""}) == 422
    assert send(desk.analyst, "aml_propose", **asked) == 302
    row = AmlExemption.objects.get()
    assert "党政机关" in shown(desk.reviewer, "aml_exemptions")[1]
    assert send(desk.reviewer, "aml_decide", row.pk, step="nothing") == 409
    assert send(desk.reviewer, "aml_decide", row.pk, step="approve") == 302
    assert send(desk.reviewer, "aml_decide", 0, step="approve") == 404


def test_a_list_is_imported_and_a_hit_judged(bank, desk, send, shown, client):
    given = {"code": "TEST", "version": "1", "source": "测试"}
    bad = io.BytesIO(b"x")
    assert send(desk.analyst, "aml_import", **given, file=bad) == 422
    assert shown(desk.analyst, "aml_import")[0] == 200
    assert send(desk.analyst, "aml_import", **given, file=io.BytesIO(factory.LIST.encode())) == 302
    row = WatchList.objects.get()
    assert send(desk.reviewer, "aml_decide_list", row.pk, step="enforce") == 302
    assert "TEST" in shown(desk.reviewer, "aml_lists")[1]
    hit = factory.hit(bank.branch)
    assert "KOROLENKO" in shown(desk.analyst, "aml_hits")[1]
    assert "KOROLENKO" in shown(desk.analyst, "aml_hit", hit.pk)[1]
    assert send(desk.analyst, "aml_judge", hit.pk, verdict="true") == 422
    assert send(desk.analyst, "aml_judge", hit.pk, verdict="false", reason="生日不同") == 302
    told = shown(desk.analyst, "aml_hit", hit.pk)[1]
    assert "生日不同 · 同名的另一主体" in told
    assert send(desk.reviewer, "aml_confirm", hit.pk, step="confirm") == 302
    assert ScreeningHit.objects.get().state == "dismissed"


def test_a_list_that_is_too_large_is_refused_and_never_cut(desk, send, monkeypatch):
    monkeypatch.setattr(screening, "BYTES_MOST", len(factory.LIST.encode()) - 1)
    given = {"code": "TEST", "version": "1", "source": "测试"}
    file = io.BytesIO(factory.LIST.encode())

    assert send(desk.analyst, "aml_import", **given, file=file) == 422
    assert not WatchList.objects.exists()


def test_a_name_is_screened_by_hand(desk, shown):
    assert shown(desk.analyst, "aml_screen")[0] == 200
    factory.in_force(desk)
    assert "P001" in shown(desk.analyst, "aml_screen", name="korolenka vladislav")[1]
    assert "P001" not in shown(desk.analyst, "aml_screen", name="有限公司")[1]
    assert shown(desk.analyst, "aml_screen", name="")[0] == 422


def test_a_case_goes_the_whole_way(bank, desk, send, shown):
    factory.customer(bank.outlet)
    assert shown(desk.analyst, "aml_open_case")[0] == 200
    assert send(desk.analyst, "aml_open_case", customer="0") == 422
    assert send(desk.analyst, "aml_open_case", customer="110101199001011237") == 302
    assert send(desk.analyst, "aml_open_case", customer="110101199001011237") == 422
    row = SuspiciousCase.objects.get()
    assert send(desk.analyst, "aml_submit", row.pk, narrative="") == 422
    assert send(desk.analyst, "aml_submit", row.pk, narrative="快进快出") == 302
    assert send(desk.reviewer, "aml_review_case", row.pk, step="confirm") == 422
    assert send(desk.reviewer, "aml_review_case", row.pk, step="support") == 302
    assert send(desk.lead, "aml_lead_case", row.pk, step="confirm") == 302
    assert send(desk.lead, "aml_report_case", row.pk) == 302
    assert "快进快出" in shown(desk.lead, "aml_case", row.pk)[1]
    assert "王大额" in shown(desk.lead, "aml_cases")[1]
    assert AmlReport.objects.get().kind == rules.SUSPICIOUS


class TestNobodyElse:
    def test_no_other_role_holds_a_permission_of_the_desk(self):
        own = {one for one in Permission if one.startswith("aml_")}
        holders = {code for code, role in ROLES.items() if own & role.permissions}
        assert holders == {"aml_analyst", "aml_reviewer", "aml_lead"}

    def test_no_scope_of_an_outlet_or_a_sub_branch_holds_a_row(self, bank, desk):
        factory.in_force(desk)
        factory.passed(bank.branch, desk)
        factory.hit(bank.branch)
        kinds = (LargeValue, ScreeningHit, SuspiciousCase, AmlReport, AmlExemption)
        for place, role in ((bank.outlet, "outlet_supervisor"), (bank.sub_branch, "ops_manager")):
            with acting(staff=people.staff(place, role)):
                assert not any(kind.objects.exists() for kind in kinds)
        with acting(staff=desk.analyst):
            assert LargeValue.objects.exists()

    def test_the_trail_tells_nobody_else(self, bank, desk, client, shown):
        row = factory.large(bank.branch)
        factory.filled(row, desk.analyst)
        shown(desk.analyst, "aml_large", 0)
        manager = people.staff(bank.branch, "ops_manager")
        shown(manager, "aml_desk")
        for role in ("ops_manager", "risk_manager", "auditadmin"):
            client.force_login(people.staff(bank.branch, role))
            page = client.get(reverse("trail:entries"), {"since": "2020-01-01"}).content.decode()
            file = client.post(reverse("trail:export"), {"since": "2020-01-01"}).content.decode()
            for text in ("monitoring.aml", "monitoring:aml", "/monitoring/aml", desk.analyst.label):
                assert text not in page
                assert text not in file
        with acting(staff=desk.analyst):
            assert trail.timeline(subject=row.subject)

    def test_what_is_kept_apart_is_where_the_pages_are(self):
        beginning = f"page:{reverse('monitoring:aml_desk')}"
        assert beginning in naming.AML_PAGES
        for name in ("aml_hits", "aml_lists", "aml_cases", "aml_screen", "aml_reports"):
            assert f"page:{reverse(f'monitoring:{name}')}".startswith(beginning)

    def test_no_menu_and_no_search_leads_there(self, bank, desk, client):
        factory.large(bank.branch)
        auditor = people.staff(bank.centre, "audit_lead")
        client.force_login(auditor)
        home = client.get(reverse("monitoring:matches")).content.decode()
        found = client.get(reverse("ui:search"), {"q": "王大额"}).content.decode()
        assert reverse("monitoring:aml_desk") not in home
        assert reverse("monitoring:aml_desk") not in found
