"""The business numbers against money laundering, all whole: code, unit, meaning."""

from __future__ import annotations

from collections.abc import Sequence

# What one hundred units of a foreign currency are worth, as it is quoted.
RATE_UNIT = "0.0001 CNY / 100"
CENTS = "cents"

NUMBERS: Sequence[tuple[str, str, str]] = (
    ("aml.cash_fen", "fen", "Cash of a customer in a day from which it is reported"),
    ("aml.corporate_fen", "fen", "Transfers of a company in a day to be reported"),
    ("aml.domestic_fen", "fen", "Transfers of a person at home in a day to be reported"),
    ("aml.cross_fen", "fen", "Transfers of a person abroad in a day to be reported"),
    ("aml.cash_cents", CENTS, "Foreign cash of a customer in a day to be reported, in USD"),
    (
        "aml.corporate_cents",
        CENTS,
        "Foreign transfers of a company in a day to be reported, in USD",
    ),
    ("aml.domestic_cents", CENTS, "Foreign transfers of a person at home to be reported, in USD"),
    ("aml.cross_cents", CENTS, "Foreign transfers of a person abroad to be reported, in USD"),
    ("aml.rate_usd", RATE_UNIT, "Rate of the US dollar"),
    ("aml.rate_eur", RATE_UNIT, "Rate of the euro"),
    ("aml.rate_hkd", RATE_UNIT, "Rate of the Hong Kong dollar"),
    ("aml.rate_jpy", RATE_UNIT, "Rate of the yen"),
    ("aml.rate_gbp", RATE_UNIT, "Rate of the pound"),
    ("aml.deadline_days", "days", "Working days until a large value is reported"),
    ("aml.split_items", "items", "Parts of cash from which splitting is suspected"),
    ("aml.structure_days", "days", "Days in which cash just below the threshold is counted"),
    ("aml.structure_items", "items", "Parts of cash over days from which it is suspicious"),
    ("aml.structure_percent", "%", "Share of the threshold from which cash is just below it"),
    ("aml.pass_fen", "fen", "Money in and out of a day from which it is suspicious"),
    ("aml.pass_percent", "%", "Share of what came in that goes out again, to be suspicious"),
    ("aml.risk_case", "points", "Risk of a customer with a confirmed case"),
    ("aml.risk_hit", "points", "Risk of a customer on a list"),
    ("aml.risk_open", "points", "Risk of a customer with an open case"),
    ("aml.risk_large", "points", "Risk of a customer with large values"),
    ("aml.risk_foreign", "points", "Risk of a customer with large values in foreign money"),
    ("aml.risk_new", "points", "Risk of a new customer"),
    ("aml.risk_medium_from", "points", "Points from which a customer is of medium risk"),
    ("aml.risk_high_from", "points", "Points from which a customer is of high risk"),
    ("aml.review_low_months", "months", "Months until a customer of low risk is rated anew"),
    ("aml.review_medium_months", "months", "Months until one of medium risk is rated anew"),
    ("aml.review_high_months", "months", "Months until one of high risk is rated anew"),
    ("aml.screen_least", "%", "Likeness from which a name is a hit"),
)
