"""Queues and pairs of vouchers, read by another system."""

from __future__ import annotations

from django.urls import reverse

from tests.api.conftest import signed_in
from tests.factories import authorization as factory
from tests.factories import people, slips


def lead(bank):
    return signed_in(people.staff(bank.centre, "auth_lead", name="郑华"))


def test_queues_tell_how_full_they_are(bank, counter, teller):
    factory.sent(teller, factory.withdrawal(counter))

    rows = lead(bank).get(reverse("api_worklist:queues")).json()["rows"]

    assert {row["queue"]: row["waiting"] for row in rows}["authorization"] == 1


def test_the_items_of_a_queue_come_by_their_turns(bank, counter, teller):
    sent = [factory.sent(teller, factory.withdrawal(counter)) for _ in range(3)]
    caller, address = lead(bank), reverse("api_worklist:items", args=["authorization"])

    every = caller.get(address, {"state": "waiting", "urgent": "false"}).json()
    second = caller.get(address, {"after": str(every["rows"][0]["id"])}).json()
    one = caller.get(reverse("api_worklist:item", args=[every["rows"][0]["id"]])).json()

    assert [row["subject"] for row in every["rows"]] == [row.subject for row in sent]
    assert [row["subject"] for row in second["rows"]] == [row.subject for row in sent[1:]]
    assert every["next_after"] is None
    assert one["amount"] == "60000.00"


def test_an_item_that_is_not_in_sight_is_not_there(bank, caller, elsewhere):
    branch = signed_in(people.staff(bank.sub_branch, "ops_manager", name="马超"))

    answer = branch.get(reverse("api_worklist:item", args=[elsewhere.work_item_id]))

    assert answer.status_code == 404


def test_pairs_of_voucher_and_line_are_listed(bank, counter, teller, elsewhere):
    posted = factory.sent(teller, factory.withdrawal(counter, "100.00"))
    auditor = signed_in(people.staff(bank.outlet, "outlet_supervisor", name="冯敏"))

    listed = auditor.get(reverse("api_monitoring:matches"), {"on": str(people.DAY)})
    missing = auditor.get(reverse("api_monitoring:match", args=[2**62]))

    assert posted.state == "posted"
    assert listed.status_code == 200
    for row in listed.json()["rows"]:
        assert auditor.get(reverse("api_monitoring:match", args=[row["id"]])).json() == row
    assert missing.status_code == 404


def test_pairs_are_listed_where_no_day_is_open(bank):
    auditor = signed_in(people.staff(bank.centre, "auditor", name="冯敏"))

    listed = auditor.get(reverse("api_monitoring:matches"))

    assert listed.status_code == 200
    assert listed.json() == {"rows": [], "total": 0, "next_before": None}


def test_slips_are_listed_and_read_but_never_what_is_sealed(bank):
    auditor = people.staff(bank.centre, "auditor", name="冯敏")
    lead = signed_in(people.staff(bank.centre, "audit_lead", name="许强"))
    seen = [slips.issued(auditor), slips.issued(auditor, kind="hint")]
    sealed = slips.slip(bank.outlet, auditor, kind="case")

    every = lead.get(reverse("api_monitoring:slips")).json()
    errors = lead.get(reverse("api_monitoring:slips"), {"kind": "error", "month": "2026-11-01"})

    assert [row["number"] for row in every["rows"]] == [slip.number for slip in seen[::-1]]
    assert [row["number"] for row in errors.json()["rows"]] == [seen[0].number]
    one = lead.get(reverse("api_monitoring:slip", args=[seen[0].number])).json()
    assert (one["kind"], one["state"], one["error_class"]) == ("error", "issued", 2)
    assert lead.get(reverse("api_monitoring:slip", args=[sealed.number])).status_code == 404
