"""Lists drawn from cells: escaped, marked, linked, and as wide as their columns."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import override

from foundation.ui import subjects, table
from foundation.ui.table import Column, Row, Table

COLUMNS = (Column("Item", table.NUMBER), Column("Amount", table.RIGHT), Column("More", spoken=True))


def drawn(*rows):
    return table.drawn(table=Table(COLUMNS, rows), caption='The "list"')


def test_what_is_not_safe_is_escaped():
    shown = drawn(Row(("<b>", mark_safe("<i>1</i>"), "it's")))

    assert '<td class="op-num">&lt;b&gt;</td><td class="op-r"><i>1</i></td>' in shown
    assert "<td>it&#x27;s</td>" in shown
    assert 'aria-label="The &quot;list&quot;"' in shown


@pytest.mark.parametrize("sign", ["&", "<", ">", '"', "'"])
def test_each_sign_that_a_page_reads_is_escaped(sign):
    shown = drawn(Row((f"x{sign}", "1", "2")))

    assert f'<td class="op-num">{escape(f"x{sign}")}</td>' in shown
    assert f"x{sign}</td>" not in shown


@pytest.mark.parametrize("address", ["", '/x/"/'])
def test_the_name_of_a_subject_is_escaped(address):
    named = subjects.Named(raw="room.kind:<'>", word="Item", number="<b>", address=address)

    shown = subjects.drawn(named)

    assert shown.startswith('<a href="/x/&quot;/" title="' if address else '<span title="')
    assert 'title="room.kind:&lt;&#x27;&gt;">' in shown
    assert "&lt;b&gt;" in shown


def test_a_subject_that_nobody_knows_is_escaped():
    assert subjects.drawn(subjects.Named(raw="<b>")) == "&lt;b&gt;"


def test_heads_are_of_the_columns():
    with override("en"):
        shown = drawn()

    assert '<th scope="col">Item</th><th scope="col" class="op-r">Amount</th>' in shown
    assert '<th scope="col"><span class="visually-hidden">More</span></th>' in shown


def test_a_row_says_how_it_looks_and_its_key():
    assert '<tr class="op-row--warn" data-row="7&quot;">' in drawn(
        Row(("1", "2", "3"), look="op-row--warn", key='7"')
    )


@pytest.mark.parametrize("cells", [("1", "2"), ("1", "2", "3", "4")])
def test_a_row_of_another_width_is_refused(cells):
    with pytest.raises(ValueError, match="zip"):
        drawn(Row(cells))


def test_links_are_those_that_the_resolver_gives():
    for number in ("A1", "B2/..", "张"):
        shown = table.link(to="authorization:item", key=number.replace("/", ""), text="<x>")
        address = reverse("authorization:item", args=[number.replace("/", "")])
        assert f'<a href="{address}">&lt;x&gt;</a>' == shown


def test_a_link_is_marked_for_scripts():
    shown = table.link(to="monitoring:match", key=5, text="5", look="op-btn", mark="match")

    assert shown == '<a href="/monitoring/match/5/" class="op-btn" data-row="match">5</a>'


def test_an_address_that_does_not_end_with_its_key_is_refused():
    with pytest.raises(ValueError, match="does not end with its key"):
        table.link(to="worklist:staff_seconds", key="authorization", text="x")


@pytest.mark.parametrize(
    ("span_ms", "shown"), [(None, "—"), (0, "0.0"), (99, "0.0"), (20_990, "20.9")]
)
def test_spans_are_told_in_seconds_and_tenths(span_ms, shown):
    assert table.seconds(span_ms) == shown


def test_times_are_of_shanghai():
    assert table.clock(datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC)) == "00:05:09"
    assert table.clock(None) == "—"
