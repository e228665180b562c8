"""Sources of kinds that are called by nothing but their number, and where such a record opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext_noop as _

from foundation.kernel import text
from foundation.people.roles import Permission
from foundation.ui import addresses
from foundation.ui.subjects import Record, Source
from monitoring.rules import aml

Kinds = tuple[tuple[str, str, Source], ...]


def of_authorization() -> Kinds:
    """Return the kinds of the authorization centre, each with its word."""
    return (
        (
            "authorization.admission",
            _("Admission"),
            page("authorization:admission", Permission.QUALITY_VIEW),
        ),
        (
            "authorization.known",
            _("Item with a known answer"),
            row("authorization:known", Permission.ADMISSION_MANAGE),
        ),
        (
            "authorization.tier",
            _("Set of rules"),
            page("authorization:tier_set", Permission.POLICY_VIEW),
        ),
        (
            "authorization.fallback",
            _("Emergency"),
            page("authorization:epoch", Permission.FALLBACK_VIEW),
        ),
        (
            "authorization.local",
            _("Local authorizer"),
            row("authorization:local_list", Permission.FALLBACK_VIEW),
        ),
        (
            "authorization.offlinebook",
            _("Book of offline slips"),
            page("authorization:slip_book", Permission.OFFLINE_VIEW),
        ),
        (
            "authorization.offlineslip",
            _("Offline slip"),
            page("authorization:slip_of", Permission.OFFLINE_VIEW),
        ),
        (
            "authorization.offline",
            _("Offline time"),
            row("authorization:offline", Permission.OFFLINE_VIEW),
        ),
        (
            "authorization.publication",
            _("Publication of the automatic tier"),
            page("authorization:publication", Permission.PUBLICATION_VIEW),
        ),
    )


def of_the_desk() -> Kinds:
    """Return the kinds of the desk against money laundering, which open for its people alone."""
    desk = Permission.AML_VIEW
    return (
        (f"{aml.APART}.large", _("Large value"), page("monitoring:aml_large", desk)),
        (f"{aml.APART}.hit", _("Hit on a list"), page("monitoring:aml_hit", desk)),
        (f"{aml.APART}.case", _("Suspicious case"), page("monitoring:aml_case", desk)),
        (
            f"{aml.APART}.rating",
            _("Rating of a customer"),
            row("monitoring:aml_ratings", desk),
        ),
        (
            f"{aml.APART}.freeze",
            _("Freeze of an account"),
            row("monitoring:aml_freezes", desk),
        ),
        (f"{aml.APART}.list", _("Watch list"), row("monitoring:aml_lists", desk)),
        (f"{aml.APART}.exemption", _("Exemption"), row("monitoring:aml_exemptions", desk)),
        (
            f"{aml.APART}.report",
            _("Report to the AML centre"),
            row("monitoring:aml_reports", desk),
        ),
    )


def as_they_are(keys: Sequence[str], _held: frozenset[Permission]) -> Mapping[str, Record]:
    """Return the keys as names that open nowhere."""
    return {key: Record(number=key) for key in keys}


def page(view: str, needed: Permission) -> Source:
    """Return the source of a kind that has a page of its own, for those who may open it."""
    return _opening(addresses.of, view, needed)


def row(view: str, needed: Permission) -> Source:
    """Return the source of a kind that is a row of a list, which then shows that row alone."""
    return _opening(addresses.alone, view, needed)


def _opening(address: Callable[[str, str], str], view: str, needed: Permission) -> Source:
    def found(keys: Sequence[str], held: frozenset[Permission]) -> Mapping[str, Record]:
        opening = {key for key in keys if needed in held and text.whole(key) is not None}
        return {
            key: Record(number=key, address=address(view, key) if key in opening else "")
            for key in keys
        }

    return found
