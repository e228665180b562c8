"""What each subject is called and where it opens: one source a kind, one question a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules as items
from authorization import selectors as authorization
from authorization.rules import screening
from foundation.hooks import selectors as hooks
from foundation.imaging import selectors as imaging
from foundation.imaging.selectors import batches, layouts
from foundation.kernel import text
from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import rules as policy
from foundation.trail import rules as trail_rules
from foundation.ui import addresses, subjects
from foundation.ui.subjects import Record
from monitoring import selectors as monitoring
from monitoring.rules import aml
from monitoring.selectors import alerts, looks, slips, workshop
from ops_platform import coding, opening

Held = frozenset[Permission]
Keys = Sequence[str]
Found = Mapping[str, Record]

ITEM = _("Authorization item")
VIEWS = {
    "voucher": Permission.IMAGE_VOUCHER_VIEW,
    "id": Permission.IMAGE_ID_VIEW,
    "seal": Permission.IMAGE_SEAL_VIEW,
    "photo": Permission.IMAGE_ID_VIEW,
}
AML_PAGES = ("monitoring:aml_", "page:/monitoring/aml/")
DRAFT_SHOWN = 8  # of the key of a form that was never sent: enough to tell two apart


def connect() -> None:
    """Hand the sources to the shell."""
    coding.know_codes()
    for kind, word, source in (
        ("authorization.request", ITEM, _items),
        ("authorization.draft", _("Form not sent"), _drafts),
        ("authorization.rule", _("Authorization rule"), _rules),
        ("authorization.idcheck", _("Identity check"), opening.as_they_are),
        (screening.APART, _("Screening of an item"), opening.as_they_are),
        *opening.of_authorization(),
        ("monitoring.match", _("Journal line"), _matches),
        ("monitoring.alert", _("Alert"), _alerts),
        ("monitoring.version", _("Version of a rule"), _rule_versions),
        ("monitoring.slip", _("Slip"), _slips),
        ("monitoring.bulletin", _("Bulletin of errors"), opening.as_they_are),
        ("monitoring.slice", _("Slice of a voucher"), opening.as_they_are),
        ("monitoring.look", _("Second look"), _looks),
        (
            "monitoring.blank",
            _("Blank vouchers"),
            opening.row("monitoring:blanks", Permission.BLANK_VIEW),
        ),
        ("monitoring.day", _("Closing of a day's vouchers"), opening.as_they_are),
        *opening.of_the_desk(),
        ("imaging.page", _("Image"), _pages),
        ("imaging.document", _("Image document"), _documents),
        ("imaging.batch", _("Batch of vouchers"), _batches),
        ("imaging.folder", _("Folder of the scanner"), opening.as_they_are),
        ("imaging.layout", _("Layout of a form"), _layouts),
        ("ledger.account", _("Account"), _accounts),
        ("ledger.subject", _("Account subject"), opening.as_they_are),
        ("ledger.day", _("Business day"), _days),
        ("ledger.journal", _("Journal"), _journal),
        ("ledger.import", _("Journal taken in"), opening.as_they_are),
        ("ledger.export", _("Long file"), opening.as_they_are),
        ("hooks.subscription", _("Webhook"), _hooks),
        ("people.staff", _("Member of staff"), _staff),
        ("people.institution", _("Institution"), _institutions),
        ("people.vendor", _("Vendor"), _vendors),
        ("policy", _("Parameter"), _policies),
        ("policy.day", _("Calendar day"), _calendar),
        ("worklist.job", _("Job"), opening.page("worklist:job", Permission.JOB_VIEW)),
        ("page", _("Page of the platform"), opening.as_they_are),
        ("trail", _("Trail"), _trail),
    ):
        subjects.name(kind, word, source)
    _keep_apart()


def _keep_apart() -> None:
    """Tip nobody off (decision 0207): what the AML desk does is read by its people alone."""
    for beginning in (f"{aml.APART}.", screening.APART, *AML_PAGES):
        trail_rules.APART[beginning] = str(Permission.AML_VIEW)


def _address(view: str, key: str | int, needed: Permission, held: Held) -> str:
    return addresses.of(view, key) if needed in held else ""


def _whole(keys: Keys) -> list[int]:
    """Return the keys that are numbers; others name no row."""
    return [number for number in map(text.whole, keys) if number is not None]


def _items(keys: Keys, held: Held) -> Found:
    return {
        number: Record(
            number=number,
            address=_address("authorization:item", number, Permission.AUTHORIZATION_VIEW, held),
        )
        for number in authorization.numbers_in_sight(numbers=keys)
    }


def _drafts(keys: Keys, held: Held) -> Found:
    """A form is called by its item once it was sent."""
    sent = authorization.numbers_by_key(keys=[key for key in map(_uuid, keys) if key])
    items = {
        str(key): Record(
            word=ITEM,
            number=number,
            address=_address("authorization:item", number, Permission.AUTHORIZATION_VIEW, held),
        )
        for key, number in sent.items()
    }
    return {key: items.get(key) or Record(number=key[:DRAFT_SHOWN]) for key in keys}


def _rules(keys: Keys, held: Held) -> Found:
    needed = Permission.POLICY_VIEW
    return {
        code: Record(
            number=f"{code} {gettext(items.CATALOGUE[code].name)}",
            address=_address("authorization:rule_history", code, needed, held),
        )
        for code in keys
        if code in items.CATALOGUE
    }


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _matches(keys: Keys, held: Held) -> Found:
    return {
        str(match.pk): Record(
            number=str(match),
            address=_address("monitoring:match", match.pk, Permission.MONITORING_VIEW, held),
        )
        for match in monitoring.matches_by_id(ids=_whole(keys))
    }


def _looks(keys: Keys, held: Held) -> Found:
    return {
        str(number): Record(
            number=str(number),
            address=_address("monitoring:look", number, Permission.PROOF_VIEW, held),
        )
        for number in looks.in_sight(ids=_whole(keys))
    }


def _alerts(keys: Keys, held: Held) -> Found:
    return {
        str(number): Record(
            number=str(number),
            address=_address("monitoring:alert", number, Permission.ALERT_VIEW, held),
        )
        for number in alerts.in_sight(ids=_whole(keys))
    }


def _rule_versions(keys: Keys, held: Held) -> Found:
    return {
        str(row.pk): Record(
            number=f"{row.rule.number} / {row.seq}",
            address=_address("monitoring:version", row.pk, Permission.RULE_VIEW, held),
        )
        for row in workshop.versions_by_id(ids=_whole(keys))
    }


def _slips(keys: Keys, held: Held) -> Found:
    """A sealed one is called by nothing but its number, and opens from nowhere."""
    return {
        number: Record(
            number=number,
            address=_address("monitoring:slip", number, Permission.SLIP_VIEW, held),
        )
        for number in slips.numbers_in_sight(numbers=keys)
    }


def _pages(keys: Keys, held: Held) -> Found:
    pages = imaging.pages_by_id(ids=_whole(keys))
    owners = subjects.named((page.subject for page in pages), held)
    number = gettext("%(of)s, page %(seq)s, version %(version)s")
    return {
        str(page.pk): Record(
            word=coding.IMAGES[page.image_class],
            address=_address("imaging:page", page.pk, VIEWS[page.image_class], held),
            number=number
            % {
                "of": owners[page.subject].number or page.subject,
                "seq": page.seq,
                "version": page.version,
            },
        )
        for page in pages
    }


def _batches(keys: Keys, held: Held) -> Found:
    return {
        str(batch.pk): Record(
            number=batch.number,
            address=_address("imaging:batch", batch.pk, Permission.BATCH_VIEW, held),
        )
        for batch in batches.batches_by_id(ids=_whole(keys))
    }


def _layouts(keys: Keys, held: Held) -> Found:
    needed = Permission.POLICY_VIEW
    return {
        str(one.pk): Record(
            number=f"{one.title} {one.version}",
            address=_address("imaging:layout", one.pk, needed, held),
        )
        for one in layouts.by_ids(ids=_whole(keys))
    }


def _documents(keys: Keys, held: Held) -> Found:
    documents = imaging.documents_by_id(ids=_whole(keys))
    owners = subjects.named((document.subject for document in documents), held)
    return {
        str(one.pk): Record(
            number=owners[one.subject].number or one.subject, address=owners[one.subject].address
        )
        for one in documents
    }


def _accounts(keys: Keys, held: Held) -> Found:
    seen = ledger.numbers_in_sight(numbers=keys)
    return {
        key: Record(
            number=text.group_by_four(key),
            address=_address("ledger:account", key, Permission.ACCOUNT_VIEW, held)
            if key in seen
            else "",
        )
        for key in keys
    }


def _days(keys: Keys, _held: Held) -> Found:
    places = people.institutions_by_id(ids=_whole([key.partition("/")[0] for key in keys]))
    names = {str(place.pk): place.name for place in places}
    parts = {key: key.partition("/") for key in keys}
    return {
        key: Record(number=f"{names.get(place, place)} {on}")
        for key, (place, _slash, on) in parts.items()
    }


def _journal(keys: Keys, held: Held) -> Found:
    found = {}
    for key in keys:
        first, _slash, last = key.partition("/")
        opens = f"{reverse('ledger:journal')}?first={first}&last={last}"
        open_to = Permission.JOURNAL_VIEW in held and _is_day(first) and _is_day(last)
        found[key] = Record(number=f"{first} – {last}", address=opens if open_to else "")
    return found


def _is_day(written: str) -> bool:
    try:
        return bool(date.fromisoformat(written))
    except ValueError:
        return False


def _staff(keys: Keys, held: Held) -> Found:
    return {
        person.number: Record(
            number=person.label,
            address=_address("people:staff_detail", person.number, Permission.STAFF_VIEW, held),
        )
        for person in people.staff_of_numbers(numbers=keys)
    }


def _hooks(keys: Keys, held: Held) -> Found:
    names = hooks.names_by_id(ids=_whole(keys))
    return {
        str(pk): Record(
            number=name, address=_address("hooks:subscription", pk, Permission.HOOK_VIEW, held)
        )
        for pk, name in names.items()
    }


def _institutions(keys: Keys, held: Held) -> Found:
    needed = Permission.STAFF_VIEW
    return {
        place.number: Record(
            number=f"{place.number} {place.name}",
            address=_address("people:institution_detail", place.number, needed, held),
        )
        for place in people.institutions_of_numbers(numbers=keys)
    }


def _vendors(keys: Keys, held: Held) -> Found:
    return {
        one.number: Record(
            number=str(one),
            address=_address("people:vendor_detail", one.number, Permission.STAFF_VIEW, held),
        )
        for one in people.vendors_of_numbers(numbers=keys)
    }


def _policies(keys: Keys, held: Held) -> Found:
    return {
        code: Record(
            number=gettext(policy.NUMBERS[code].meaning),
            address=_address("policy:history", code, Permission.POLICY_VIEW, held),
        )
        for code in keys
        if code in policy.NUMBERS
    }


def _calendar(keys: Keys, held: Held) -> Found:
    needed = Permission.POLICY_VIEW
    return {
        key: Record(
            number=key, address=_address("policy:day", key, needed, held) if _is_day(key) else ""
        )
        for key in keys
    }


def _trail(keys: Keys, _held: Held) -> Found:
    return {key: Record(number=gettext("and all books") if key else "") for key in keys}
