"""The nearest records that a voucher does not bear, and what each doubt would let pass.

A limit of doubt is a trade: the higher, the fewer vouchers people look at, and the more wrong
records pass. On vouchers whose truth people have established both sides can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from foundation.imaging.rules import proving
from foundation.imaging.rules.proving import Lines, Proof

# Digits that tired eyes and readers take for one another.
_LOOKS = {"0": "68", "1": "74", "2": "7", "3": "8", "4": "9", "5": "6", "6": "58", "7": "1",
          "8": "36", "9": "4"}  # fmt: skip
TRIED = (0, 25, 50, 100, 150, 200, 250, 300, 400, 600)
NUMBERS = ("account", "payee_account", "journal_no", "voucher_no")


@dataclass(frozen=True)
class Known:
    """A voucher whose truth is established: what was booked, whether the paper bears it out.

    `wrong` are nearest records that it does not bear, each with what the page proves of it.
    """

    expected: Mapping[str, object]
    agrees: bool
    proofs: tuple[Proof, ...]
    wrong: tuple[tuple[Mapping[str, object], tuple[Proof, ...]], ...] = ()


@dataclass(frozen=True)
class Point:
    """What a limit of doubt would have done: counts of vouchers, and of nearest wrong records."""

    doubt: int
    vouchers: int
    manual: int
    differences: int
    missed: int
    wrong: int
    wrong_passed: int


def nearest(expected: Mapping[str, object], *, seed: str) -> Iterator[tuple[str, object]]:
    """Return records that differ in one field, as little as can be: a digit, two swapped, tenfold.

    Of an account also one whose check digit fits, as the bank could have given it out.
    """
    random = Random(seed)  # noqa: S311 - the same records every time, no secret
    for name in NUMBERS:
        text = str(expected.get(name) or "")
        if len(text) < 2 or not text.isdigit():
            continue
        yield name, _any_digit(random, text)
        yield name, _alike_digit(random, text)
        if len({*text}) > 1:
            yield name, _swapped(random, text)
        if name.endswith("account"):
            yield name, issued(random, text)
    fen = expected.get("amount")
    if isinstance(fen, int) and fen > 0:
        near = {
            changed_amount(random, fen),
            fen * 10,
            fen + random.choice([100, 1_000, 10_000]),
            int(_alike_digit(random, str(fen))),
        }
        for other in sorted(near - {fen, 0}):
            yield "amount", other


def issued(random: Random, number: str) -> str:
    """Return the nearest number with a right check digit: one digit is another, and the last."""
    place = random.randrange(len(number) - 1)
    other = random.choice([one for one in "0123456789" if one != number[place]])
    stem = number[:place] + other + number[place + 1 : -1]
    return stem + check_digit(stem)


def check_digit(stem: str) -> str:
    """Return the digit after Luhn that ends a number."""
    total = 0
    for place, char in enumerate(reversed(stem)):
        doubled = int(char) * (2 - place % 2)
        total += doubled - 9 * (doubled > 9)
    return str(-total % 10)


def changed_amount(random: Random, fen: int) -> int:
    """Return another amount: one digit of the yuan is another."""
    yuan = f"{fen:03}"[:-2]
    place = random.randrange(len(yuan))
    other = random.choice([one for one in "123456789" if one != yuan[place]])
    return int(yuan[:place] + other + yuan[place + 1 :] + f"{fen:03}"[-2:])


def weighed_wrong(
    proofs: Sequence[Proof], name: str, changed: Sequence[Proof]
) -> tuple[Proof, ...]:
    """Return what a page proves of a record that differs in one field from the known one."""
    names = {"amount", "amount_words"} if name == "amount" else {name}
    return (*(proof for proof in proofs if proof.name not in names), *changed)


def curve(known: Sequence[Known], *, lines: Lines) -> tuple[Point, ...]:
    """Return for each limit of doubt how many people would look at, and what would be missed."""
    return tuple(_point(known, replace(lines, same=same)) for same in TRIED)


def _point(known: Sequence[Known], lines: Lines) -> Point:
    passed = [_passes(one.expected, one.proofs, lines) for one in known]
    wrong = [pair for one in known for pair in one.wrong]
    differing = [yes for one, yes in zip(known, passed, strict=True) if not one.agrees]
    return Point(
        doubt=lines.same,
        vouchers=len(known),
        manual=len(known) - sum(passed),
        differences=len(differing),
        missed=sum(differing),
        wrong=len(wrong),
        wrong_passed=sum(_passes(expected, proofs, lines) for expected, proofs in wrong),
    )


def _passes(expected: Mapping[str, object], proofs: Sequence[Proof], lines: Lines) -> bool:
    rows = proving.verified(expected=expected, proofs=proofs, lines=lines)
    needed = [name for name, value in expected.items() if value not in (None, "")]
    return proving.all_proved(rows, needed=[name for name in needed if name != "amount_words"])


def _any_digit(random: Random, text: str) -> str:
    place = random.randrange(len(text))
    other = random.choice([one for one in "0123456789" if one != text[place]])
    return text[:place] + other + text[place + 1 :]


def _alike_digit(random: Random, text: str) -> str:
    place = random.randrange(len(text))
    return text[:place] + random.choice(_LOOKS[text[place]]) + text[place + 1 :]


def _swapped(random: Random, text: str) -> str:
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1]]
    at = random.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
