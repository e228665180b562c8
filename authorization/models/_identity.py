"""What the network of identity numbers said of a customer, and how long it holds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models import _sealed
from foundation.kernel import text
from foundation.people.models import Institutional, Staff


class IdCheck(Institutional):
    """One question to the network: whose name and number, by which teller, and the answer.

    The number is here masked and as a keyed fingerprint, never as it is. Until `valid_until` the
    check serves every item of the same teller and customer. It is never changed (trigger).
    """

    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    teller_label = models.CharField(_("teller"), max_length=60)
    name = models.CharField(_("customer's name"), max_length=60)
    id_masked = models.CharField(_("identity number"), max_length=20)
    id_hash = models.CharField(max_length=64)
    result = models.CharField(_("result"), max_length=16)
    at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        verbose_name = _("identity check")
        indexes = [models.Index(fields=["teller", "-id"], name="authorization_id_check_own")]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=list(rules.ID_RESULTS)), name="authorization_id_check_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("at")), name="authorization_id_check_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id_masked} {self.result}"

    def keep_number(self, number: str) -> None:
        """Put an identity number in: masked, and as a fingerprint."""
        self.id_masked, self.id_hash = text.mask_id(number), _sealed.fingerprint(number)

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this check."""
        return f"authorization.idcheck:{self.pk}"

    @property
    def said(self) -> rules.IdResult:
        """Return the answer with its words."""
        return rules.ID_RESULTS[self.result]
