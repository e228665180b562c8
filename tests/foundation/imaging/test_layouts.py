"""Layouts: drawn by one and published by another, also for the database; read by the child."""

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.imaging import gateways, rules, tasks
from foundation.imaging.gateways import _forms_child
from foundation.imaging.models import Layout, Reading
from foundation.imaging.rules import layouts as forms
from foundation.imaging.rules._fields import luhn_holds
from foundation.imaging.rules.layouts import Zone
from foundation.imaging.selectors import layouts as selected
from foundation.imaging.services import layouts
from foundation.kernel.money import Money
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.trail import selectors as trail
from tests.factories import layouts as drawing
from tests.factories.people import DAY, numbers
from tests.foundation.imaging.conftest import AT, staff_of

ACCOUNT = next(f"110037200026000014{digit}" for digit in "0123456789"
               if luhn_holds(f"110037200026000014{digit}"))  # fmt: skip
FEN = 12_345_600


@pytest.fixture
def two(bank):
    """Let two people of the head office act, and put the numbers in force."""
    manager = staff_of(bank["branch"], "200010", "周明", "ops_manager")
    risk = staff_of(bank["branch"], "200011", "吴芳", "risk_manager")
    with people.acting_as_system(reason="test"):
        numbers(manager, risk)
        yield manager, risk


@pytest.fixture
def draft(two):
    return drawing.draft(two[0])


def filled(**changed):
    written = {
        "account": ACCOUNT,
        "amount": f"¥{Money(FEN).format()}",
        "amount_words": Money(FEN).capitals(),
    }
    return drawing.png(drawing.form(**written | changed))


def tried(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def sqlstate(sql, *values):
    with pytest.raises(DatabaseError) as refused:
        tried(sql, *values)
    return refused.value.__cause__.pgcode


def test_a_second_person_publishes_and_the_version_before_retires(two, draft):
    manager, risk = two
    first = layouts.publish(layout_id=draft.pk, by=risk, at=AT)
    second = layouts.publish(layout_id=drawing.draft(manager, version=2).pk, by=risk, at=AT)

    first.refresh_from_db()
    assert (first.state, second.state) == (forms.RETIRED, forms.PUBLISHED)
    assert selected.in_use() == (second,)
    told = trail.timeline(subject=selected.subject_of(layout_id=first.pk))
    assert [event.action for event in told] == [
        "imaging.layout.retired",
        "imaging.layout.published",
    ]


def test_who_drew_it_does_not_decide_under_any_number(two, draft):
    manager, _ = two
    with pytest.raises(forms.LayoutOfSamePerson) as refused:
        layouts.publish(layout_id=draft.pk, by=manager, at=AT)
    assert refused.value.code == "E4092"
    with pytest.raises(forms.LayoutOfSamePerson):
        layouts.decline(layout_id=draft.pk, by=manager, at=AT)
    twin = Staff.objects.create(
        number="200099", name="周明", institution=manager.institution, person=manager.person
    )
    with pytest.raises(forms.LayoutOfSamePerson):
        layouts.publish(layout_id=draft.pk, by=twin, at=AT)
    assert (
        sqlstate(
            "UPDATE imaging_layout SET state = 'published', decided_by_id = %s,"
            " decided_at = now() WHERE id = %s",
            twin.pk,
            draft.pk,
        )
        == "OP061"
    )


def test_what_was_decided_is_never_changed_or_deleted(two, draft):
    _, risk = two
    layouts.decline(layout_id=draft.pk, by=risk, at=AT)
    with pytest.raises(forms.LayoutNotDraft) as refused:
        layouts.keep_zones(layout_id=draft.pk, zones=drawing.ZONES, by=risk, at=AT)
    assert refused.value.code == "E4091"
    with pytest.raises(forms.LayoutNotDraft):
        layouts.publish(layout_id=draft.pk, by=risk, at=AT)
    assert sqlstate("UPDATE imaging_layout SET title = '别' WHERE id = %s", draft.pk) == "OP060"
    assert sqlstate("UPDATE imaging_layout SET state = 'draft', decided_by_id = NULL,"
                    " decided_at = NULL WHERE id = %s", draft.pk) == "OP060"  # fmt: skip


def test_of_a_draft_only_zones_and_title_change(draft):
    assert sqlstate("UPDATE imaging_layout SET code = 'x1' WHERE id = %s", draft.pk) == "OP060"


def test_one_version_of_a_form_is_in_use(two, draft):
    manager, risk = two
    layouts.publish(layout_id=draft.pk, by=risk, at=AT)
    other = drawing.draft(manager, version=2)
    assert sqlstate(
        "UPDATE imaging_layout SET state = 'published', decided_by_id = %s, decided_at = now()"
        " WHERE id = %s", risk.pk, other.pk,
    ) == "23505"  # fmt: skip


def test_zones_of_a_draft_are_kept_and_told(two, draft):
    manager, _ = two
    kept = layouts.keep_zones(layout_id=draft.pk, zones=drawing.ZONES[:1], by=manager, at=AT)

    assert Layout.objects.get(pk=kept.pk).reads == drawing.ZONES[:1]
    (told,) = trail.timeline(subject=selected.subject_of(layout_id=draft.pk))
    assert (told.action, told.detail["zones"]) == ("imaging.layout.zones", 1)
    outside = Zone("account", "number", (1100, 1, 200, 40))
    with pytest.raises(forms.ZoneOutside):
        layouts.keep_zones(layout_id=draft.pk, zones=[outside], by=manager, at=AT)


def test_there_must_be_a_layout(two):
    _, risk = two
    with pytest.raises(forms.NoSuchLayout) as refused:
        layouts.publish(layout_id=0, by=risk, at=AT)
    assert refused.value.code == "E4090"
    with pytest.raises(forms.NoSuchLayout):
        layouts.try_sample(layout_id=0, data=b"")
    with pytest.raises(forms.NoSuchLayout):
        layouts.picture(layout_id=0)


def test_a_form_that_cannot_be_found_on_itself_is_refused(two):
    from PIL import Image

    blank = drawing.png(Image.new("RGB", (800, 400), (255, 255, 255)))
    with pytest.raises(forms.FormNotFound) as refused:
        layouts.draw(code="white", title="白纸", data=blank, by=two[0], at=AT)
    assert refused.value.code == "E4097"


def test_a_short_name_is_checked_before_the_picture(two):
    with pytest.raises(forms.BadLayoutName):
        layouts.draw(code="取款", title="x", data=b"", by=two[0], at=AT)


def test_the_next_version_begins_with_the_zones_in_use(two, draft):
    manager, risk = two
    layouts.publish(layout_id=draft.pk, by=risk, at=AT)
    made = layouts.draw(
        code="test_slip", title="测试凭条", data=drawing.png(drawing.form()), by=manager, at=AT
    )

    assert (made.version, made.reads, made.state) == (2, drawing.ZONES, forms.DRAFT)


def test_a_sample_is_read_zone_by_zone_and_another_page_is_not(draft, scan):
    text = layouts.try_sample(layout_id=draft.pk, data=filled(purpose="货款"))

    assert text
    assert text.layout == draft.key
    fields = {one.name: one for one in forms.fields_of_form(text.strips, draft.reads)}
    assert fields["account"].value == ACCOUNT
    assert fields["account"].checked is True
    assert fields["amount"].value == Money(FEN).format()
    assert fields["amount_words"].value == Money(FEN).capitals()
    assert fields["purpose"].value == "货款"
    left, top, _wide, _high = fields["account"].box
    assert abs(left - 272) < 20
    assert abs(top - 132) < 20
    assert layouts.try_sample(layout_id=draft.pk, data=scan) is None


def test_a_page_of_a_known_form_is_proved_against_what_was_booked(two, draft, document, teller):
    from foundation.imaging import services

    layouts.publish(layout_id=draft.pk, by=two[1], at=AT)
    page = services.add_page(
        document_id=document.pk, data=filled(), name="a.png", image_class="voucher", side="front",
        by=teller, at=AT,
    )  # fmt: skip
    commit = tasks.read_page(page_id=page.pk)
    assert commit
    with transaction.atomic():
        commit()

    reading = Reading.objects.get(page=page)
    assert reading.layout == draft
    assert reading.fit > 45
    expected = {"amount": FEN, "amount_words": FEN, "account": ACCOUNT, "voucher_no": "123"}
    rows = {
        row.name: row
        for row in selected.verification(document_id=document.pk, expected=expected, on=DAY)
    }
    assert {name for name, row in rows.items() if row.proved} == {
        "amount", "amount_words", "account",
    }  # fmt: skip
    shown = {row.name: row.verdict for row in selected.compared(
        document_id=document.pk, expected=expected, on=DAY)}  # fmt: skip
    assert shown["account"] == rules.SAME
    assert shown["voucher_no"] == rules.NOT_FOUND
    wrong = expected | {"amount": FEN + 1_000_00, "amount_words": FEN + 1_000_00}
    found = selected.verification(document_id=document.pk, expected=wrong, on=DAY)
    assert all(row.verdict == rules.DIFFERS and row.sure > 50 for row in found[:2])


def test_without_numbers_nothing_is_proved(draft, document):
    assert selected.lines(on=DAY.replace(year=2000)) is None
    assert selected.verification(document_id=document.pk, expected={"amount": 1}, on=DAY) == ()


def test_a_reader_that_fails_at_the_zones_leaves_the_page_to_be_read_whole(monkeypatch, draft):
    asked = []

    def fails(**_given):
        asked.append("zones")
        raise gateways.EngineFailed("no")

    monkeypatch.setattr(gateways, "read_form", fails)
    text = layouts.read(png=filled(), known=[layouts.blank(layout=draft)])

    assert asked == ["zones"]
    assert text.layout == ""
    assert text.lines


def test_each_of_many_forms_is_drawn_once_and_not_for_every_page(tmp_path):
    file = tmp_path / "form.png"
    file.write_bytes(drawing.png(drawing.form().resize((240, 100))))
    _forms_child.form.cache_clear()

    for _page in range(2):
        for number in range(100):
            _forms_child.form(f"slip.{number}", str(file))

    drawn = _forms_child.form.cache_info()
    assert (drawn.misses, drawn.hits) == (100, 100)
