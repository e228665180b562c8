"""The words that rules are made of: kinds, entities, conditions on a line, figures over lines.


The vocabulary is closed: what a rule may say is here, with its SQL over the columns of `compiled`.
Amounts are fen, times of day seconds of the day in Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass

SINGLE, DAY, PROFILE, SEQUENCE, RING = "single", "day", "profile", "sequence", "ring"
CODES, YUAN, COUNT, CLOCK, NONE = "codes", "yuan", "count", "clock", ""


@dataclass(frozen=True)
class Kind:
    """A kind of rule: its word, and which entities it can be about."""

    code: str
    name: str
    entities: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    """What a rule is about: its word, and the columns of a line that name it."""

    code: str
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """A kind of condition on a line: its word, what is given with it, and its SQL."""

    code: str
    name: str
    takes: str
    sql: str


@dataclass(frozen=True)
class Measure:
    """A figure over lines or days: its word, its SQL, its unit, and whether it is exact later.

    `sql` of a distinct count counts lines at first, which are at least as many; the exact figure is
    asked for what is left (`compiled.exact`).
    """

    code: str
    name: str
    unit: str
    sql: str
    distinct: str = ""


ENTITIES: dict[str, Entity] = {
    one.code: one
    for one in (
        Entity("account", "Account", ("account",)),
        Entity("teller", "Teller", ("teller",)),
        Entity("outlet", "Outlet", ("place",)),
        Entity("voucher", "Voucher number", ("voucher",)),
        Entity("teller_account", "Teller and account", ("teller", "account")),
        Entity("account_amount", "Account and amount", ("account", "fen")),
    )
}
GROUPED = tuple(ENTITIES)
KINDS: dict[str, Kind] = {
    one.code: one
    for one in (
        Kind(SINGLE, "One line", ("account", "teller")),
        Kind(DAY, "The lines of a day together", GROUPED),
        Kind(PROFILE, "A day beside the days before", ("account", "teller")),
        Kind(SEQUENCE, "One after another", ("account", "teller")),
        Kind(RING, "Money that comes back in a ring", ("account",)),
    )
}
CONDITIONS: dict[str, Condition] = {
    one.code: one
    for one in (
        Condition("code", "Transaction is one of", CODES, "code IN ({})"),
        Condition("code_not", "Transaction is none of", CODES, "code NOT IN ({})"),
        Condition("amount_from", "Amount at least", YUAN, "fen >= {}"),
        Condition("amount_below", "Amount below", YUAN, "fen < {}"),
        Condition("multiple_of", "Amount a multiple of", YUAN, "mod(fen, {}) = 0"),
        Condition("outside", "Outside of times", CLOCK, "NOT (sec >= {} AND sec < {})"),
        Condition("inside", "Within times", CLOCK, "(sec >= {} AND sec < {})"),
        Condition("paid", "Money leaves the account", NONE, "pays"),
        Condition("received", "Money comes to the account", NONE, "NOT pays"),
        Condition("no_voucher", "Without voucher number", NONE, "voucher = ''"),
        Condition("no_item", "Without authorization item", NONE, "subject = ''"),
        Condition("reversal", "Takes another entry back", NONE, "takes_back"),
        Condition("own_account", "An account of the teller's own", NONE, "own"),
        Condition("staff_account", "An account of a member of staff", NONE, "of_staff"),
        Condition("internal", "An account of the bank's own", NONE, "internal"),
        Condition("young", "Account younger than days", COUNT, "age < {}"),
        Condition("foreign", "In foreign currency", NONE, "currency <> 'CNY'"),
        Condition("imported", "From the foreign core", NONE, "imported"),
        Condition("no_counter", "Without counter-account", NONE, "counter = ''"),
    )
}
# Adds up whole numbers to a whole number, in half of the time of the server's own sum.
SUM = "monitoring_sum"
MEASURES: dict[str, Measure] = {
    one.code: one
    for one in (
        Measure("count", "Journal lines", COUNT, "count(*) FILTER (WHERE {0})"),
        Measure("sum", "Sum", YUAN, f"{SUM}(fen) FILTER (WHERE {{0}})"),
        Measure("largest", "Greatest amount", YUAN, "max(fen) FILTER (WHERE {0})"),
        Measure(
            "span", "Minutes from first to last", COUNT,
            "(max(sec) FILTER (WHERE {0}) - min(sec) FILTER (WHERE {0})) / 60",
        ),
        Measure(
            "through", "Percent that goes on", COUNT,
            "100 * least(coalesce(sum(fen) FILTER (WHERE pays AND {0}), 0),"
            " coalesce(sum(fen) FILTER (WHERE NOT pays AND {0}), 0))"
            " / greatest(sum(fen) FILTER (WHERE pays AND {0}),"
            " sum(fen) FILTER (WHERE NOT pays AND {0}), 1)",
        ),
        Measure("partners", "Counter-accounts", COUNT, "count(*) FILTER (WHERE {0})", "counter"),
        Measure("accounts", "Accounts", COUNT, "count(*) FILTER (WHERE {0})", "account"),
        Measure("tellers", "Tellers", COUNT, "count(*) FILTER (WHERE {0})", "teller"),
        Measure("outlets", "Outlets", COUNT, "count(*) FILTER (WHERE {0})", "place"),
        Measure("codes", "Kinds of transaction", COUNT, "count(*) FILTER (WHERE {0})", "code"),
    )
}  # fmt: skip
# What is kept of each day of an account or a teller, and how days are put together.
KEPT: dict[str, Measure] = {
    one.code: one
    for one in (
        Measure("lines", "Journal lines", COUNT, "sum"),
        Measure("out_fen", "Money out", YUAN, "sum"),
        Measure("in_fen", "Money in", YUAN, "sum"),
        Measure("cash_out_fen", "Cash out", YUAN, "sum"),
        Measure("cash_in_fen", "Cash in", YUAN, "sum"),
        Measure("cash_lines", "Lines in cash", COUNT, "sum"),
        Measure("cash_max_fen", "Largest amount in cash", YUAN, "max"),
        Measure("max_fen", "Greatest amount", YUAN, "max"),
        Measure("reversals", "Reversals", COUNT, "sum"),
    )
}
TODAY, WINDOW, USUAL, SIGMA, ACTIVE = "today", "window", "usual", "sigma", "active"
OVERS: dict[str, Kind] = {
    one.code: one
    for one in (
        Kind(TODAY, "On the day", ()),
        Kind(WINDOW, "In the days of the window", ()),
        Kind(USUAL, "Percent of the usual day", ()),
        Kind(SIGMA, "Deviations above the usual day", ()),
        Kind(ACTIVE, "Days with lines before it", ()),
    )
}
LEAST, MOST = "least", "most"
# Transactions over the counter in cash (DOMAIN §4.1).
CASH = ("1001", "1002", "1003", "1004")
