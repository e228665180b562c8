"""Alerts: one that grows, a desk, what is refused, what is kept quiet, what the database holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as acting
from foundation.trail.models import Event
from foundation.worklist.models import WorkItem
from monitoring.models import Alert, AlertLine, Quiet, RuleHit, RuleVersion
from monitoring.rules import alerts as rules
from monitoring.rules import workshop
from monitoring.services import alerts, runs
from monitoring.services import workshop as shop
from tests.factories import alerts as factory
from tests.factories import people
from tests.factories.alerts import entry, published, raised, spec
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(minutes=5)
TOMORROW = DAY + timedelta(days=1)
LARGE = spec("single", "account", where="code 1002; amount_from 500.00")


@pytest.fixture
def maker(bank):
    return people.staff(bank.centre, "audit_lead", name="冯磊")


@pytest.fixture
def publisher(bank):
    return people.staff(bank.branch, "risk_manager", name="吴芳")


@pytest.fixture
def version(maker, publisher):
    return published(LARGE, maker, publisher, level="notice")


@pytest.fixture
def alert(bank, version):
    return raised(version, bank.outlet, "1000000000000000001")


def opened(auditor):
    with acting.acting(staff=auditor):
        found = alerts.open_next_alert(auditor=auditor, at=LATER)
    assert found is not None
    return found


def stepped(auditor, *steps, words=""):
    held = opened(auditor)
    with acting.acting(staff=auditor):
        for step in steps:
            fence = opened(auditor).item.fence
            given = {"alert_id": held.alert.pk, "fence": fence, "auditor": auditor, "at": LATER}
            if step == "issue_query":
                alerts.issue_query(words=words, **given)
            else:
                alerts.take_step(step=step, words=words, **given)
    return Alert.objects.get(pk=held.alert.pk)


def test_another_hit_makes_the_open_alert_weigh_more(bank, version, alert):
    again = raised(version, bank.outlet, alert.entity, day=TOMORROW)

    assert again.pk == alert.pk
    assert (again.hits, again.level, again.last_day) == (2, "focus", TOMORROW)
    assert again.score > alert.score
    assert WorkItem.objects.filter(queue=rules.QUEUE).count() == 1


def test_a_risen_alert_is_given_out_first_and_not_to_whose_hand_was_in_it(
    bank, maker, publisher, version, auditor
):
    other = published(LARGE, maker, publisher, level="notice")
    first = raised(other, bank.outlet, "1000000000000000002")
    alert = raised(version, bank.outlet, "1000000000000000001")
    hit = RuleHit.objects.create(
        institution=bank.outlet, version=version, day=TOMORROW, entity=alert.entity, at=NOON
    )

    alerts.raise_alerts(hits=[hit], at=NOON, touched=[maker.person])

    item = WorkItem.objects.get(pk=Alert.objects.get(pk=alert.pk).work_item_id)
    assert item.priority == workshop.LEVELS["focus"].priority
    assert item.conflicted == [maker.person]
    assert opened(auditor).alert == alert != first


def test_an_alert_that_was_given_out_rises_too_and_stays_with_who_has_it(
    bank, version, alert, auditor
):
    held = opened(auditor)

    raised(version, bank.outlet, alert.entity, day=TOMORROW)

    item = WorkItem.objects.get(pk=held.item.pk)
    assert (item.state, item.holder_id) == ("held", auditor.pk)
    assert item.priority == workshop.LEVELS["focus"].priority
    assert opened(auditor).alert == alert


def test_a_hit_after_the_end_is_an_alert_of_its_own(bank, version, alert, auditor):
    stepped(auditor, "investigate", "verify", "close_false", words="客户本人办理")

    hit = RuleHit.objects.create(
        institution=bank.outlet, version=version, day=TOMORROW, entity=alert.entity, at=NOON
    )
    alerts.raise_alerts(hits=[hit], at=NOON)

    assert Alert.objects.filter(entity=alert.entity).count() == 2


def test_the_highest_level_is_given_out_first(bank, maker, publisher, alert, auditor):
    high = raised(published(LARGE, maker, publisher, level="high"), bank.outlet, "2")

    assert opened(auditor).alert == high
    assert Alert.objects.get(pk=high.pk).state == rules.ASSIGNED


def test_an_alert_is_looked_into_verified_and_closed(alert, auditor):
    closed = stepped(auditor, "investigate", "verify", "close_true", words="拆分支取属实")

    assert (closed.state, closed.words) == (rules.CLOSED_TRUE, "拆分支取属实")
    assert closed.closed_by == auditor
    assert closed.work_item.state == "done"
    told = set(Event.objects.filter(subject=alert.trail_subject).values_list("action", flat=True))
    assert {"monitoring.raise_alert", "monitoring.assign_alert", "monitoring.investigate_alert",
            "monitoring.verify_alert", "monitoring.close_true_alert"} <= told  # fmt: skip

    assert alerts.register_error(alert_id=alert.pk, by=auditor, at=LATER).state == (
        rules.ERROR_REGISTERED
    )


def test_an_answer_brings_the_alert_back(alert, auditor):
    asked = stepped(auditor, "investigate", "issue_query", words="请说明客户来意")
    assert asked.state == rules.QUERY_ISSUED
    assert asked.slip_number
    assert (
        alerts.query_issued(alert_id=alert.pk, slip_number="CX-1", at=LATER).slip_number == "CX-1"
    )

    back = alerts.replied(alert_id=alert.pk, reply="客户购房", by_label="网点", at=LATER)

    assert back.state == rules.REPLIED
    assert opened(auditor).alert.pk == alert.pk
    assert stepped(auditor, "verify").state == rules.VERIFIED


def test_a_slip_of_another_room_takes_the_alert_off_the_desk(alert, auditor):
    stepped(auditor, "investigate")

    alerts.query_issued(alert_id=alert.pk, slip_number="CX-2", at=LATER)

    alert.refresh_from_db()
    assert (alert.state, alert.work_item.state) == (rules.QUERY_ISSUED, "done")


def test_putting_back_leaves_it_to_others(alert, auditor, colleague):
    held = opened(auditor)
    with acting.acting(staff=auditor):
        alerts.hand_back_alert(alert_id=alert.pk, fence=held.item.fence, auditor=auditor, at=LATER)

    assert Alert.objects.get(pk=alert.pk).state == rules.NEW
    assert opened(colleague).alert.handled_by == colleague


def test_a_step_out_of_order_is_refused(alert, auditor):
    with pytest.raises(StepNotAllowed):
        stepped(auditor, "close_true", words="属实属实")


def test_an_unknown_step_is_refused(alert, auditor):
    with pytest.raises(rules.AlertNotHeld):
        stepped(auditor, "jump")


@pytest.mark.parametrize("steps", [("investigate", "verify", "close_true"),
                                   ("investigate", "issue_query")])  # fmt: skip
def test_closing_and_asking_want_a_why(alert, auditor, steps):
    with pytest.raises(rules.SayWhy):
        stepped(auditor, *steps, words="无")


def test_who_does_not_hold_it_takes_no_step(alert, auditor, colleague):
    held = opened(auditor)

    with pytest.raises(rules.AlertNotHeld):
        alerts.take_step(
            alert_id=alert.pk, step="investigate", fence=held.item.fence, auditor=colleague, at=NOON
        )


def test_an_alert_that_there_is_not_is_refused(auditor):
    with pytest.raises(rules.NoSuchAlert):
        alerts.replied(alert_id=0, reply="", by_label="", at=NOON)


def test_whose_hand_was_in_the_lines_is_never_given_the_alert(place, version, bank, auditor):
    line = entry(place, fen=600_00, teller=auditor.number)
    runs.look_at_line(line_id=line.pk, at=NOON)
    mine = Alert.objects.get()

    assert mine.touched == [auditor.person]
    with acting.acting(staff=auditor):
        assert alerts.open_next_alert(auditor=auditor, at=LATER) is None
    with pytest.raises(rules.AlertAboutOneself):
        alerts.keep_quiet(alert_id=mine.pk, days=1, words="自己来", by=auditor, at=NOON)
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Alert.objects.filter(pk=mine.pk).update(handled_by=auditor)
    assert refused.value.__cause__.pgcode == "OP057"


def test_what_is_kept_quiet_is_counted_and_raises_nothing(bank, version, alert, auditor):
    stepped(auditor, "investigate", "verify", "close_false", words="代发工资户")
    alerts.keep_quiet(alert_id=alert.pk, days=7, words="代发工资户", by=auditor, at=NOON)

    for days, expected in ((1, 1), (8, 2)):
        hit = RuleHit.objects.create(
            institution=bank.outlet, version=version, day=DAY + timedelta(days=days),
            entity=alert.entity, at=NOON,
        )  # fmt: skip
        alerts.raise_alerts(hits=[hit], at=NOON)
        assert Alert.objects.filter(entity=alert.entity).count() == expected


def test_quiet_has_a_why_and_an_end(alert, auditor):
    given = {"alert_id": alert.pk, "by": auditor, "at": NOON}
    with pytest.raises(rules.SayWhy):
        alerts.keep_quiet(days=7, words=" ", **given)
    for days in (0, 91):
        with pytest.raises(rules.QuietTooLong):
            alerts.keep_quiet(days=days, words="长期合作", **given)

    alerts.keep_quiet(days=7, words="长期合作", **given)

    with pytest.raises(rules.QuietAlready):
        alerts.keep_quiet(days=7, words="长期合作", **given)


def test_one_alert_is_open_for_a_rule_and_an_entity(bank, version, alert):
    with pytest.raises(IntegrityError, match="monitoring_one_alert_open"), transaction.atomic():
        Alert.objects.create(
            institution=bank.outlet, rule=version.rule, version=version, entity=alert.entity,
            day=DAY, last_day=DAY, level="focus", score=1, raised_at=NOON,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "lost"}, "monitoring_alert_(state_known|closed_by)"),
        ({"level": "low"}, "monitoring_alert_level_known"),
        ({"state": "closed_false"}, "monitoring_alert_closed_by_and_at"),
        ({"state": "query_issued"}, "monitoring_alert_query_has_slip"),
    ],
)
def test_the_database_knows_what_an_alert_can_be(alert, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)


def refused_with(code, work):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        work()
    assert refused.value.__cause__.pgcode == code


def test_what_an_alert_is_about_and_its_end_stay(alert, auditor):
    row = Alert.objects.filter(pk=alert.pk)
    refused_with("OP057", lambda: row.update(entity="3"))
    refused_with("OP057", row.delete)
    stepped(auditor, "investigate", "verify", "close_false", words="误报误报")

    refused_with("OP057", lambda: row.update(words="改了"))


def test_what_a_rule_found_is_never_changed(place, version, auditor):
    runs.look_at_line(line_id=entry(place, fen=600_00).pk, at=NOON)
    alerts.keep_quiet(
        alert_id=Alert.objects.get().pk, days=1, words="代发工资", by=auditor, at=NOON
    )

    for model in (RuleHit, AlertLine, Quiet):
        refused_with("OP057", model.objects.all().delete)
    refused_with("OP057", lambda: RuleHit.objects.update(entity="x"))


# Versions of rules.


def content(spec_=LARGE, **more):
    return shop.Content(**({"spec": spec_, "level": "focus", "score": 40, "reason": "新"} | more))


HEADER = shop.Header("X001", "新规则", "New rule", "4", "3", at_once=True)


@pytest.fixture
def draft(maker):
    return shop.draft_rule(header=HEADER, content=content(), by=maker, at=NOON)


def test_a_version_is_made_by_one_and_published_by_another(draft, maker, publisher):
    shop.propose_version(version_id=draft.pk, valid_from=TOMORROW, by=maker, at=NOON)
    with pytest.raises(workshop.RuleOfSamePerson):
        shop.publish_version(version_id=draft.pk, by=maker, at=NOON)

    made = shop.publish_version(version_id=draft.pk, by=publisher, at=NOON)

    assert made.state == workshop.PUBLISHED
    assert draft.rule.at_once


def test_the_database_refuses_one_human_under_two_numbers(draft, maker, bank):
    other = people.staff(bank.branch, "risk_manager")
    other.person = maker.person
    other.save(update_fields=["person"])
    shop.propose_version(version_id=draft.pk, valid_from=TOMORROW, by=maker, at=NOON)

    row = RuleVersion.objects.filter(pk=draft.pk)
    refused_with(
        "OP056",
        lambda: row.update(state="published", published_by=other, published_at=NOON),
    )


def test_a_version_is_fixed_once_it_left_the_draft(draft, maker, publisher):
    shop.run_in_shadow(version_id=draft.pk, by=maker, at=NOON)
    row = RuleVersion.objects.filter(pk=draft.pk)

    refused_with("OP056", lambda: row.update(score=1))
    refused_with("OP056", row.delete)
    shop.drop_version(version_id=draft.pk, by=maker, at=NOON)
    refused_with("OP056", lambda: row.update(state="draft"))


def test_a_code_is_taken_once(draft, maker):
    with pytest.raises(workshop.RuleCodeTaken):
        shop.draft_rule(header=HEADER, content=content(), by=maker, at=NOON)


def test_one_version_is_worked_on_at_a_time(draft, maker, publisher):
    changed = shop.draft_version(
        rule_id=draft.rule_id, content=content(score=55), by=maker, at=NOON
    )
    assert (changed.pk, changed.score) == (draft.pk, 55)

    with pytest.raises(workshop.DraftOpen):
        shop.draft_version(rule_id=draft.rule_id, content=content(), by=publisher, at=NOON)
    shop.run_in_shadow(version_id=draft.pk, by=maker, at=NOON)
    with pytest.raises(workshop.DraftOpen):
        shop.draft_version(rule_id=draft.rule_id, content=content(), by=maker, at=NOON)


def test_a_new_version_follows_and_a_retired_rule_is_out_of_force(draft, maker, publisher):
    from monitoring.selectors import workshop as selected

    def in_force(on):
        return [row.score for row in selected.in_force(on=on) if row.rule_id == draft.rule_id]

    for score, ahead in ((40, 1), (60, 3)):
        made = shop.draft_version(
            rule_id=draft.rule_id, content=content(score=score), by=maker, at=NOON
        )
        start = DAY + timedelta(days=ahead)
        shop.propose_version(version_id=made.pk, valid_from=start, by=maker, at=NOON)
        shop.publish_version(version_id=made.pk, by=publisher, at=NOON)

    assert [in_force(DAY + timedelta(days=n)) for n in (0, 2, 3)] == [[], [40], [60]]

    shop.retire_rule(version_id=made.pk, by=publisher, at=NOON)

    assert in_force(DAY + timedelta(days=4)) == []


def test_what_is_sent_back_is_a_draft_again(draft, maker, publisher):
    shop.propose_version(version_id=draft.pk, valid_from=TOMORROW, by=maker, at=NOON)

    back = shop.decline_version(version_id=draft.pk, by=publisher, at=NOON)

    assert (back.state, back.proposed_by) == (workshop.DRAFT, None)


def test_a_person_proposes_from_tomorrow_on(draft, maker):
    with acting.acting(staff=maker), pytest.raises(workshop.VersionTooEarly):
        shop.propose_version(version_id=draft.pk, valid_from=DAY, by=maker, at=NOON)


def test_a_version_that_there_is_not_is_refused(maker):
    with pytest.raises(workshop.NoSuchVersion):
        shop.run_in_shadow(version_id=0, by=maker, at=NOON)


def test_another_kind_is_another_rule(draft, maker):
    other = spec("day", "teller", tests="count >= 3")

    with pytest.raises(workshop.RuleNotWhole):
        shop.draft_version(rule_id=draft.rule_id, content=content(other), by=maker, at=NOON)


def test_days_to_come_are_no_days_to_try_on(draft, maker):
    with pytest.raises(workshop.SpanTooLong):
        shop.ask_trial(version_id=draft.pk, first=DAY, last=DAY, by=maker, at=NOON)


def test_the_factory_makes_one_of_everything(bank, maker, publisher):
    assert factory.waiting(bank.outlet, maker, publisher).state == rules.NEW
