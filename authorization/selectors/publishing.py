"""Publications of the automatic tier: which are in force, what they decided, how often wrongly.

A figure is one condition (`FIGURES`): the page counts by it, and its link lists by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from authorization.models import Decision, Request, TierPublication, TierSet, TierVerdict
from authorization.rules import publishing as rules
from authorization.rules import quality
from authorization.rules import tier as tier_rules
from authorization.selectors import quality as quality_of
from authorization.selectors import tier
from foundation.kernel import chance
from foundation.kernel.calendar import SHANGHAI
from foundation.policy import selectors as policy

PAGE, LISTED_MOST = 50, 200
_DONE = Q(looks__state=quality.REVIEW_DONE)
FIGURES: Mapping[str, Q] = {
    "decided": Q(),
    "drawn": Q(looks__isnull=False),
    "seen": _DONE,
    "wrong": _DONE & Q(looks__step="reject") & ~Q(cases__state=quality.DISMISSED),
}


def publications() -> Sequence[TierPublication]:
    """Return what is proposed, in force or was, what decides first, then the newest."""
    rows = _rows().order_by(F("ended_at").desc(nulls_first=True), "-id")
    return tuple(rows[:LISTED_MOST])


def publication(*, publication_id: int) -> TierPublication | None:
    """Return one publication with its people, or None."""
    return _rows().filter(id=publication_id).first()


def locked(*, publication_id: int) -> TierPublication:
    """Return a publication, locked until the transaction ends; refuse one that is not there."""
    rows = TierPublication.objects.select_related("tier_set", "proposed_by")
    found: TierPublication | None = (
        rows.filter(id=publication_id).select_for_update(of=("self",)).first()
    )
    if found is None:
        raise rules.NoSuchPublication(number=publication_id)
    return found


def in_force() -> Sequence[TierPublication]:
    """Return the publications by which items are decided now, or would be if their day came."""
    rows = TierPublication.objects.filter(state=rules.ACTIVE)
    return tuple(rows.select_related("tier_set").order_by("id"))


def published_codes() -> frozenset[str]:
    """Return the transactions that are decided automatically."""
    return frozenset(code for row in in_force() for code in row.codes)


def held(*, tier_set: TierSet, trade_code: str) -> TierPublication | None:
    """Return the publication of a set for a transaction, which nobody ends before this commits.

    Several hold it at once: who ends it waits for all of them.
    """
    rows = TierPublication.objects.filter(
        tier_set=tier_set, state=rules.ACTIVE, codes__contains=[trade_code]
    )
    found: TierPublication | None = rows.order_by("id").first()
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM authorization_tierpublication WHERE id = %s FOR SHARE", [found.pk]
        )
        (state,) = cursor.fetchone()
    return found if state == rules.ACTIVE else None


@dataclass(frozen=True)
class Figures:
    """What a publication decided, and of that what was drawn, seen again and found wrong."""

    decided: int
    fen: int
    drawn: int
    wrong: chance.Share

    @property
    def left(self) -> int:
        """Return how many drawn ones still wait to be seen again."""
        return self.drawn - self.wrong.whole


def figures(*, rows: Sequence[TierPublication]) -> Mapping[int, Figures]:
    """Return the figures of publications.

    Wrong is a pass that the blind review refused, unless a lead has dismissed the case of it.
    """
    ids = [row.pk for row in rows]
    made = (
        Decision.objects.filter(tier_verdict__publication__in=ids)
        .order_by()
        .annotate(looks=quality_of.sample_alone())
        .values_list("tier_verdict__publication")
        .annotate(
            decided=Count("*"),
            fen=Sum("request__amount_fen"),
            drawn=Count("id", filter=FIGURES["drawn"]),
            seen=Count("id", filter=FIGURES["seen"]),
            wrong=Count("id", filter=FIGURES["wrong"]),
        )
    )
    found = {
        key: Figures(n, int(fen), drawn, chance.share(part=wrong, whole=seen))
        for key, n, fen, drawn, seen, wrong in made
    }
    return {key: found.get(key, NOTHING) for key in ids}


@dataclass(frozen=True)
class DecisionPage:
    """Some of the decisions behind a figure, how many there are, and where the next ones begin."""

    rows: Sequence[Decision]
    total: int
    next_before: int | None


def listed(
    *, row: TierPublication, figure: str, before: int | None = None, most: int = PAGE
) -> DecisionPage:
    """Return a page of the decisions that a figure of a publication counts, the newest first."""
    made = Decision.objects.filter(tier_verdict__publication=row)
    made = made.annotate(looks=quality_of.sample_alone())
    rows = made.filter(FIGURES[figure])
    shown = rows.filter(id__lt=before) if before else rows
    shown = shown.annotate(seen=F("looks__step"), case=F("cases__state"))
    found = tuple(shown.select_related("request__institution").order_by("-id")[: most + 1])
    return DecisionPage(
        found[:most], rows.count(), found[most - 1].pk if len(found) > most else None
    )


def refused(*, request: Request) -> TierVerdict | None:
    """Return the refusal of a published set in this round, which its people are shown, or None."""
    rows = TierVerdict.objects.filter(
        request=request,
        seq=request.attempt,
        outcome=tier_rules.REJECT,
        publication__isnull=False,
    )
    found: TierVerdict | None = rows.select_related("tier_set").order_by("-id").first()
    return found


def compared(*, tier_set: TierSet, on: date) -> Callable[[str], chance.Share]:
    """Return how often a set said what people said since it counts, by transaction."""
    cut = tier.Cut(first=tier_set.valid_from, last=on, set_id=tier_set.pk)
    agreed = {row.code: row.agreement for row in tier.compared(cut=cut)}
    return lambda code: agreed.get(code, chance.share(part=0, whole=0))


def has_decided(*, person: UUID, since: date) -> bool:
    """Return whether a human has decided items since a day, under any number."""
    midnight = datetime.combine(since, time(), SHANGHAI)
    return Decision.objects.filter(decider__person=person, at__gte=midnight).exists()


def bounds(*, on: date) -> rules.Bounds:
    """Return the bank's bounds of terms; refuse where one has no value in force."""
    return rules.Bounds(
        most_fen=_number("most_fen", on),
        days=_number("days", on),
        sample_percent=_number("sample_percent", on),
    )


def asked(*, on: date) -> tuple[int, int]:
    """Return how many rounds must be compared, and in how many percent the set must agree."""
    return _number("items_least", on), _number("agreement_percent", on)


@dataclass(frozen=True)
class Limits:
    """From how many reviews on the upper bound counts, and beyond how many of a thousand."""

    reviews_least: int
    wrong_per_mille: int


def limits(*, on: date) -> Limits | None:
    """Return when wrong passes end a publication; None while nobody said."""
    codes = [rules.NUMBERS[name] for name in ("reviews_least", "wrong_per_mille")]
    said = policy.bank_wholes(codes=tuple(codes), on=on)
    return Limits(*(said[code] for code in codes)) if len(said) == len(codes) else None


def _number(name: str, on: date) -> int:
    return policy.whole(code=rules.NUMBERS[name], on=on)


def _rows() -> QuerySet[TierPublication]:
    rows: QuerySet[TierPublication] = TierPublication.objects.select_related(
        "tier_set", "proposed_by", "decided_by", "ended_by"
    )
    return rows


NOTHING = Figures(0, 0, 0, chance.share(part=0, whole=0))
