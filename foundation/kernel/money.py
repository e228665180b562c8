"""Money is a whole number of fen; there is no fraction to lose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foundation.kernel import capitals
from foundation.kernel.errors import Refused

# Only the full-width forms that a Chinese input method types: NFKC as a whole would also turn
# circled and superscript digits into amounts.
_NARROW = str.maketrans("０１２３４５６７８９，．－￥", "0123456789,.-¥")
_AMOUNT = re.compile(
    r"¥?(-?)(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?"
)


class NotMoney(Refused):
    """The text is not an amount with at most two decimals."""

    code = "E0201"
    text = "“%(given)s” is not an amount of money."
    hint = "Write digits with at most two decimals, such as 1,234.50; at most 15 before the point."


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of renminbi in fen."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"money is a whole number of fen, not {self.fen!r}")

    @classmethod
    def parse(cls, yuan: str, *, signed: bool = False, field: str = "") -> Money:
        """Read an amount as a teller types it: 1,234.50; below zero only where signed."""
        found = _AMOUNT.fullmatch(yuan.translate(_NARROW))
        if not found:
            raise NotMoney(given=_visible(yuan), field=field)
        minus, whole, decimals = found.groups()
        fen = int(whole.replace(",", "")) * 100 + int((decimals or "").ljust(2, "0"))
        if minus and (not signed or not fen):
            raise NotMoney(given=_visible(yuan), field=field)
        return cls(-fen if minus else fen)

    @classmethod
    def parse_capitals(cls, text: str, *, field: str = "") -> Money:
        """Read an amount in capitals as a bill has it: 人民币壹仟贰佰叁拾肆元伍角."""
        return cls(capitals.parse(text, field=field))

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """Return the sum of the amounts, nothing for none."""
        return cls(sum(amount.fen for amount in amounts))

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Divide by whole weights; the fen left over go one each to the largest remainders."""
        whole = sum(weights)
        if not whole or any(type(weight) is not int or weight < 0 for weight in weights):
            raise ValueError(f"weights are whole, not negative and not all nothing: {weights!r}")
        sign = -1 if self.fen < 0 else 1
        shares = [divmod(abs(self.fen) * weight, whole) for weight in weights]
        left = abs(self.fen) - sum(share for share, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda place: (-shares[place][1], place))
        extra = set(by_remainder[:left])
        return tuple(Money(sign * (s[0] + (place in extra))) for place, s in enumerate(shares))

    def capitals(self, *, bill: bool = False) -> str:
        """Return the amount in capitals; on a bill with 人民币 before it."""
        return capitals.write(self.fen, bill=bill)

    def format(self, *, symbol: str = "", commas: bool = True) -> str:
        """Return the amount in figures: 1,234.50."""
        yuan, fen = divmod(abs(self.fen), 100)
        minus = "-" if self.fen < 0 else ""
        return f"{symbol}{minus}{yuan:,}.{fen:02}" if commas else f"{symbol}{minus}{yuan}.{fen:02}"

    def __str__(self) -> str:
        return self.format()

    def __bool__(self) -> bool:
        return self.fen != 0

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __abs__(self) -> Money:
        return Money(abs(self.fen))


def _visible(text: str) -> str:
    """Return the text as it may be shown back: short, and without what would hide or reorder."""
    short = text[:40] + ("…" if len(text) > 40 else "")
    return "".join(char if char.isprintable() else "�" for char in short)
