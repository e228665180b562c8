"""The four-in-one opening: its products, its images, its limit; which field a no is about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from authorization.rules._catalogue import TradeCode
from foundation.kernel.errors import Refused

ACCOUNT, INTERNET_BANK, SMS_ALERT, ATM_TRANSFER = (
    "account", "internet_bank", "sms_alert", "atm_transfer",
)  # fmt: skip


@dataclass(frozen=True)
class Product:
    """One of the four that an opening may give."""

    code: str
    name: str


PRODUCTS: dict[str, Product] = {
    product.code: product
    for product in (
        Product(ACCOUNT, "Personal account"),
        Product(INTERNET_BANK, "Personal internet bank"),
        Product(SMS_ALERT, "SMS alert"),
        Product(ATM_TRANSFER, "Transfers at machines"),
    )
}


@dataclass(frozen=True)
class Slot:
    """One place for an image: what is in it, and how imaging keeps it."""

    code: str
    name: str
    image_class: str
    side: str = "front"


SLOTS: dict[str, Slot] = {
    slot.code: slot
    for slot in (
        Slot("voucher", "Voucher", "voucher"),
        Slot("id", "Identity document, front", "id"),
        Slot("id_back", "Identity document, back", "id", "back"),
        Slot("photo", "Photo of the customer", "photo"),
    )
}


class SlotEmpty(Refused):
    """An account is opened upon a form, both sides of a card and a face."""

    code = "E2051"
    text = "An image is missing: the form, both sides of the identity document, and the photo."
    hint = "The kind of image that is chosen is the one that is missing."


class DailyLimitTooHigh(Refused):
    """The machine limit is above what the bank allows for a day."""

    code = "E2052"
    text = "At machines at most %(most)s may be transferred a day."


def slots_needed(trade: TradeCode) -> tuple[Slot, ...]:
    """Return the images without which a transaction is not sent."""
    return tuple(SLOTS.values()) if trade.opens else (SLOTS["voucher"],)


def slot_of(image_class: str, side: str) -> Slot | None:
    """Return the place of an image, if it has one here."""
    for slot in SLOTS.values():
        if (slot.image_class, slot.side) == (image_class, side):
            return slot
    return None


def first_empty(filled: Collection[str]) -> str:
    """Return the code of the first place without an image, or of the voucher's."""
    return next((code for code in SLOTS if code not in filled), "voucher")


# Which fields of a form a reason of a no is about; those of no field are said above it.
FAULTS: dict[str, tuple[str, ...]] = {
    "A06": ("voucher_no",),
    "A16": ("by_agent",),
    "A17": ("amount",),
    "A19": ("payee_account", "payee_name"),
}
ABOUT_IMAGES = frozenset(
    ("A01", "A02", "A03", "A04", "A05", "A09", "A10", "A11", "A16"),
)
# By which field of a form a value is typed that the images are compared with.
_TYPED_AS: dict[str, str] = {
    "account": "payer_account",
    "amount_words": "amount",
}
_TYPED_AS_CASH_IN: dict[str, str] = {
    "account": "payee_account",
    "payer_name": "payee_name",
    "amount_words": "amount",
}


def typed_as(name: str, *, has_payer: bool) -> str:
    """Return the field of the form in which a compared value is typed."""
    return (_TYPED_AS if has_payer else _TYPED_AS_CASH_IN).get(name, name)


def faults(reasons: Sequence[str]) -> dict[str, list[str]]:
    """Return the reasons of a no by the field of the form that each is about."""
    found: dict[str, list[str]] = {}
    for code in reasons:
        for field in FAULTS.get(code, ()):
            found.setdefault(field, []).append(code)
    return found
