"""The board as plain rows for the exported workbook."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from dashboards.rules import Sheet
from dashboards.selectors._live import Board


def sheets(*, board: Board) -> Sequence[Sheet]:
    """Return the sheets of the workbook, in the language of the moment."""
    return (
        _figures(board),
        Sheet(
            gettext("Alerts"),
            (gettext("Institution"), gettext("Count"), gettext("What"), gettext("Time")),
            [
                (one.place or gettext("all places"), one.counted.count, gettext(one.text),
                 one.clock)
                for one in board.alerts
            ],
        ),
        Sheet(
            gettext("By quarter hour"),
            (gettext("From"), gettext("Decisions"), gettext("Day before"),
             gettext("Average seconds")),
            [(q.text, q.decided.count, q.before, q.average_seconds) for q in board.quarters],
        ),
        Sheet(
            gettext("Authorizers"),
            (gettext("Authorizer"), gettext("Decisions"), gettext("Average seconds"),
             gettext("Rejected"), gettext("Rejection rate %")),
            [
                (one.label, one.decided.count, one.average_seconds, one.rejected.count,
                 one.rejected.share)
                for one in board.staff
            ],
        ),
        Sheet(
            gettext("Reasons"),
            (gettext("Code"), gettext("Reason"), gettext("Count")),
            [(one.code, gettext(one.text), one.counted.count) for one in board.reasons],
        ),
        Sheet(
            gettext("Rejections by place and hour"),
            (gettext("Institution"), *(f"{hour:02d}:00" for hour in board.hours)),
            [(row.name, *(cell.rejected.count for cell in row.cells)) for row in board.heat],
        ),
        Sheet(
            gettext("Pairs by result"),
            (gettext("Result"), gettext("Count")),
            [(gettext(one.text), one.counted.count) for one in board.results],
        ),
    )  # fmt: skip


def _figures(board: Board) -> Sheet:
    tiles = board.tiles
    rows: list[tuple[str, object]] = [
        (gettext("Business date"), board.cut.on.isoformat()),
        (gettext("Decisions"), tiles.decided.count),
        (gettext("Decided automatically"), tiles.automatic.count),
        (gettext("Decisions on paper, keyed later"), tiles.on_paper.count),
        (gettext("Day before until the same time"), tiles.decided_before.count),
        (gettext("Average seconds"), tiles.average_seconds),
        (gettext("95 of 100 within seconds"), tiles.p95_seconds),
        (gettext("Waiting"), tiles.waiting.count),
        (gettext("Longest wait in seconds"), tiles.longest_wait_seconds),
        (gettext("Items waiting on site"), tiles.on_site.count),
        (gettext("Rejected"), tiles.rejected.count),
        (gettext("Rejection rate %"), tiles.rejected.share),
        (gettext("Returned"), tiles.returned.count),
        (gettext("Matched by machine"), tiles.matched.count),
        (gettext("Match rate %"), tiles.matched.share),
        (gettext("Within the target"), tiles.within.count),
        (gettext("Within the target %"), tiles.within.share),
    ]
    return Sheet(gettext("Figures"), (gettext("Figure"), gettext("Value")), rows)
