"""What is shipped as rows: rules to be approved, lines of the tier, the quick phrases."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time
from functools import cache
from pathlib import Path

from authorization import rules

DATA = Path(__file__).resolve().parent.parent / "data"
FILE = DATA / "catalogue.csv"
PHRASES = DATA / "phrases.csv"
TIER = DATA / "tier.txt"


@cache
def standard_rules() -> Sequence[rules.Rule]:
    """Return the shipped rule of every transaction of the catalogue."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        found = tuple(_read(row) for row in csv.DictReader(lines))
    for rule in found:
        rules.check_rule(rule)
    return found


@cache
def phrases() -> Mapping[str, rules.Phrase]:
    """Return the quick phrases by their code; of each side the first nine have a digit."""
    found: dict[str, rules.Phrase] = {}
    places: Counter[str] = Counter()
    with PHRASES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            places[row["side"]] += 1
            place = places[row["side"]]
            digit = str(place) if place <= rules.DIGITS else ""
            found[row["code"]] = rules.Phrase(digit=digit, **row)
    return found


def standard_tier() -> Sequence[str]:
    """Return the shipped lines of the automatic tier, to be proposed."""
    return tuple(TIER.read_text(encoding="utf-8").splitlines())


def _read(row: Mapping[str, str]) -> rules.Rule:
    trade = rules.CATALOGUE[row["trade_code"]]
    return rules.Rule(
        trade_code=trade.code,
        group=trade.group,
        cash=trade.cash,
        skill=row["skill"],
        grade=int(row["grade"]),
        outlet_levels=int(row["outlet_levels"]),
        centre_levels=int(row["centre_levels"]),
        bands=tuple(rules.Band(*map(int, band.split())) for band in _listed(row["bands"])),
        transfer=bool(row["transfer"]),
        call_back_from_fen=_whole(row["call_back_from_fen"]),
        scan_mode=row["scan_mode"],
        rescan_minutes=_whole(row["rescan_minutes"]),
        weight_hundredths=int(row["weight_hundredths"]),
        always=bool(row["always"]),
        amount_from_fen=_whole(row["amount_from_fen"]),
        customer_kinds=_listed(row["customer_kinds"]),
        account_states=_listed(row["account_states"]),
        teller_grade_below=_whole(row["teller_grade_below"]),
        outside_from=_clock(row["outside_from"]),
        outside_until=_clock(row["outside_until"]),
        agent_from_fen=_whole(row["agent_from_fen"]),
        manual_id=bool(row["manual_id"]),
        correction=bool(row["correction"]),
        together=_listed(row["together"]),
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _clock(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))
