"""What the supervisors' dashboard asks of the centres; it reads and never writes."""

from dashboards.selectors._alerts import Alert
from dashboards.selectors._counted import Page, Row, counted, in_file, listed
from dashboards.selectors._live import Board, Heat, HeatRow, Person, Quarter, Tiles, board
from dashboards.selectors._sheets import sheets

__all__ = [
    "Alert",
    "Board",
    "Heat",
    "HeatRow",
    "Page",
    "Person",
    "Quarter",
    "Row",
    "Tiles",
    "board",
    "counted",
    "in_file",
    "listed",
    "sheets",
]
