"""Watch lists by two people; each hit once, judged by two; a false one is not raised again."""

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.kernel.flow import StepNotAllowed
from foundation.people.services import acting
from foundation.worklist.models import Job
from monitoring import tasks
from monitoring.models import ScreeningHit, SuspiciousCase, WatchList
from monitoring.rules import aml
from monitoring.rules import screening as rules
from monitoring.selectors import screening as selected
from monitoring.selectors.screening import Customer
from monitoring.services import screening
from tests.factories import aml as factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON


@pytest.fixture
def desk(bank):
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
    return factory.desk(bank)


def breaks(statement, *given):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return error.value.__cause__.pgcode


def look(bank, *, name="Korolenko Vladislav", id_no=""):
    return screening.screen_customer(
        branch_id=bank.branch.pk, customer=Customer("C9", name, id_no), at=NOON
    )


def judged(hit, desk, verdict):
    screening.judge(hit_id=hit.pk, verdict=verdict, reason="出生日期不同", by=desk.analyst, at=NOON)
    return screening.confirm(hit_id=hit.pk, agreed=True, by=desk.reviewer, at=NOON)


def test_one_imports_and_another_puts_in_force_then_everybody_is_screened(bank, desk):
    monitoring.counter(bank.outlet)
    factory.customer(bank.outlet, "Vladislav Korolenko", "")
    row = factory.imported(desk.analyst)
    with pytest.raises(aml.SecondIsFirst):
        screening.decide_list(list_id=row.pk, step="enforce", by=desk.analyst, at=NOON)
    with pytest.raises(rules.ListIsThere):
        factory.imported(desk.analyst)
    assert selected.screen(name="Vladislav Korolenko", on=DAY) == ()

    screening.decide_list(list_id=row.pk, step="enforce", by=desk.reviewer, at=NOON)

    job = Job.objects.get(kind="monitoring.tasks.screen_customers")
    for _ in range(2):
        tasks.screen_customers(**job.args)()
    hit = ScreeningHit.objects.get()
    row.refresh_from_db()
    assert (hit.entry, hit.institution, hit.state) == ("P001", bank.branch, rules.RAISED)
    assert row.screened_at is not None
    newer = factory.in_force(desk, version="2")
    assert [(one.version, one.state) for one in WatchList.objects.order_by("id")] == [
        ("1", rules.REPLACED),
        ("2", rules.ACTIVE),
    ]
    with pytest.raises(StepNotAllowed):
        screening.decide_list(list_id=newer.pk, step="decline", by=desk.second, at=NOON)


def test_a_teller_s_scope_may_ask_and_learns_no_customer(bank, desk, teller):
    factory.in_force(desk)
    with acting(staff=teller):
        found = selected.screen(name="远影商贸有限公司", on=DAY)
        same = selected.screen(name="张三", id_no="91119999MA0000000X", on=DAY)
        assert not ScreeningHit.objects.exists()

    assert [one.entry.entry for one in found] == ["C002"]
    assert [(one.entry.entry, one.score) for one in same] == [("C002", 100)]


def test_new_customers_are_screened_by_night(bank, desk, monkeypatch):
    monitoring.counter(bank.outlet)
    factory.in_force(desk)
    factory.customer(bank.outlet, "Vladislav Korolenko", "")
    monkeypatch.setattr(tasks.timezone, "localdate", lambda: DAY)

    tasks.screen_new_customers()()

    assert ScreeningHit.objects.get().customer_name == "Vladislav Korolenko"


def test_two_humans_judge_and_a_true_one_opens_a_case(bank, desk):
    factory.in_force(desk)
    assert [look(bank), look(bank)] == [1, 0]
    hit = ScreeningHit.objects.get()
    with pytest.raises(rules.NotJudged):
        screening.judge(hit_id=hit.pk, verdict="true", reason=" ", by=desk.analyst, at=NOON)
    screening.judge(hit_id=hit.pk, verdict="true", reason="同一人", by=desk.reviewer, at=NOON)
    with pytest.raises(aml.SecondIsFirst):
        screening.confirm(hit_id=hit.pk, agreed=True, by=desk.reviewer, at=NOON)
    screening.confirm(hit_id=hit.pk, agreed=False, by=desk.second, at=NOON)

    hit = judged(hit, desk, "true")

    assert hit.state == rules.UPHELD
    assert SuspiciousCase.objects.get().origin == aml.BY_HIT


def test_a_false_one_is_not_raised_again_until_entry_or_customer_changes(bank, desk):
    factory.in_force(desk)
    look(bank)
    judged(ScreeningHit.objects.get(), desk, "false")

    factory.in_force(desk, version="2")
    assert look(bank) == 0
    assert look(bank, name="Korolenko Vladislav Petrovich") == 1
    changed = factory.LIST.replace("1970-05-01", "1971-05-01")
    factory.in_force(desk, version="3", content=changed)
    assert look(bank) == 1


def test_the_database_refuses_what_the_services_refuse(bank, desk):
    row = factory.imported(desk.analyst)
    force = (
        "UPDATE monitoring_watchlist SET state = 'active', decided_by_id = %s,"
        " decided_person = %s, decided_at = now() WHERE id = %s"
    )
    assert breaks(force, desk.analyst.pk, desk.analyst.person, row.pk) == "OP066"
    screening.decide_list(list_id=row.pk, step="enforce", by=desk.reviewer, at=NOON)
    add = "INSERT INTO monitoring_watchname (watch_list_id, entry, name, id_number, remark)"
    assert breaks(f"{add} VALUES (%s, 'X', 'Y', '', '')", row.pk) == "OP066"
    assert breaks("DELETE FROM monitoring_watchname WHERE watch_list_id = %s", row.pk) == "OP066"
    look(bank)
    hit = ScreeningHit.objects.get()
    judge = (
        "UPDATE monitoring_screeninghit SET state = 'dismissed', verdict = 'false', reason = 'x',"
        " judged_by_id = %s, judged_person = %s, judged_at = now(), confirmed_by_id = %s,"
        " confirmed_person = %s, confirmed_at = now() WHERE id = %s"
    )
    one = desk.analyst
    assert breaks(judge, one.pk, one.person, one.pk, one.person, hit.pk) == "OP066"
    assert breaks("DELETE FROM monitoring_screeninghit WHERE id = %s", hit.pk) == "OP066"


def test_what_is_not_there_is_refused(desk):
    with pytest.raises(rules.NoSuchList):
        selected.watch_list(list_id=0)
    with pytest.raises(rules.NoSuchHit):
        selected.hit(hit_id=0)
