"""The automatic tier of the demo: published by two of the head office once days bear it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from authorization.models import TierPublication
from authorization.rules.publishing import Terms, TooLittleCompared
from authorization.selectors import publishing as selected
from authorization.selectors import tier
from authorization.services import publishing
from foundation.kernel.calendar import local
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.demo.cases import AUTOMATIC_FEN
from ops_platform.demo.play import judge_in_shadow

TRADE, DAYS, SEEN_AGAIN_PERCENT = "1002", 30, 25


@dataclass
class Publishing:
    """Two people who let small withdrawals be passed as soon as enough was compared."""

    by: Staff
    second: Staff
    refused: str = ""
    row: TierPublication | None = None

    def attempt(self, at: datetime) -> None:
        """Propose and approve it, unless it is in force or the shadow has not shown enough."""
        if self.row is not None:
            return
        judge_in_shadow(at=at)
        with people.acting_as_system(reason="demo publishing"):
            try:
                self.row = self._published(at)
            except TooLittleCompared as refusal:
                self.refused = str(refusal)

    def told(self) -> str:
        """Return what came of it."""
        if self.row is None:
            return f"the automatic tier is not published: {self.refused}"
        decided = selected.figures(rows=[self.row])[self.row.pk].decided
        return f"the automatic tier is published and passed {decided} withdrawals"

    def _published(self, at: datetime) -> TierPublication:
        on = local(at).date()
        present = tier.in_force(on=on)
        assert present is not None, "the demo has its set of rules"
        proposed = publishing.propose(
            tier_set=present,
            trade=TRADE,
            terms=Terms(AUTOMATIC_FEN, on + timedelta(days=DAYS), SEEN_AGAIN_PERCENT),
            reason="小额取款自动通过",
            by=self.by,
            at=at - timedelta(minutes=2),
        )
        return publishing.approve(publication_id=proposed.pk, by=self.second, at=at)
