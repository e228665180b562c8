"""What an empty installation is begun with: a head office and its administrators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.kernel.text import clean_text
from foundation.people.rules._refusals import FoundersLacking, FoundingUnclear, NumberTaken

# Who stands at the beginning. Two security administrators: one proposes a role, another decides.
FOUNDERS = ("sysadmin", "secadmin", "secadmin", "auditadmin")
HEAD_NAME_MAX, STAFF_NAME_MAX = 60, 30
_NUMBER = re.compile(r"[0-9]{4,12}")


@dataclass(frozen=True)
class Founder:
    """An administrator of the first day: role, staff number and name."""

    role: str
    number: str
    name: str


def check_founding(number: str, name: str, founders: Sequence[Founder]) -> None:
    """Refuse a head office or founders whom the platform could not be begun with."""
    if sorted(one.role for one in founders) != sorted(FOUNDERS):
        raise FoundersLacking
    staff = ((one.number, one.name, STAFF_NAME_MAX) for one in founders)
    named = [(number, name, HEAD_NAME_MAX), *staff]
    for digits, text, most in named:
        if not _NUMBER.fullmatch(digits) or not 0 < len(clean_text(text, most + 1)) <= most:
            raise FoundingUnclear(given=digits)
    if len({one.number for one in founders}) < len(founders):
        raise NumberTaken
