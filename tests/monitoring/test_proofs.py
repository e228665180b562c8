"""Automatic passes are keyed again, blind: what is proved, what is missed, and what pages tell."""

import re
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from foundation.trail.models import Event
from monitoring import selectors as pairs
from monitoring import tasks
from monitoring.models import Look, Proof, Slice
from monitoring.rules import entry, looks, passes
from monitoring.selectors import proofs as selected
from monitoring.services import auditing, proofs
from monitoring.services import entry as entries
from monitoring.services import looks as looking
from tests.factories import layouts, monitoring, people
from tests.factories import looks as factory
from tests.factories.people import DAY, NOON

LINK = re.compile(r'href="([^"]+)" data-figure="(\d+)"')


@pytest.fixture
def drawing(bank, auditor):
    factory.set_number(looks.PROOF_SHARE, "10000")


@pytest.fixture
def keyer(bank):
    return people.staff(bank.centre, "vendor_key", name="外包甲")


def key(person, **values):
    for _slice in range(len(values)):
        held = entries.open_next(keyer=person, queue=entry.QUEUE, at=NOON)
        entries.key(
            slice_id=held.slice.pk, value=values[held.slice.field], strokes=5, milliseconds=2000,
            fence=held.item.fence, keyer=person, at=NOON,
        )  # fmt: skip


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


def proved_otherwise(place, teller, keyer):
    match = factory.passed(place, teller)
    factory.cut(match, "amount", "account")
    key(keyer, amount="1201.00", account=match.account_number)
    tasks.match_keyed(match_id=match.pk)()
    return match


@pytest.fixture
def missed(drawing, place, teller, keyer):
    return proved_otherwise(place, teller, keyer)


@pytest.mark.usefixtures("drawing")
class TestProving:
    def test_a_pass_is_drawn_as_it_is_matched_and_nothing_else_is(self, place, teller):
        match = factory.passed(place, teller)
        monitoring.difference(place, teller)

        assert match.state == "matched"
        assert match.least == 95
        assert [one.match_id for one in Proof.objects.all()] == [match.pk]

    def test_the_decisive_fields_are_cut_out(self, place, teller):
        match = factory.passed(place, teller)

        assert {one.field for one in selected.wanted(match_id=match.pk)} == {"amount", "account"}

    def test_keyed_as_booked_it_is_proved(self, place, teller, keyer):
        match = factory.passed(place, teller)
        factory.cut(match, "amount", "account")

        key(keyer, amount="1,200.00", account=match.account_number)
        tasks.match_keyed(match_id=match.pk)()

        assert factory.proof(match).state == looks.PROVED
        assert not Look.objects.exists()

    def test_nothing_is_said_while_a_field_waits(self, place, teller, keyer):
        match = factory.passed(place, teller)
        factory.cut(match, "amount", "account")

        held = entries.open_next(keyer=keyer, queue=entry.QUEUE, at=NOON)
        entries.key(
            slice_id=held.slice.pk, value="1", strokes=1, milliseconds=1, fence=held.item.fence,
            keyer=keyer, at=NOON,
        )  # fmt: skip
        proofs.settle(match_id=match.pk, at=NOON)

        assert factory.proof(match).state == looks.KEYING

    def test_keyed_otherwise_it_is_a_missed_error_before_an_auditor(
        self, place, teller, keyer, auditor
    ):
        match = proved_otherwise(place, teller, keyer)

        proof = factory.proof(match)
        assert (proof.state, proof.differs) == (looks.MISSED, ["amount"])
        opened = auditing.open_next(auditor=auditor, at=NOON)
        assert (opened.match, opened.look.kind) == (match, looks.PROOF)
        match.refresh_from_db()
        assert match.state == "matched", "an ended pair never changes"

    @pytest.mark.parametrize(
        ("answer", "ends"),
        [
            ("amount_diff", (looks.ERRED, looks.UPHELD, 1)),
            (looks.AGREES, (looks.BORNE_OUT, looks.DISMISSED, 0)),
        ],
    )
    def test_the_auditor_says_whether_it_was_missed(self, missed, auditor, answer, ends):
        opened = auditing.open_next(auditor=auditor, at=NOON)

        row = looking.look(
            look_id=opened.look.pk, answer=answer, fence=opened.item.fence, auditor=auditor, at=NOON
        )

        counted = selected.figures(cut=passes.Cut(DAY, DAY)).whole.missed
        assert (row.state, factory.proof(missed).state, counted) == ends

    def test_what_nobody_can_read_proves_nothing(self, place, teller, keyer):
        match = factory.passed(place, teller)
        factory.cut(match, "amount", "account")

        key(keyer, amount="?", account=match.account_number)
        proofs.settle(match_id=match.pk, at=NOON)

        assert factory.proof(match).state == looks.UNPROVED

    def test_where_nothing_can_be_cut_it_is_said_so(self, place, teller):
        match = factory.passed(place, teller)

        proofs.begin(match_id=match.pk, cuts=(), institution_id=None, at=NOON)

        assert factory.proof(match).state == looks.UNPROVED

    def test_the_job_cuts_and_may_run_twice(self, place, teller, keyer):
        match = factory.passed(place, teller)

        for _run in range(2):
            tasks.cut_proof(match_id=match.pk)()

        assert Slice.objects.filter(match=match).count() == 2
        assert factory.proof(match).state == looks.KEYING

    def test_large_amounts_are_keyed_by_two(self, place, teller):
        match = factory.passed(place, teller, fen=120_000_00)

        factory.cut(match, "amount")

        assert {row.keyers for row in Slice.objects.all()} == {2}

    def test_for_keyers_the_slice_is_like_every_other(self, client, place, teller, keyer):
        factory.cut(factory.passed(place, teller), "amount")
        client.force_login(keyer)

        page = client.get(reverse("monitoring:entry")).content.decode()

        assert "验证" not in page
        assert told_of_slices() == {"monitoring.cut_slice"}

    def test_the_slices_of_proofs_are_not_counted_as_keyed_pairs(self, place, teller):
        factory.cut(factory.passed(place, teller), "amount")

        assert not pairs.keyed_pairs(on=DAY).exists()


def told_of_slices():
    rows = Event.objects.filter(subject__startswith="monitoring.slice:")
    return set(rows.values_list("action", flat=True))


def test_without_a_share_nothing_is_drawn(bank, place, teller, auditor):
    factory.passed(place, teller)

    assert not Proof.objects.exists()


@pytest.mark.usefixtures("drawing")
class TestDatabase:
    def test_only_what_a_machine_matched_is_proved(self, place, teller):
        open_pair = monitoring.difference(place, teller)

        assert code_of(
            lambda: Proof.objects.create(
                institution_id=open_pair.institution_id, match=open_pair, drawn_at=NOON
            )
        ) == "OP072"  # fmt: skip

    def test_what_was_found_stays(self, place, teller, keyer):
        match = proved_otherwise(place, teller, keyer)

        for changed in ({"state": "proved", "differs": []}, {"differs": ["account"]}):
            assert code_of(lambda row=changed: Proof.objects.update(**row)) == "OP072"
        assert code_of(lambda: Proof.objects.filter(match=match).delete()) == "OP072"


@pytest.mark.usefixtures("drawing")
class TestPages:
    @pytest.fixture
    def lead(self, bank, client):
        person = people.staff(bank.centre, "audit_lead", name="郑洁")
        client.force_login(person)
        return client

    def test_the_curve_marks_the_threshold_in_force_and_figures_open_their_pairs(
        self, lead, place, teller, keyer
    ):
        match = proved_otherwise(place, teller, keyer)
        span = {"first": DAY, "last": DAY}

        page = lead.get(reverse("monitoring:proofs"), span)
        listed = lead.get(reverse("monitoring:proof_list"), span | {"figure": "missed"})

        text = page.content.decode()
        assert "80 ★" in text
        assert 'class="op-curve"' in text
        assert "1000000" in text
        assert match.journal_no in listed.content.decode()
        assert listed.context["total"] == 1

    def test_every_figure_counts_what_its_list_shows(self, lead, place, teller, keyer):
        proved_otherwise(place, teller, keyer)
        factory.passed(place, teller)
        monitoring.difference(place, teller)
        page = lead.get(reverse("monitoring:proofs"), {"first": DAY, "last": DAY})
        links = dict(LINK.findall(page.content.decode()))

        assert len(links) > 8
        for address, figure in links.items():
            shown = lead.get(address.replace("&amp;", "&"))
            assert shown.context["total"] == int(figure), address

    def test_a_form_is_judged_alone(self, lead, place, teller, keyer):
        form = layouts.draft(teller, code="withdrawal")
        on_it = factory.passed(place, teller, layout=form)
        proved_otherwise(place, teller, keyer)
        assert on_it.layout == "withdrawal"
        cut = passes.Cut(DAY, DAY)

        every = selected.figures(cut=cut)
        alone = selected.figures(cut=replace(cut, layout="withdrawal"))
        others = selected.figures(cut=replace(cut, layout=passes.NO_LAYOUT))

        assert [(one.name, one.passed, one.missed) for one in every.layouts] == [
            ("", 1, 1), ("withdrawal", 1, 0),
        ]  # fmt: skip
        assert (alone.whole.passed, alone.whole.missed) == (1, 0)
        assert (others.whole.passed, others.whole.missed) == (1, 1)
        assert all(one.passed <= 1 for one in alone.points)
        assert alone.outlets[0].cut.layout == alone.months[0].cut.layout == "withdrawal"

    def test_the_page_of_a_form_opens_its_pairs_alone(self, lead, place, teller):
        form = layouts.draft(teller, code="withdrawal")
        for layout in (form, None):
            factory.passed(place, teller, layout=layout)
        asked = {"first": DAY, "last": DAY, "layout": "withdrawal"}

        page = lead.get(reverse("monitoring:proofs"), asked)

        assert page.context["found"].whole.passed == 1
        text = page.content.decode()
        assert '<option value="withdrawal" selected>测试凭条 (withdrawal)</option>' in text
        links = dict(LINK.findall(text))
        assert links
        for address, figure in links.items():
            shown = lead.get(address.replace("&amp;", "&"))
            assert shown.context["total"] == int(figure), address
        unknown = lead.get(reverse("monitoring:proofs"), asked | {"layout": "none_such"})
        assert unknown.context["found"].whole.passed == 2

    def test_they_are_taken_away_as_a_workbook(self, lead, place, teller):
        factory.passed(place, teller)

        for name in ("proofs", "proof_list"):
            answer = lead.get(reverse(f"monitoring:{name}"), {"export": "xlsx", "first": DAY})
            assert answer["Content-Type"].endswith("sheet")

    def test_without_proofs_the_page_says_so(self, lead):
        assert 'class="op-curve"' not in lead.get(reverse("monitoring:proofs")).content.decode()
