"""What starts a comparison: a posted item, a read page, a closed day."""

from authorization import services as authorization
from foundation.people import services as acting
from foundation.worklist.models import Job
from monitoring.models import Match
from tests.factories import authorization as factory
from tests.factories import ledger as books
from tests.factories.people import DAY, NOON


def jobs(kind):
    return [job.args for job in Job.objects.filter(kind=f"monitoring.tasks.{kind}").order_by("id")]


def test_a_posted_item_is_paired_and_will_be_compared(bank, teller):
    place = factory.counter(bank)

    request = factory.sent(teller, factory.withdrawal(place, "100.00"))

    match = Match.objects.get(journal_no=request.journal_no, institution=bank.outlet)
    assert (match.result, match.document_id) == ("waiting", request.document_id)
    assert (match.amount_fen, match.voucher_no) == (10_000, request.voucher_no)
    assert match.touched == [teller.person]
    assert request.document_id in [args["document_id"] for args in jobs("match_document")]


def test_who_authorised_has_touched_it_too(bank, teller, authorizer):
    request = factory.sent(teller, factory.withdrawal(factory.counter(bank)))

    with acting.acting(staff=authorizer):
        opened = authorization.open_next(authorizer=authorizer, at=NOON)
        authorization.decide(
            number=request.number,
            step="approve",
            shown=opened.content_hash,
            fence=opened.work_item.fence,
            decider=authorizer,
            at=NOON,
        )

    match = Match.objects.get(subject=request.subject)
    assert set(match.touched) == {teller.person, authorizer.person}


def test_a_closed_day_is_searched_for_what_stands_alone(bank):
    factory.counter(bank)

    books.close_day(bank.outlet, DAY)

    assert jobs("match_day") == [
        {"institution_id": bank.outlet.pk, "business_date": DAY.isoformat()}
    ]
