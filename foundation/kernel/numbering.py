"""Numbers with check digits: built from their parts, and read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from stdnum import damm, luhn
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from foundation.kernel.errors import Refused

SERIAL_MAX = 999_999
# The first two digits of every region: GB/T 2260, and 81 to 83 for the residence permits of
# residents of Hong Kong, Macao and Taiwan.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")

_NARROW = str.maketrans("０１２３４５６７８９　", "0123456789 ")
_ITEM = re.compile(r"([0-9]{2})([0-9]{8})([0-9]{6})[0-9]")


class NotAnItemNumber(Refused):
    """The number has not 17 digits, no such day or a wrong check digit."""

    code = "E0401"
    text = "“%(given)s” is not an item number."
    hint = "Compare its 17 digits with the receipt."


class SerialsExhausted(Refused):
    """A centre has given out every number of the day."""

    code = "E0402"
    text = "All item numbers of %(day)s have been given out."


class NotAnAccountNumber(Refused):
    """The number has not 19 digits or a wrong check digit."""

    code = "E0407"
    text = "“%(given)s” is not an account number."
    hint = "Compare its 19 digits with the voucher."


class NotACreditCode(Refused):
    """The code breaks GB 32100: length, characters or check character."""

    code = "E0408"
    text = "“%(given)s” is not a unified social credit code."
    hint = "Compare its 18 characters with the licence; I, O, S, V and Z do not occur."


class NotAResidentId(Refused):
    """The number breaks GB 11643: length, region, birth date or check character."""

    code = "E0409"
    text = "“%(given)s” is not a resident identity number."
    hint = "Compare its 18 characters with the card."


class NotABankNumber(Refused):
    """The number has not 12 digits or a wrong check digit."""

    code = "E0406"
    text = "“%(given)s” is not a bank number of the payment system."
    hint = "Compare its 12 digits, or look the bank up by its name."


@dataclass(frozen=True, slots=True)
class ItemNumber:
    """What an item number says: the centre, the day and the serial of the day."""

    centre: str
    day: date
    serial: int


def item_number(*, centre: str, day: date, serial: int) -> str:
    """Return the 17 digits of an item: centre, day, serial, check digit after Damm.

    Damm's digit finds every wrong digit and every pair of neighbours exchanged, which Luhn's
    does not (09 and 90). Refuses a serial beyond the sixth digit.
    """
    if not re.fullmatch(r"[0-9]{2}", centre) or serial < 1:
        raise ValueError(f"no item has the centre {centre!r} and the serial {serial}")
    if serial > SERIAL_MAX:
        raise SerialsExhausted(day=day)
    body = f"{centre}{day:%Y%m%d}{serial:06}"
    return body + damm.calc_check_digit(body)


def parse_item_number(text: str, *, field: str = "") -> ItemNumber:
    """Return what an item number says, or refuse it."""
    number = _digits(text)
    found = _ITEM.fullmatch(number)
    if not found or not damm.is_valid(number):
        raise NotAnItemNumber(given=_shown(text), field=field)
    centre, day, serial = found.groups()
    try:
        return ItemNumber(centre, date.fromisoformat(day), int(serial))
    except ValueError:
        raise NotAnItemNumber(given=_shown(text), field=field) from None


def slip_number(*, outlet: str, serial: int) -> str:
    """Return the 13 digits of an outlet's slip of paper: outlet, serial, check digit after Damm."""
    if not re.fullmatch(r"[0-9]{6}", outlet) or not 1 <= serial <= SERIAL_MAX:
        raise ValueError(f"no slip has the outlet {outlet!r} and the serial {serial}")
    body = f"{outlet}{serial:06}"
    return body + damm.calc_check_digit(body)


def read_slip_number(text: str) -> str:
    """Return the bare digits of a slip's number, or nothing where they are none."""
    number = _digits(text)
    return number if re.fullmatch(r"[0-9]{13}", number) and damm.is_valid(number) else ""


def account_number(*, prefix: str, serial: int) -> str:
    """Return the 19 digits of an account: prefix, serial, check digit after Luhn."""
    room = 18 - len(prefix)
    body = f"{prefix}{serial:0{room}}" if room > 0 else ""
    if not re.fullmatch(r"[0-9]{18}", body):
        raise ValueError(f"no account has the prefix {prefix!r} and the serial {serial}")
    return body + luhn.calc_check_digit(body)


def parse_account_number(text: str, *, field: str = "") -> str:
    """Return the bare digits of an account number, typed in groups or not, or refuse it."""
    number = _digits(text)
    if not re.fullmatch(r"[0-9]{19}", number) or not luhn.is_valid(number):
        raise NotAnAccountNumber(given=_shown(text), field=field)
    return number


def credit_code(*, region: str, serial: int) -> str:
    """Return the unified social credit code (GB 32100) of an enterprise in a region."""
    if not re.fullmatch(r"[0-9]{6}", region) or not 0 <= serial < 10**8:
        raise ValueError(f"no enterprise has the region {region!r} and the serial {serial}")
    organisation = f"{serial:08}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(organisation, weights, strict=True))
    body = f"91{region}{organisation}{'0X987654321'[total % 11]}"
    return body + uscc.calc_check_digit(body)


def parse_credit_code(text: str, *, field: str = "") -> str:
    """Return a unified social credit code in capital letters, or refuse it."""
    code = _digits(text).upper()
    if not re.fullmatch(r"[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]{17}", code):
        raise NotACreditCode(given=_shown(text), field=field)
    if not uscc.is_valid(code):
        raise NotACreditCode(given=_shown(text), field=field)
    return code


def resident_id(*, region: str, born: date, serial: int) -> str:
    """Return the identity number (GB 11643) of a person; an odd serial is a man's."""
    body = f"{region}{born:%Y%m%d}{serial:03}"
    if not re.fullmatch(r"[0-9]{17}", body) or not _PROVINCE.match(region):
        raise ValueError(f"no person has the region {region!r} and the serial {serial}")
    return body + ric.calc_check_digit(body + "0")


def parse_resident_id(text: str, *, field: str = "") -> str:
    """Return a resident identity number with a capital X, or refuse it.

    The region is checked by its province only: counties come and go, and no public list has
    every one in which a customer alive today was registered.
    """
    number = _digits(text).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or not _PROVINCE.match(number):
        raise NotAResidentId(given=_shown(text), field=field)
    if number[-1] != ric.calc_check_digit(number) or birth_date(number) is None:
        raise NotAResidentId(given=_shown(text), field=field)
    return number


def birth_date(resident: str) -> date | None:
    """Return the birth date that a resident identity number says, or nothing."""
    try:
        return date.fromisoformat(resident[6:14])
    except ValueError:
        return None


def bank_number(*, bank: str, region: str, serial: int) -> str:
    """Return the 12 digits of a bank in the payment system: bank 3, region 4, serial 4, check."""
    body = f"{bank}{region}{serial:04}"
    if not re.fullmatch(r"[0-9]{11}", body):
        raise ValueError(f"no bank has the number {body!r}")
    return body + mod_11_10.calc_check_digit(body)


def parse_bank_number(text: str, *, field: str = "") -> str:
    """Return the bare digits of a bank number (ISO 7064 MOD 11,10), or refuse it."""
    number = _digits(text)
    if not re.fullmatch(r"[0-9]{12}", number) or not mod_11_10.is_valid(number):
        raise NotABankNumber(given=_shown(text), field=field)
    return number


def sample_account_number(seed: int, *, prefix: str) -> str:
    """Return an account number for demonstration, the same for the same seed."""
    return account_number(prefix=prefix, serial=_drawn(seed, "account", 10 ** (18 - len(prefix))))


def sample_credit_code(seed: int, *, province: str = "11") -> str:
    """Return a credit code for demonstration, of a region that no enterprise has."""
    return credit_code(region=f"{province}9999", serial=_drawn(seed, "enterprise", 10**8))


def sample_resident_id(seed: int, *, province: str = "11") -> str:
    """Return an identity number for demonstration, of a region in which nobody was born."""
    born = date(1950, 1, 1) + timedelta(days=_drawn(seed, "born", 20_000))
    return resident_id(region=f"{province}9999", born=born, serial=_drawn(seed, "person", 999) + 1)


def sample_bank_number(seed: int, *, bank: str = "999") -> str:
    """Return a bank number for demonstration."""
    region, serial = _drawn(seed, "region", 10**4), _drawn(seed, "bank", 10**4)
    return bank_number(bank=bank, region=f"{region:04}", serial=serial)


def _drawn(seed: int, purpose: str, below: int) -> int:
    return int.from_bytes(sha256(f"{purpose}:{seed}".encode()).digest()[:8]) % below


def _digits(text: str) -> str:
    """Return the text without the blanks of its groups, its full-width digits made narrow."""
    return text.translate(_NARROW).strip(" ").replace(" ", "")


def _shown(text: str) -> str:
    return text[:40] if text.isprintable() else "…"
