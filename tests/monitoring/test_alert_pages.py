"""Pages of alerts and of the workshop: what is shown, typed, refused in place, and taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from monitoring.models import Alert, Backtest, Quiet, RuleVersion
from monitoring.rules import alerts as rules
from monitoring.rules import workshop
from monitoring.services import runs
from tests.factories import alerts as factory
from tests.factories import people
from tests.factories.alerts import entry, published, spec
from tests.factories.people import NOON


@pytest.fixture
def maker(bank):
    return people.staff(bank.centre, "audit_lead", name="冯磊")


@pytest.fixture
def publisher(bank):
    return people.staff(bank.branch, "risk_manager", name="吴芳")


@pytest.fixture
def alert(place, maker, publisher):
    published(spec("single", "account", where="code 1002; amount_from 500.00"), maker, publisher)
    runs.look_at_line(line_id=entry(place, fen=600_00).pk, at=NOON)
    return Alert.objects.get()


@pytest.fixture
def desk(client, auditor, alert):
    client.force_login(auditor)
    return client


def sent(browser, name, *args, **typed):
    return browser.post(reverse(f"monitoring:{name}", args=args), typed)


def step(browser, alert, name, **typed):
    page = browser.get(reverse("monitoring:alert_desk"))
    fence = page.context["opened"].item.fence
    return sent(browser, "step_alert", alert.pk, step=name, fence=fence, **typed)


def test_an_alert_is_worked_off_at_the_desk_by_keys(desk, alert):
    page = desk.get(reverse("monitoring:alert_desk")).content.decode()
    assert 'data-key="F2"' in page
    assert alert.evidence.get().journal_no in page

    for name, words in (("investigate", ""), ("verify", ""), ("close_true", "拆分支取")):
        assert step(desk, alert, name, words=words).status_code == 302

    alert.refresh_from_db()
    assert alert.state == rules.CLOSED_TRUE
    assert "没有待处理的预警" in desk.get(reverse("monitoring:alert_desk")).content.decode()
    sent(desk, "register_error", alert.pk)
    assert "已登记差错" in desk.get(reverse("monitoring:alert", args=[alert.pk])).content.decode()


def test_a_missing_why_is_refused_in_place(desk, alert):
    step(desk, alert, "investigate")

    answer = step(desk, alert, "issue_query", words="?")

    assert answer.status_code == 422
    assert "id_words-error" in answer.content.decode()


def test_a_step_out_of_order_is_refused_beside_the_alert(desk, alert):
    answer = step(desk, alert, "verify")

    assert answer.status_code == 409
    assert "ops-refusal" in answer.content.decode()


def test_a_form_of_no_step_is_refused(desk, alert):
    assert sent(desk, "step_alert", alert.pk, step="x", fence=1).status_code == 422


def test_putting_back_goes_to_the_list(desk, alert):
    fence = desk.get(reverse("monitoring:alert_desk")).context["opened"].item.fence

    answer = sent(desk, "hand_back_alert", alert.pk, fence=fence)

    assert answer.url == reverse("monitoring:alerts")
    assert Alert.objects.get().state == rules.NEW


def test_quiet_is_asked_for_on_the_page_of_the_alert(desk, alert):
    bad = sent(desk, "keep_quiet", alert.pk, days="91", words="长期合作")
    assert bad.status_code == 422
    assert "data-open-again" in bad.content.decode()

    sent(desk, "keep_quiet", alert.pk, days="7", words="长期合作")

    assert Quiet.objects.get().words == "长期合作"


def test_the_list_is_narrowed_and_taken_away(desk, alert):
    for query, count in (("state=open", 1), ("state=verified", 0), ("level=focus", 1),
                         ("link=2", 0), (f"entity={alert.entity}", 1), ("rule=999", 0),
                         ("first=2026-11-24", 0), ("last=2026-11-22", 0)):  # fmt: skip
        page = desk.get(f"{reverse('monitoring:alerts')}?{query}")
        assert page.context["page"].total == count, query
    file = desk.get(f"{reverse('monitoring:alerts')}?export=csv")

    assert "试验规则" in file.content.decode("utf-8-sig")


def test_another_branch_sees_nothing_of_it(client, bank, alert):
    client.force_login(people.staff(bank.elsewhere.parent, "ops_manager"))

    assert client.get(reverse("monitoring:alert", args=[alert.pk])).status_code == 404
    assert client.get(reverse("monitoring:alerts")).context["page"].total == 0


FORM = {
    "number": "x001", "title": "一日多次支取", "english": "Many withdrawals", "link": "4",
    "business": "3", "level": "focus", "score": "40", "reason": "试行", "entity": "account",
    "test_0_what": "count", "test_0_op": "least", "test_0_value": "3",
    "test_0_where_0_kind": "paid", "where_0_kind": "code", "where_0_value": "1002 1004",
}  # fmt: skip


def test_a_rule_is_put_together_without_code(client, maker):
    client.force_login(maker)

    answer = client.post(f"{reverse('monitoring:draft_rule')}?kind=day", FORM)

    made = RuleVersion.objects.get()
    assert answer.url == reverse("monitoring:version", args=[made.pk])
    assert made.says == spec("day", "account", where="code 1002 1004", tests="count [paid] >= 3")
    assert made.rule.number == "X001"
    page = client.get(answer.url).content.decode()
    assert "流水笔数 ≥ 3" in page


SEQUENCE = {
    "minutes": "60", "step_0_kind": "", "step_0_0_kind": "code", "step_0_0_value": "1304",
    "step_1_0_kind": "code", "step_1_0_value": "1002", "step_1_1_kind": "amount_from",
    "step_1_1_value": "5000",
}  # fmt: skip


def test_a_sequence_has_its_steps(client, maker):
    client.force_login(maker)
    head = {name: FORM[name] for name in list(FORM)[:9]}

    client.post(f"{reverse('monitoring:draft_rule')}?kind=sequence", head | SEQUENCE)

    said = spec("sequence", "account", steps="code 1304 > code 1002; amount_from 5000.00",
                minutes="60")  # fmt: skip
    assert RuleVersion.objects.get().says == said


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("day", {"test_0_value": "many"}, "test_0_value"),
        ("day", {"where_0_value": "12"}, "where"),
        ("day", {"number": "1"}, "number"),
        ("day", {"test_0_what": ""}, "tests"),
        ("profile", {"test_0_what": "lines", "days": "30"}, "test_0_over"),
    ],
)
def test_what_is_wrong_is_shown_and_nothing_typed_is_lost(client, maker, kind, change, field):
    client.force_login(maker)

    answer = client.post(f"{reverse('monitoring:draft_rule')}?kind={kind}", FORM | change)

    assert answer.status_code == 422
    assert FORM["title"] in answer.content.decode()
    assert field in answer.context["form"].errors or "__all__" in answer.context["form"].errors
    assert not RuleVersion.objects.exists()


@pytest.mark.parametrize("kind", list(workshop.KINDS))
def test_every_kind_has_its_form(client, maker, kind):
    client.force_login(maker)

    page = client.get(f"{reverse('monitoring:draft_rule')}?kind={kind}")

    assert page.context["kind"].code == kind


def test_a_version_goes_from_draft_to_force_by_two(client, maker, publisher):
    client.force_login(maker)
    client.post(f"{reverse('monitoring:draft_rule')}?kind=day", FORM)
    made = RuleVersion.objects.get()
    tomorrow = timezone.localdate() + timedelta(days=1)
    early = sent(client, "propose_version", made.pk, step="propose", valid_from="2020-01-01")
    assert early.status_code == 422
    sent(client, "propose_version", made.pk, step="shadow")
    sent(client, "propose_version", made.pk, step="propose", valid_from=str(tomorrow))

    client.force_login(publisher)
    waiting = client.get(reverse("monitoring:rules_waiting")).content.decode()
    assert f'value="{made.pk}"' in waiting
    sent(client, "publish_rules", version=[made.pk])

    made.refresh_from_db()
    assert (made.state, made.published_by) == (workshop.PUBLISHED, publisher)
    sent(client, "decide_version", made.pk, step="retire")
    made.refresh_from_db()
    assert made.state == workshop.RETIRED


def test_a_new_version_marks_what_is_new(client, maker, publisher):
    before = published(spec("day", "account", tests="count >= 3"), maker, publisher)
    client.force_login(maker)
    page = client.get(reverse("monitoring:draft_version", args=[before.rule_id]))
    assert page.context["form"].initial["test_0_value"] == "3"
    typed = {"level": "focus", "score": "40", "reason": "放宽", "test_0_what": "count",
             "test_0_value": "5", "test_0_op": "least"}  # fmt: skip

    answer = sent(client, "draft_version", before.rule_id, **typed)

    said = {line.text: line.change for line in client.get(answer.url).context["said"]}
    assert said["指标: 流水笔数 ≥ 5"] == "new"
    assert said["指标: 流水笔数 ≥ 3"] == "gone"


def test_a_trial_is_asked_for_and_shows_how_far_it_is(client, maker, publisher):
    version = published(spec("day", "account", tests="count >= 3"), maker, publisher)
    client.force_login(maker)
    bad = sent(client, "try_version", version.pk, first="2099-01-01", last="2099-01-02")
    assert bad.status_code == 422

    answer = sent(client, "try_version", version.pk, first="2026-10-01", last="2026-10-20")

    trial = Backtest.objects.get()
    assert answer.url == reverse("monitoring:trial", args=[trial.pk])
    runs.go_on_with_trial(backtest_id=trial.pk, at=NOON)
    assert "50 %" in client.get(answer.url).content.decode()


def test_shipped_rules_are_proposed_on_the_page(client, maker):
    client.force_login(maker)

    sent(client, "propose_shipped")

    assert RuleVersion.objects.filter(state=workshop.PROPOSED).count() > 50
    assert "A001" in client.get(reverse("monitoring:rules_waiting")).content.decode()


def test_rules_show_their_rates_and_overlap(client, place, maker, publisher):
    for said in ("code 1002", "amount_from 1.00"):
        published(spec("single", "account", where=said), maker, publisher)
    entry(place)
    runs.run_day(on=factory.DAY, at=NOON + timedelta(hours=8))
    client.force_login(publisher)

    page = client.get(f"{reverse('monitoring:rule_list')}?kind=single")
    assert [row.hits for row in page.context["rows"]] == [1, 1]
    assert "100 %" in client.get(reverse("monitoring:overlap")).content.decode()
    first = page.context["rows"][0].rule
    assert "试验规则" in client.get(reverse("monitoring:rule", args=[first.pk])).content.decode()
    file = client.get(f"{reverse('monitoring:rule_list')}?export=csv")
    assert first.number in file.content.decode("utf-8-sig")


def test_who_makes_no_rules_has_no_workshop(client, auditor):
    client.force_login(auditor)

    assert client.get(reverse("monitoring:draft_rule")).status_code == 403
