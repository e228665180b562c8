"""Where risk sits and which business it is: the 13 links and 12 key businesses of the bank."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RiskLink:
    """A link of operations at which risk sits (DOMAIN §5.3)."""

    code: str
    name: str


@dataclass(frozen=True)
class KeyBusiness:
    """A business that is watched apart (DOMAIN §5.3)."""

    code: str
    name: str


@dataclass(frozen=True)
class Level:
    """How much attention an alert asks for; the work queue takes higher ones first."""

    code: str
    name: str
    kind: str
    priority: int


LINKS: dict[str, RiskLink] = {
    str(number): RiskLink(str(number), name)
    for number, name in enumerate(
        (
            "Tellers and permissions",
            "Seals and specimen cards",
            "Important blank vouchers",
            "Cash and vault",
            "Account opening and identity",
            "Large and abnormal payments",
            "Reversals and corrections",
            "Internal and suspense accounts",
            "Losses, PIN resets and freezes",
            "Bills and seal checks",
            "Reconciling of accounts",
            "Outsourcing and archives",
            "Channels and changes of customer data",
        ),
        start=1,
    )
}
BUSINESSES: dict[str, KeyBusiness] = {
    str(number): KeyBusiness(str(number), name)
    for number, name in enumerate(
        (
            "Opening and closing of corporate accounts",
            "Personal accounts opened by an agent",
            "Large cash",
            "Large transfers",
            "Reversals",
            "Posting on internal accounts",
            "Losses, reissues and PIN resets",
            "Judicial freezes and deductions",
            "Sign-up and change of internet bank and SMS",
            "Drafts and promissory notes",
            "Sale and voiding of blank vouchers",
            "Inward returns and suspense",
        ),
        start=1,
    )
}
NOTICE, FOCUS, HIGH = "notice", "focus", "high"
LEVELS: dict[str, Level] = {
    level.code: level
    for level in (
        Level(NOTICE, "General attention", "", 10),
        Level(FOCUS, "Key attention", "warn", 20),
        Level(HIGH, "High attention", "bad", 30),
    )
}


def higher(level: str) -> str:
    """Return the level above one, or the highest."""
    order = list(LEVELS)
    return order[min(order.index(level) + 1, len(order) - 1)]
