"""An outlet's day of posted vouchers: what the journal says, and the paper, not always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from foundation.imaging.rules import nearest
from ops_platform.demo import names, vouchers
from ops_platform.demo.layouts import KINDS
from ops_platform.demo.vouchers import fonts

PRINT, HAND = "print", "hand"
LEVELS = ("clean", "normal")
# So many vouchers in a hundred bear something else than was booked.
PLANTED_PERCENT = 6
_PRINT_PENS = ("printed", "sans", "needled")
_TRADES = {"withdrawal": "1002", "deposit": "1001", "transfer": "1101", "opening": "1301",
           "receipt": "1002", "application": "1101", "cheque": "1102"}  # fmt: skip
NEEDED = ("account", "amount", "journal_no")


@dataclass(frozen=True)
class Voucher:
    """One voucher: how it is drawn, what the journal says of it, and what was planted, if so."""

    kind: str
    fill: str
    level: str
    seed: int
    record: Mapping[str, Any]
    paper: Mapping[str, Any]
    planted: str = ""

    def draw(self) -> bytes:
        """Return its scan."""
        return vouchers.draw(self.kind, self.paper, self.seed, self.level)[0]

    @property
    def expected(self) -> dict[str, object]:
        """Return what a page must prove of the journal line: policy C of the plan of imaging."""
        found: dict[str, object] = {
            "account": self.record["account"],
            "amount": self.record["amount_fen"],
            "journal_no": self.record["journal_no"],
        }
        if "payee_account" in self.record:
            found["payee_account"] = self.record["payee_account"]
        return found

    @property
    def needed(self) -> tuple[str, ...]:
        """Return which values must be proved."""
        more = ("payee_account",) if "payee_account" in self.record else ()
        return (*NEEDED, *more)


def account(random: Random) -> str:
    """Return an account's number with its check digit."""
    stem = "1100" + "".join(random.choices("0123456789", k=14))
    return stem + nearest.check_digit(stem)


def amount(random: Random) -> int:
    """Return an amount in fen as they come: many round ones, some to the fen."""
    digits = random.choice([3, 4, 4, 5, 5, 5, 6, 6])
    fen = random.randrange(10 ** (digits - 1), 10**digits) * 100
    kind = random.randrange(100)
    if kind < 35:
        return fen // 10 ** (digits + 1) * 10 ** (digits + 1) or fen
    return fen + (random.randrange(100) if kind < 60 else 0)


def day(*, count: int, seed: int) -> Iterator[Voucher]:
    """Return so many vouchers of all forms, fills and levels in turn."""
    for place in range(count):
        random = Random(f"{seed}|{place}")
        kind = KINDS[place % len(KINDS)]
        fill = (PRINT, HAND)[place // len(KINDS) % 2]
        level = LEVELS[place // (2 * len(KINDS)) % 2]
        yield _voucher(random, kind, fill, level, seed * 100_000 + place)


def _voucher(random: Random, kind: str, fill: str, level: str, seed: int) -> Voucher:
    on = date(2026, 1, 1) + timedelta(days=random.randrange(365))
    hands = [f"hand{place}" for place in fonts.hands()] or ["written"]
    outlet = f"示例市{random.choice('东西南北中')}城支行"
    record: dict[str, Any] = {
        "date": on,
        "amount_fen": amount(random),
        "account": account(random),
        "name": names.person(random)[0],
        "outlet": outlet,
        "journal_no": f"{random.randrange(10**12):012}",
        "time": f"{random.randrange(8, 18):02}:{random.randrange(60):02}:12",
        "institution": f"11{random.randrange(10**4):04}",
        "teller": f"{random.randrange(10**6):06}",
        "trade_code": _TRADES[kind],
        "trade_name": "转账",
        "voucher_no": f"{random.randrange(10**8):08}",
        "id_number": "110105199003071239",
        "mobile": "13800000000",
        "address": "示例市样张区演示路1号",
    }
    if kind in ("transfer", "application"):
        record |= {
            "payee_account": account(random),
            "payee_name": names.person(random)[0],
            "payee_bank": outlet,
            "purpose": "货款",
        }
    elif kind == "cheque":
        record |= {"payee_name": names.person(random)[0], "purpose": "货款"}
    pen = random.choice(hands if fill == HAND else _PRINT_PENS)
    drawn = Voucher(kind, fill, level, seed, record, record | {"pen": pen})
    return _planted(random, drawn) if random.randrange(100) < PLANTED_PERCENT else drawn


def _planted(random: Random, drawn: Voucher) -> Voucher:
    """Let the paper bear something else than the journal, as errors and frauds do."""
    what = random.choice(["amount", "words", "account"])
    paper, record = dict(drawn.paper), drawn.record
    if drawn.kind == "receipt" and what == "words":
        what = "amount"
    if what == "account":
        wrong = nearest.issued(random, record["account"])
        paper["account"] = wrong
    elif what == "amount":
        paper["amount_fen"] = nearest.changed_amount(random, record["amount_fen"])
    else:
        paper["amount_words_fen"] = nearest.changed_amount(random, record["amount_fen"])
    return replace(drawn, paper=paper, planted=what)


def tampers(voucher: Voucher, *, seed: int) -> Iterator[tuple[str, object]]:
    """Return the nearest possible records that this paper does not bear: one field is another."""
    yield from nearest.nearest(voucher.expected, seed=f"{seed}|{voucher.seed}")
