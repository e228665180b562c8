"""Slices: cut, keyed blind, compared, decided by a third; the answer goes back into the pair."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.imaging.rules import Line
from foundation.imaging.rules.slices import zone
from foundation.worklist.models import WorkItem
from foundation.worklist.rules import LeaseLost
from monitoring import services as pairs
from monitoring import tasks
from monitoring.models import Keying, Slice
from monitoring.rules import entry as rules
from monitoring.selectors import entry as selected
from monitoring.services import entry as services
from tests.browser import BACKEND
from tests.factories import entry as factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON

SMALL, LARGE = 1200_00, 120_000_00
# What one slice keyed and the next one shown cost of questions to the database.
QUERIES = 26


@pytest.fixture
def keyer(bank):
    return people.staff(bank.centre, "vendor_key", name="外包甲")


@pytest.fixture
def second(bank):
    return people.staff(bank.centre, "vendor_key", name="外包乙")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


def unread(place, teller, fen, **faint):
    """Return a pair of which a field was read without certainty, and its page."""
    line = monitoring.post(place, teller=teller.number, fen=fen, voucher_no="")
    document, page = monitoring.scan(place, teller, subject=f"authorization.draft:{line.pk}")
    match = pairs.pair(line=line, document_id=document.pk, touched=[teller.person], at=NOON)
    agreeing = monitoring.agreeing(line)
    agreeing.pop("voucher_no")
    monitoring.read(page, confidence=50, **{**agreeing, **faint})
    pairs.match_document(document_id=document.pk, at=NOON)
    match.refresh_from_db()
    return match, page


def key(person, value, queue=rules.QUEUE):
    """Take the next slice and key it."""
    held = services.open_next(keyer=person, queue=queue, at=NOON)
    if queue == rules.ARBITER_QUEUE:
        return services.arbitrate(
            slice_id=held.slice.pk, value=value, fence=held.item.fence, arbiter=person, at=NOON
        )
    return services.key(
        slice_id=held.slice.pk, value=value, strokes=9, milliseconds=3000,
        fence=held.item.fence, keyer=person, at=NOON,
    )  # fmt: skip


def figures(fen):
    return rules.shown("amount", str(fen))


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


def test_what_people_read_settles_the_pair(place, teller, keyer):
    match, page = unread(place, teller, SMALL)
    assert match.result == "unreadable"
    factory.cut(match, page, "amount", "amount_words", "account")
    answers = {"amount": figures(SMALL), "amount_words": figures(SMALL),
               "account": match.account_number}  # fmt: skip

    for _slice in range(3):
        held = services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON)
        key(keyer, answers[held.slice.field])
        tasks.match_keyed(match_id=match.pk)()

    match.refresh_from_db()
    assert (match.state, {field.confidence for field in match.compared}) == ("matched", {100})
    assert services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON) is None


def test_another_value_keyed_is_a_difference_with_certainty(place, teller, keyer):
    match, page = unread(place, teller, SMALL)
    factory.cut(match, page, "amount")

    key(keyer, "1.00")
    for _run in range(2):
        tasks.match_keyed(match_id=match.pk)()

    match.refresh_from_db()
    assert match.result == "amount_diff"


def test_from_the_amount_on_two_people_key_blind(place, teller, keyer, second):
    match, page = unread(place, teller, LARGE)
    factory.cut(match, page)

    assert key(keyer, figures(LARGE)).state == "keying"
    assert services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON) is None
    assert key(second, figures(LARGE)).state == "agreed"

    assert list(Keying.objects.values_list("right", flat=True)) == [True, True]


def test_a_third_decides_where_two_differ(place, teller, keyer, second, lead):
    match, page = unread(place, teller, LARGE)
    (row,) = factory.cut(match, page)
    key(keyer, "1.00")
    assert key(second, figures(LARGE)).state == "disputed"
    assert services.open_next(keyer=second, queue=rules.ARBITER_QUEUE, at=NOON) is None

    settled = key(lead, figures(LARGE), rules.ARBITER_QUEUE)

    assert (settled.state, settled.answer) == ("settled", str(LARGE))
    right = {one.keyer_id: one.right for one in row.keyings.all()}
    assert right == {keyer.pk: False, second.pk: True, lead.pk: True}


def test_who_keyed_or_booked_is_never_offered_the_slice(bank, place, teller, keyer):
    match, page = unread(place, teller, LARGE)
    factory.cut(match, page)
    item = WorkItem.objects.get(queue=rules.QUEUE)
    assert item.conflicted == [teller.person]

    key(keyer, "1")

    again = WorkItem.objects.get(queue=rules.QUEUE, state="waiting")
    assert set(again.conflicted) == {teller.person, keyer.person}


def test_a_slice_is_refused_twice_gone_or_let_go_of(place, teller, keyer, second, lead):
    match, page = unread(place, teller, LARGE)
    (row,) = factory.cut(match, page)
    held = services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON)
    typed = {"slice_id": row.pk, "strokes": 1, "milliseconds": 1, "at": NOON}
    with pytest.raises(LeaseLost):
        services.key(value="1", fence=held.item.fence, keyer=second, **typed)
    with pytest.raises(rules.SliceGone):
        services.arbitrate(slice_id=row.pk, value="1", fence=0, arbiter=lead, at=NOON)
    key(keyer, "1")
    with pytest.raises(rules.KeyedByYou):
        services.key(value="1", fence=0, keyer=keyer, **typed)
    with pytest.raises(rules.NoSuchSlice):
        services.key(value="1", fence=0, keyer=keyer, **typed | {"slice_id": 99})
    key(second, "1")
    with pytest.raises(rules.SliceGone):
        services.key(value="1", fence=0, keyer=second, **typed)


def test_what_nobody_needs_any_more_is_voided(place, teller, keyer, auditor):
    match, page = unread(place, teller, SMALL)
    (row,) = factory.cut(match, page)
    opened = pairs.open_next(auditor=auditor, at=NOON)
    pairs.decide(
        match_id=match.pk, finding="matched_forced", tries=match.tries, fence=opened.item.fence,
        auditor=auditor, at=NOON, reason="目视一致",
    )  # fmt: skip

    assert services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON) is None
    row.refresh_from_db()
    assert row.state == "void"


def test_a_known_slice_is_planted_and_judges_its_keyer(place, teller, keyer, second, bank):
    match, page = unread(place, teller, LARGE)
    factory.cut(match, page)
    key(keyer, figures(LARGE))
    key(second, figures(LARGE))
    third = people.staff(bank.centre, "vendor_key", name="外包丙")
    (source,) = Slice.objects.all()
    services._plant(Slice(pk=50, institution_id=source.institution_id), NOON)  # noqa: SLF001
    planted = Slice.objects.get(match=None)
    assert services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON) is None

    key(third, "1.00")

    planted.refresh_from_db()
    assert (planted.known, planted.answer) == (str(LARGE), "100")
    figure = {one.label: one.work for one in selected.keyers(first=DAY, last=DAY)}[third.label]
    assert (figure.slices, figure.controls, figure.controls_right) == (1, 1, 0)
    assert figure.per_hour == 9 * 1200


def planted_of(source):
    services._plant(Slice(pk=50, institution_id=source.institution_id), NOON)  # noqa: SLF001
    return Slice.objects.filter(match=None).order_by("-id")


def test_a_slice_is_known_to_nobody_who_keyed_it_or_a_copy(place, teller, keyer, second, bank):
    match, page = unread(place, teller, LARGE)
    (source,) = factory.cut(match, page)
    key(keyer, figures(LARGE))
    key(second, figures(LARGE))
    assert not planted_of(source), "the two who keyed it are all there are"
    third = people.staff(bank.centre, "vendor_key", name="外包丙")

    (first,) = planted_of(source)
    assert len(planted_of(source)) == 1, "a copy waits already"
    key(third, figures(LARGE))
    assert len(planted_of(source)) == 1, "all three know it"
    people.staff(bank.centre, "vendor_key", name="外包丁")

    again, _first = planted_of(source)
    assert again.page_id == first.page_id
    assert {keyer.person, second.person, third.person} <= set(again.work_item.conflicted)


def test_the_slice_that_was_copied_least_is_copied_next(place, teller, keyer, second, bank):
    third = people.staff(bank.centre, "vendor_key", name="外包丙")
    people.staff(bank.centre, "vendor_key", name="外包丁")
    sources = []
    for fen in (LARGE, LARGE + 100):
        match, page = unread(place, teller, fen)
        sources += factory.cut(match, page)
        key(keyer, figures(fen))
        key(second, figures(fen))

    pages = []
    for _ in sources:
        pages.append(planted_of(sources[0])[0].page_id)
        key(third, "1.00")

    assert pages == [sources[1].page_id, sources[0].page_id]


def test_slices_are_cut_where_a_field_was_doubtful(place, teller, bank, monkeypatch):
    match, _page = unread(place, teller, SMALL)
    asked = []
    assert tasks.cut_slices(match_id=match.pk) is None, "nobody is there to key"
    people.staff(bank.centre, "vendor_key")

    def cut(*, page_id, box):
        asked.append((page_id, box))
        return factory.picture()

    monkeypatch.setattr(tasks.images, "cut", cut)

    tasks.cut_slices(match_id=match.pk)()

    assert sorted(Slice.objects.values_list("field", flat=True)) == [
        "account", "amount", "amount_words",
    ]  # fmt: skip
    assert len(asked) == 3
    assert tasks.cut_slices(match_id=match.pk) is None
    assert tasks.cut_slices(match_id=99) is None


def test_a_real_slice_is_a_picture_of_the_box(place, teller):
    _match, page = unread(place, teller, SMALL)

    name = tasks.images.cut(page_id=page.pk, box=(10, 10, 100, 20))

    assert name.startswith("slice/")
    assert tasks.images.gateways.copy(name=name)[:4] == b"RIFF"


def test_where_a_field_was_not_read_its_label_says_where_it_stands():
    lines = [Line("金额(小写)", 90, (50, 40, 80, 20)), Line("金额(小写)", 70, (50, 90, 80, 20))]

    assert zone(field="amount", lines=lines, width=400) == (50, 40, 350, 20)
    assert zone(field="account", lines=lines, width=400) is None
    assert zone(field="purpose", lines=lines, width=400) is None


def test_the_database_keeps_what_was_keyed(place, teller, keyer, second):
    match, page = unread(place, teller, LARGE)
    factory.cut(match, page)
    key(keyer, "1.00")
    one = Keying.objects.get()

    assert code_of(lambda: Keying.objects.update(value="2")) == "OP063"
    assert code_of(Keying.objects.all().delete) == "OP063"
    one.pk, one.keyer = None, second
    assert code_of(lambda: one.save(force_insert=True)) == "OP064"


def test_a_vendors_desk_from_slice_to_slice(place, teller, keyer):
    match, page = unread(place, teller, SMALL)
    first, after = factory.cut(match, page, "amount", "account")
    client = Client(HTTP_USER_AGENT="Chrome/120")
    client.force_login(keyer, backend=BACKEND)

    desk = client.get(reverse("monitoring:entry")).content.decode()
    assert "data:image/webp;base64," in desk
    for told in (teller.number, match.journal_no, match.account_number, place.outlet.name):
        assert told not in desk
    fence = WorkItem.objects.get(subject=first.trail_subject).fence
    address = reverse("monitoring:key_slice", args=[first.pk])
    wrong = client.post(address, {"value": "x", "fence": fence}, HTTP_HX_REQUEST="true")
    assert (wrong.status_code, 'value="x"' in wrong.content.decode()) == (422, True)
    sent = {"value": figures(SMALL), "fence": fence, "strokes": 7, "milliseconds": 900}
    answer = client.post(address, sent, HTTP_HX_REQUEST="true")
    assert f'data-slice="{after.pk}"' in answer.content.decode()
    assert Keying.objects.get().strokes == 7
    again = client.post(address, sent, HTTP_HX_REQUEST="true")
    assert again.status_code == 409


def test_the_arbiters_desk_shows_both_values_and_no_name(place, teller, keyer, second, lead):
    match, page = unread(place, teller, LARGE)
    (row,) = factory.cut(match, page)
    key(keyer, "1.00")
    key(second, "2.00")
    client = Client(HTTP_USER_AGENT="Chrome/120")
    client.force_login(lead, backend=BACKEND)

    desk = client.get(reverse("monitoring:arbiter")).content.decode()
    assert "1.00" in desk
    assert keyer.number not in desk
    fence = WorkItem.objects.get(queue=rules.ARBITER_QUEUE).fence
    address = reverse("monitoring:arbitrate", args=[row.pk])
    assert client.post(address, {"value": "2", "fence": fence}).status_code == 200
    row.refresh_from_db()
    assert row.answer == "200"
    figures_page = client.get(f"{reverse('monitoring:keyers')}?first={DAY}&last={DAY}")
    assert keyer.number in figures_page.content.decode()
    csv = client.get(f"{reverse('monitoring:keyers')}?first={DAY}&last={DAY}&export=csv")
    assert keyer.number.encode() in csv.content


def test_from_slice_to_slice_no_more_is_asked_than_before(place, teller, keyer):
    match, page = unread(place, teller, SMALL)
    first, _after, _last = factory.cut(match, page, "amount", "amount_words", "account")
    client = Client(HTTP_USER_AGENT="Chrome/120", HTTP_HX_REQUEST="true")
    client.force_login(keyer, backend=BACKEND)
    client.get(reverse("monitoring:entry"))
    fence = WorkItem.objects.get(subject=first.trail_subject).fence
    address = reverse("monitoring:key_slice", args=[first.pk])

    with CaptureQueriesContext(connection) as asked:
        answer = client.post(address, {"value": figures(SMALL), "fence": fence})

    assert answer.status_code == 200
    assert len(asked) <= QUERIES, [query["sql"][:100] for query in asked.captured_queries]
