"""Two people agree on who hears; what happens is written down with it, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.hooks import rules, selectors, services
from foundation.hooks.models import Delivery, Secret, Terms
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.policy.rules import NotSet
from foundation.worklist.models import Job
from tests.factories import authorization as factory
from tests.factories import hooks, people

TOMORROW = timedelta(days=1)


def proposed(bank, by, **more):
    wanted = {
        "name": "核心前端", "institution": bank.branch, "address": hooks.ADDRESS,
        "topics": ["authorization.item.posted"], "valid_from": timezone.localdate(),
        "reason": "联机", "by": by, "at": timezone.now(),
    }  # fmt: skip
    return services.propose(**(wanted | more))


def only_terms(row):
    return Terms.objects.get(subscription=row)


def test_nothing_is_told_before_the_second_person_agreed(bank, proposer, approver, tell):
    row, secret = proposed(bank, proposer)
    assert tell() is None

    services.approve(terms_id=only_terms(row).pk, by=approver, at=timezone.now())

    told = tell()
    assert told.subscription == row
    assert secret.startswith("whsec_")
    assert (told.state, told.tries) == (rules.WAITING, 0)
    assert Job.objects.filter(kind=services.SEND, args__delivery_id=told.pk).count() == 1


def test_the_secret_lies_sealed(bank, proposer):
    _row, secret = proposed(bank, proposer)

    assert secret.removeprefix("whsec_") not in Secret.objects.get().sealed


def test_one_human_never_agrees_with_themselves(bank, proposer):
    row, _secret = proposed(bank, proposer)
    second = people.staff(bank.branch, name="孙磊")
    type(second).objects.filter(pk=second.pk).update(person=proposer.person)
    second.refresh_from_db()

    for step in (services.approve, services.decline):
        with pytest.raises(rules.TermsOfSamePerson):
            step(terms_id=only_terms(row).pk, by=second, at=timezone.now())
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        Terms.objects.update(approved_by=second, approved_at=timezone.now())


def test_terms_are_decided_once_and_never_changed(bank, proposer, approver):
    row, _secret = proposed(bank, proposer)
    terms = only_terms(row)
    services.decline(terms_id=terms.pk, by=approver, at=timezone.now())

    with pytest.raises(rules.TermsDecided):
        services.approve(terms_id=terms.pk, by=approver, at=timezone.now())
    for change in ({"address": "https://other.example/"}, {"declined_by": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Terms.objects.filter(pk=terms.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        terms.delete()


@pytest.mark.parametrize(
    ("more", "refusal"),
    [({"address": "http://core.example/"}, rules.BadAddress),
     ({"address": "https://169.254.169.254/"}, rules.AddressInside),
     ({"topics": []}, rules.TopicMissing),
     ({"topics": ["authorization.item.lost"]}, rules.TopicMissing),
     ({"valid_from": people.DAY.replace(year=2020)}, rules.DayPast)],
)  # fmt: skip
def test_what_is_not_whole_is_refused(bank, proposer, more, refusal):
    with pytest.raises(refusal):
        proposed(bank, proposer, **more)


def test_a_name_is_used_once_in_an_institution(bank, proposer):
    proposed(bank, proposer)

    with pytest.raises(rules.NameTaken):
        proposed(bank, proposer)
    proposed(bank, proposer, institution=bank.outlet)


def test_terms_follow_one_another_by_their_days(bank, proposer, approver):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    at = timezone.now()
    later = services.change(
        subscription_id=row.pk, address="https://new.example/",
        topics=["authorization.item.rejected"],
        valid_from=timezone.localdate() + TOMORROW, reason="迁移", by=proposer, at=at,
    )  # fmt: skip
    services.approve(terms_id=later.pk, by=approver, at=at)

    today = timezone.localdate()
    assert selectors.present(row=row, on=today).address == hooks.ADDRESS
    assert selectors.present(row=row, on=today + TOMORROW) == later


def test_stopped_by_one_it_needs_two_to_hear_again(bank, proposer, approver, tell):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    services.stop(subscription_id=row.pk, reason="疑似泄露", by=proposer, at=timezone.now())

    assert tell() is None
    row.refresh_from_db()
    assert selectors.present(row=row, on=timezone.localdate()) is None
    terms = services.change(
        subscription_id=row.pk, address=hooks.ADDRESS, topics=["authorization.item.posted"],
        valid_from=timezone.localdate(), reason="恢复", by=proposer, at=timezone.now(),
    )  # fmt: skip
    assert tell() is None
    services.approve(terms_id=terms.pk, by=approver, at=timezone.now())
    assert tell() is not None


def test_who_hears_stands_above_or_is_the_place_itself(bank, proposer, approver, tell):
    for name, place in (("网点", bank.outlet), ("分行", bank.branch), ("旁", bank.sibling)):
        hooks.subscription(place, proposer, approver, name=name)

    tell()

    heard = Delivery.objects.order_by("id").values_list("subscription__name", flat=True)
    assert list(heard) == ["网点", "分行"]


def test_a_teller_tells_whom_they_cannot_see(bank, proposer, approver):
    """The subscription of the branch is out of the teller's scope, and hears all the same."""
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    counter = factory.counter(bank)
    teller = people.staff(bank.outlet, "teller", name="王晓雯")
    with people_services.acting(staff=teller):
        assert selectors.subscription(subscription_id=row.pk) is None
        item = factory.sent(teller, factory.withdrawal(counter))

    told = Delivery.objects.get()
    assert (told.topic, told.subject) == ("authorization.item.queued", item.number)
    assert told.institution == bank.outlet


def test_what_was_rolled_back_was_never_told(bank, proposer, approver):
    hooks.subscription(bank.branch, proposer, approver)
    counter = factory.counter(bank)
    teller = people.staff(bank.outlet, "teller", name="王晓雯")

    with transaction.atomic():
        factory.sent(teller, factory.withdrawal(counter))
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()


def test_what_is_told_never_changes_and_what_waits_is_kept(bank, proposer, approver, tell):
    hooks.subscription(bank.branch, proposer, approver)
    told = tell()

    for change in ({"subject": "AU2"}, {"topic": "x"}, {"told_state": "rejected"}):
        with pytest.raises(DatabaseError, match="what is told stays"), transaction.atomic():
            Delivery.objects.filter(pk=told.pk).update(**change)
    with pytest.raises(DatabaseError, match="what is told stays"), transaction.atomic():
        told.delete()


def test_only_what_ended_is_sent_again(bank, proposer, approver, tell):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    waiting, ended = tell(), hooks.told(row, bank.outlet)

    with pytest.raises(StepNotAllowed):
        services.send_again(delivery_id=waiting.pk, by=proposer, at=timezone.now())
    again = services.send_again(delivery_id=ended.pk, by=proposer, at=timezone.now())

    assert (again.state, again.tries, again.rounds, again.key) == ("waiting", 0, 1, ended.key)


def test_what_ended_long_ago_is_forgotten(bank, proposer, approver, tell):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    old, waiting = hooks.told(row, bank.outlet), tell()

    assert services.purge(at=people.NOON + timedelta(days=29)) == 0
    assert services.purge(at=people.NOON + timedelta(days=31)) == 1
    assert list(Delivery.objects.order_by("id")) == [waiting]
    assert not Delivery.objects.filter(pk=old.pk).exists()


def test_what_lost_its_job_finds_another(bank, proposer, approver, tell):
    hooks.subscription(bank.branch, proposer, approver)
    told, later = tell(), timezone.now() + timedelta(minutes=11)
    assert services.sweep(at=later) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE worklist_job SET state = 'dead'")

    assert services.sweep(at=timezone.now()) == 0
    assert services.sweep(at=later) == 1
    assert services.sweep(at=later) == 0
    assert Job.objects.filter(state="ready", args__delivery_id=told.pk).count() == 1


def test_secrets_are_sealed_anew(bank, proposer, approver, settings):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    before = services.opened(row=Secret.objects.get())
    settings.OPS_TOTP_KEYS = ("another key", *settings.OPS_TOTP_KEYS)

    assert services.reseal() == 1
    assert services.reseal() == 0
    assert services.opened(row=Secret.objects.get(subscription=row)) == before


def test_out_of_sight_there_is_nothing(bank, proposer, approver):
    row, _secret = hooks.subscription(bank.branch, proposer, approver)
    told = hooks.told(row, bank.outlet)
    foreign = people.staff(bank.sibling, "outlet_supervisor")
    at = timezone.now()
    with people_services.acting(staff=foreign):
        for step in (
            lambda: services.stop(subscription_id=row.pk, reason="x", by=foreign, at=at),
            lambda: services.send_again(delivery_id=told.pk, by=foreign, at=at),
            lambda: services.approve(terms_id=1, by=foreign, at=at),
            lambda: proposed(bank, foreign),
        ):
            with pytest.raises(rules.NotInSight):
                step()


def test_what_is_told_waits_for_numbers_that_nobody_has_set(bank, proposer, approver, tell):
    hooks.subscription(bank.branch, proposer, approver)
    told, before = tell(), hooks.LONG_AGO - timedelta(days=9)

    with pytest.raises(NotSet):
        services.parcel(delivery_id=told.pk, rounds=0, tries=0, at=before)
    assert services.sweep(at=before) == 0
    assert not selectors.numbers_set(on=before.date())
