"""What is written on a voucher: the fields of a case as texts, and the lines printed on posting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foundation.kernel import dates
from foundation.kernel.money import Money

Line = list[tuple[str, str]]
PRINTED = (
    "institution", "outlet", "teller", "trade_code", "trade_name", "journal_no", "time",
    "account", "name", "payee_account", "payee_name", "voucher_no",
)  # fmt: skip
# How three generations of teller terminals print; a part that names a field is the field's text.
STYLES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("日期:", "date", " 时间:", "time", " 网点:", "institution", " 柜员:", "teller"),
        ("交易码:", "trade_code", " 流水号:", "journal_no", " 币种:人民币"),
        ("账号:", "account", " 金额:", "amount"),
        ("户名:", "name"),
        ("对方账号:", "payee_account"),
    ),
    (
        ("date", " ", "time", " ", "institution", " ", "teller", " ", "trade_code"),
        ("journal_no", " ", "account", " RMB ", "amount"),
        ("name",),
        ("-> ", "payee_account"),
    ),
    (
        ("机构 ", "institution", " 柜员 ", "teller", " 交易 ", "trade_code"),
        ("流水 ", "journal_no", " ", "date", " ", "time"),
        ("账号 ", "account"),
        ("户名 ", "name", " 金额 ", "amount", " 元"),
        ("对方 ", "payee_account"),
    ),
    (
        ("交易名称: ", "trade_name", "    交易码: ", "trade_code"),
        ("流水号: ", "journal_no", "    凭证号: ", "voucher_no"),
        ("交易日期: ", "date", "    交易时间: ", "time"),
        ("交易网点: ", "institution", " ", "outlet", "    柜员: ", "teller"),
        ("账号: ", "account", "    户名: ", "name"),
        ("对方账号: ", "payee_account", "    对方户名: ", "payee_name"),
        ("币种: 人民币    金额: ", "amount"),
    ),
)
FULL_STYLE = 3


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return each field as the customer or the teller writes it on the form.

    `amount_words_fen` lets the words differ from the figures, as forgers and tired people do.
    """
    money = Money(fields["amount_fen"])
    words = Money(fields.get("amount_words_fen", fields["amount_fen"]))
    day = fields["date"]
    plain = {name: str(value) for name, value in fields.items() if isinstance(value, str)}
    return {
        "currency": "人民币",
        "bank": fields.get("outlet", ""),
        "signature": fields.get("name", ""),
        **plain,
        "date": f"{day:%Y}年{day:%m}月{day:%d}日",
        "date_words": dates.write(day),
        "amount": money.format(symbol="¥"),
        "amount_words": words.capitals(),
    }


def journal_lines(fields: Mapping[str, Any], style: int) -> list[Line]:
    """Return the lines of the validation print in one of the house styles: (text, field) pairs."""
    if not fields.get("journal_no"):
        return []
    has = {name: (str(fields.get(name, "")), name) for name in PRINTED}
    has["date"] = (f"{fields['date']:%Y%m%d}", "date")
    has["amount"] = (Money(fields["amount_fen"]).format(), "amount")
    lines = [[has.get(part, (part, "")) for part in line] for line in STYLES[style]]
    # A line about the other party stays out where there is none.
    return [line for line in lines if ("", "payee_account") not in line]
