"""What others may hear from monitoring."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unreadable:
    """A machine could not read a voucher with certainty: people may key its fields."""

    match_id: int
    subject: str


@dataclass(frozen=True)
class Keyed:
    """People have read a field of a voucher: its pair can be compared again."""

    match_id: int
    subject: str
