"""What the shell asks the rooms: how many wait, what is found, what to tell, which day it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules as authorization_rules
from authorization import selectors as authorization
from authorization.models import Message
from authorization.selectors import fallback
from foundation.kernel import text
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import addresses, menu, search
from foundation.ui.menu import Found, Notice
from foundation.worklist import selectors as worklist
from monitoring.rules import slips as slip_rules
from monitoring.selectors import slips
from monitoring.services import auditing

ACCOUNTS_MAX = 6
ACCOUNT_DIGITS_LEAST = 6
NAME_LEAST = 2
NOTICES_MAX = 20
# What was rejected before is found in the list of items, whether a page has shown it or not.
NEWS_DAYS = 7
# After this the customer of an approved item waits no more.
APPROVED = timedelta(minutes=30)
SLIP_DIGITS = 17


def connect() -> None:
    """Hand the sources to the shell."""
    for key, queues, permission in (
        ("authorization", (authorization_rules.QUEUE,), Permission.AUTHORIZATION_DECIDE),
        ("monitoring", auditing.QUEUES, Permission.MONITORING_AUDIT),
    ):
        menu.count(key, permission=permission, source=partial(_own, queues))
        menu.count(key, permission=Permission.QUEUE_VIEW, source=partial(_waiting, queues))
    menu.find_with(trades, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.find_with(items, permission=Permission.AUTHORIZATION_VIEW)
    menu.find_with(accounts, permission=Permission.ACCOUNT_VIEW)
    menu.find_with(slips_numbered, permission=Permission.SLIP_VIEW)
    menu.notices_from(returned, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.notices_from(untold, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.notices_from(asked, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.notices_from(desk_wrote, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.notices_from(teller_wrote, permission=Permission.AUTHORIZATION_DECIDE)
    menu.notices_from(consulted, permission=Permission.AUTHORIZATION_DECIDE)
    menu.notices_from(to_scan, permission=Permission.AUTHORIZATION_SUBMIT)
    menu.notices_from(scans_late, permission=Permission.AUTHORIZATION_ON_SITE)
    menu.notices_from(scans_missing, permission=Permission.AUTHORIZATION_LEAD)
    menu.notices_from(on_site, permission=Permission.AUTHORIZATION_ON_SITE)
    menu.notices_from(alarmed, permission=Permission.AUTHORIZATION_LEAD)
    menu.notices_from(suggested, permission=Permission.FALLBACK_VIEW)
    menu.notices_from(emergency, permission=Permission.AUTHORIZATION_LOCAL)
    menu.notices_from(slips_to_answer, permission=Permission.SLIP_REPLY)
    menu.notices_from(slips_came_up, permission=Permission.SLIP_VIEW)
    menu.business_date_from(open_day)


def trades(_staff: Staff, wanted: str) -> Iterable[Found]:
    """Find the form of a transaction by its whole code, or by its name."""
    for trade in authorization_rules.TRADE_CODES.values():
        name = gettext(trade.name)
        if wanted == trade.code or (not wanted.isdigit() and search.matches(name, wanted)):
            yield Found(
                title=f"{trade.code}  {name}",
                address=reverse("authorization:new", args=[trade.code]),
                kind=gettext("Trade code"),
                icon="plus",
            )


def items(_staff: Staff, wanted: str) -> Iterable[Found]:
    """Find the item of a number."""
    item = authorization.item(number=wanted.replace(" ", "")[:24])
    if item:
        yield Found(
            title=f"{item.number}  {item.trade_code}",
            address=reverse("authorization:item", args=[item.number]),
            kind=gettext("Item"),
            icon="shield-check",
        )


def accounts(_staff: Staff, wanted: str) -> Iterable[Found]:
    """Find accounts by the beginning of their number, or by a name."""
    bare = wanted.replace(" ", "")
    if len(bare) < (ACCOUNT_DIGITS_LEAST if bare.isdigit() else NAME_LEAST):
        return
    for account in ledger.accounts(text=bare, limit=ACCOUNTS_MAX):
        yield Found(
            title=f"{text.group_by_four(account.number)}  {account.name}",
            address=reverse("ledger:account", args=[account.number]),
            kind=gettext("Account"),
            icon="id",
        )


def returned(staff: Staff) -> Iterable[Notice]:
    """Tell a teller which items were sent back."""
    for item in authorization.sent_back(teller=staff, limit=NOTICES_MAX):
        yield Notice(
            text=gettext("Item %(number)s was sent back: add what is asked for.")
            % {"number": item.number},
            address=addresses.of("authorization:correct", item.number),
            at=item.decided_at or item.created_at,
            urgent=True,
        )


TOLD_AS = {
    authorization_rules.REJECTED: _("Item %(number)s was rejected: %(why)s."),
    authorization_rules.POSTED: _("Item %(number)s was approved and posted."),
}
LONGER = _("Item %(number)s takes longer: it is with a lead now.")


def untold(staff: Staff) -> Iterable[Notice]:
    """Tell a teller what was decided, until a page has shown it, and what is with the leads."""
    since, lately = timezone.localdate() - timedelta(days=NEWS_DAYS), timezone.now() - APPROVED
    found = authorization.untold(
        teller=staff, since=since, approved_since=lately, limit=NOTICES_MAX
    )
    for one in found:
        why = [gettext(authorization_rules.REASONS[code].text) for code in one.reasons]
        told = {"number": one.number, "why": "; ".join(filter(None, [*why, one.remark]))}
        yield Notice(
            text=gettext(TOLD_AS.get(one.state, LONGER)) % told,
            address=addresses.of("authorization:item", one.number),
            at=one.decided_at or one.escalated_at or timezone.now(),
            urgent=one.state == authorization_rules.REJECTED,
        )


def asked(staff: Staff) -> Iterable[Notice]:
    """Tell a teller for which items another image is asked for."""
    for one in authorization.asked_of(teller=staff, limit=NOTICES_MAX):
        yield Notice(
            text=gettext("An image is asked for: item %(number)s.")
            % {"number": one.request.number},
            address=addresses.of("authorization:answer", one.request.number),
            at=one.asked_at,
            urgent=True,
        )


def consulted(staff: Staff) -> Iterable[Notice]:
    """Tell an authorizer what colleagues ask."""
    for one in authorization.consultations(staff=staff, limit=NOTICES_MAX):
        yield Notice(
            text=gettext("A colleague asks about item %(number)s.")
            % {"number": one.request.number},
            address=addresses.of("authorization:answer", one.request.number),
            at=one.asked_at,
            urgent=True,
        )


def on_site(staff: Staff) -> Iterable[Notice]:
    """Tell who supervises an outlet which items wait to be confirmed on site."""
    for one in authorization.on_site(staff=staff, limit=NOTICES_MAX):
        yield Notice(
            text=gettext("Item %(number)s waits for you on site.") % {"number": one.number},
            address=addresses.of("authorization:on_site_look", one.number),
            at=one.presented_at or one.created_at,
            urgent=True,
            acts=True,
        )


def to_scan(staff: Staff) -> Iterable[Notice]:
    """Remind a teller of vouchers that follow the posting of their items."""
    at = timezone.now()
    for one in authorization.to_scan(teller=staff, limit=NOTICES_MAX):
        late = one.due_at < at
        said = (
            gettext("The voucher of item %(number)s is overdue: scan it now.")
            if late
            else gettext("The voucher of item %(number)s is to be scanned until %(due)s.")
        )
        due = timezone.localtime(one.due_at).strftime("%H:%M")
        yield Notice(
            text=said % {"number": one.request.number, "due": due},
            address=addresses.of("authorization:scan", one.request.number),
            at=one.due_at if late else one.request.posted_at or one.due_at,
            urgent=late,
        )


def scans_late(staff: Staff) -> Iterable[Notice]:
    """Tell who supervises an outlet which vouchers are overdue there."""
    found = authorization.late_at(
        institution_id=staff.institution_id, at=timezone.now(), limit=NOTICES_MAX
    )
    for one in found:
        yield Notice(
            text=gettext("Overdue: the voucher of item %(number)s of %(teller)s.")
            % {"number": one.request.number, "teller": one.request.teller_label},
            address=addresses.of("authorization:missing", one.request.number),
            at=one.due_at,
            urgent=True,
        )


def scans_missing(_staff: Staff) -> Iterable[Notice]:
    """Tell the leads of which vouchers an outlet said that they are not there."""
    for one in authorization.missing_waiting(limit=NOTICES_MAX):
        number = one.scan.request.number
        yield Notice(
            text=gettext("Said not to be there: the voucher of item %(number)s.")
            % {"number": number},
            address=addresses.of("authorization:missing", number),
            at=one.proposed_at,
        )


def desk_wrote(staff: Staff) -> Iterable[Notice]:
    """Tell a teller what an authorizer wrote about an item, until it is answered or decided."""
    return map(_written, authorization.to_teller(teller=staff, limit=NOTICES_MAX))


def teller_wrote(staff: Staff) -> Iterable[Notice]:
    """Tell an authorizer what a teller wrote about an item that is on hold."""
    return map(_written, authorization.to_desk(staff=staff, limit=NOTICES_MAX))


def alarmed(_staff: Staff) -> Iterable[Notice]:
    """Tell the leads which items have waited too long or came up to them."""
    for item in authorization.alarmed(limit=NOTICES_MAX):
        said = gettext("Item %(number)s has waited too long.")
        if item.escalated_note:
            said = gettext("%(who)s passes item %(number)s up to the leads: %(why)s")
        told = {"number": item.number, "who": item.escalated_by_label, "why": item.escalated_note}
        yield Notice(
            text=said % told,
            address=addresses.of("authorization:item", item.number),
            at=item.escalated_at or item.alarmed_at or item.created_at,
            urgent=True,
        )


def _written(one: Message) -> Notice:
    return Notice(
        text=gettext("%(who)s writes about item %(number)s: %(text)s")
        % {"who": one.by_label, "number": one.request.number, "text": one.text},
        address=addresses.of("authorization:item", one.request.number),
        at=one.at,
        urgent=True,
    )


def suggested(_staff: Staff) -> Iterable[Notice]:
    """Tell who may switch that the centre seems to be down; nothing is switched by it."""
    signs = fallback.suggestion(at=timezone.now())
    if signs is not None:
        yield Notice(
            text=gettext("The centre has taken nothing for long although items wait."),
            address=reverse("authorization:fallback"),
            at=timezone.now(),
            urgent=True,
        )


def emergency(staff: Staff) -> Iterable[Notice]:
    """Tell who is registered at an outlet that it decides now."""
    standing = fallback.standing(staff=staff, at=timezone.now())
    if standing is not None and standing.switch.decided_at is not None:
        yield Notice(
            text=gettext("Your outlet decides now: an emergency is in force."),
            address=reverse("authorization:home"),
            at=standing.switch.decided_at,
            urgent=True,
        )


def slips_numbered(_staff: Staff, wanted: str) -> Iterable[Found]:
    """Find a slip by its whole number."""
    number = wanted.replace(" ", "")
    if len(number) != SLIP_DIGITS or not number.startswith(slip_rules.CENTRE):
        return
    for found in slips.numbers_in_sight(numbers=[number]):
        yield Found(
            title=found,
            address=addresses.of("monitoring:slip", found),
            kind=gettext("Slip"),
            icon="file-text",
        )


def slips_to_answer(staff: Staff) -> Iterable[Notice]:
    """Tell who works at an institution which slips it has to answer."""
    for row in slips.inbox(institution_id=staff.institution_id)[:NOTICES_MAX]:
        yield Notice(
            text=gettext("A slip is to be answered: %(kind)s %(number)s.")
            % {"kind": gettext(row.sort.name), "number": row.number},
            address=addresses.of("monitoring:slip", row.number),
            at=row.issued_at,
            urgent=row.rung > 0,
        )


def slips_came_up(staff: Staff) -> Iterable[Notice]:
    """Tell the rung at which somebody works which overdue slips have come up to it."""
    for row in slips.climbed(institution=staff.institution, most=NOTICES_MAX):
        if row.institution_id != staff.institution_id:
            yield Notice(
                text=gettext("Overdue at %(place)s: %(kind)s %(number)s.")
                % {
                    "place": row.institution.name,
                    "kind": gettext(row.sort.name),
                    "number": row.number,
                },
                address=addresses.of("monitoring:slip", row.number),
                at=row.rung_at or row.issued_at,
                urgent=True,
            )


def open_day(institution_id: int) -> date | None:
    """Return the business day that is open at an institution, or None."""
    try:
        return ledger.business_date(institution_id=institution_id)
    except ledger_rules.NoDayOpen:
        return None


def _own(queues: Sequence[str], staff: Staff) -> int:
    today = timezone.localdate()
    most = menu.MOST + 1
    return sum(worklist.waiting_for(queue=one, staff=staff, on=today, most=most) for one in queues)


def _waiting(queues: Sequence[str], _staff: Staff) -> int:
    return sum(worklist.waiting(queue=one, most=menu.MOST + 1) for one in queues)
