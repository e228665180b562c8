"""What a supervisor should look at first, told from rows, each with the way to them."""

import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse

from dashboards import rules, selectors
from dashboards.selectors import _alerts
from dashboards.selectors._settled import Sums
from foundation.people import services as acting
from foundation.trail.models import Event
from tests.factories.people import DAY, NOON

CUT = rules.Cut(on=DAY, until=NOON)


def board(morning, at):
    with acting.acting(staff=morning.supervisor):
        return selectors.board(on=DAY, at=at)


def test_where_items_wait_too_long_is_told_with_the_oldest_first(morning):
    morning.send(far=True)

    alerts = board(morning, morning.now + timedelta(hours=1)).alerts

    late = [alert for alert in alerts if alert.text == rules.ALERTS[rules.LATE][1]]
    assert sorted(alert.counted.count for alert in late) == [1, 2]
    assert len({alert.place for alert in late}) == 2
    assert all(alert.kind == "bad" and alert.clock for alert in late)
    assert all("age=late" in alert.counted.link for alert in late)


def test_the_places_of_what_is_late_add_up_to_the_queue(morning):
    found = board(morning, morning.now + timedelta(hours=1))

    late = [alert for alert in found.alerts if alert.text == rules.ALERTS[rules.LATE][1]]
    assert sum(alert.counted.count for alert in late) == found.queues[0].ages[-1].count


def test_nothing_is_told_while_nothing_is_late(morning):
    assert [one.text for one in board(morning, NOON).alerts] == []


def test_an_hour_with_far_more_rejections_is_told_the_worst_first():
    cells = {
        (1, 9): Sums(decided=900, rejected=40),
        (1, 10): Sums(decided=40, rejected=10),
        (2, 10): Sums(decided=60, rejected=20),
        (2, 11): Sums(decided=1, rejected=1),
    }

    found = _alerts.rejected(cut=CUT, cells=cells, names={1: "朝阳支行", 2: "海淀支行"})

    assert [(one.place, one.clock, one.counted.count) for one in found] == [
        ("海淀支行", "10:00", 20),
        ("朝阳支行", "10:00", 10),
    ]


def test_differences_beyond_twice_the_target_are_told_of_all_places():
    many, none = rules.Counted(3, "x"), rules.Counted(0, "x")

    assert [one.counted.count for one in _alerts.differences(waiting=many)] == [3]
    assert _alerts.differences(waiting=none) == []


@pytest.fixture
def report(client, morning):
    client.force_login(morning.supervisor)
    said = {"on": str(DAY), "until": morning.now.isoformat()}
    answer = client.get(reverse("dashboards:report"), said)
    assert answer.status_code == 200
    reader = ["pdftotext", "-", "-"]
    return subprocess.run(
        reader, input=answer.content, capture_output=True, check=True
    ).stdout.decode()


def test_the_report_says_the_same_as_the_board_and_who_took_it(report, morning):
    assert morning.supervisor.label in report
    assert "授权决定" in report
    assert "告警" in report
    with acting.acting(staff=morning.supervisor):
        assert Event.objects.filter(action="dashboards:report", result="ok").count() == 1
