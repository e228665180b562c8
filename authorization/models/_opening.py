"""What a four-in-one opening asks for beside its item, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models import _sealed
from authorization.models._items import Request
from foundation.kernel import text
from foundation.kernel.money import Money
from foundation.people.models import Institutional


class Opening(Institutional):
    """The further fields of an item that opens an account: the customer, and what they sign up for.

    Name, first deposit and the number that is kept for the account are the item's. The identity
    number is sealed, and masked beside it; its fingerprint is that of the check. A trigger lets the
    fields change only while the item is with its teller.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="opening")
    id_masked = models.CharField(_("identity number"), max_length=20)
    id_hash = models.CharField(max_length=64)
    id_sealed = models.CharField(max_length=120)
    mobile = models.CharField(_("mobile number"), max_length=11)
    address = models.CharField(_("address"), max_length=100)
    internet_bank = models.BooleanField(_("personal internet bank"), default=False)
    sms_alert = models.BooleanField(_("SMS alert"), default=False)
    atm_daily_fen = models.BigIntegerField(_("daily limit at machines"), null=True)

    class Meta:
        verbose_name = _("account opening")
        indexes = [models.Index(fields=["id_hash"], name="authorization_opening_customer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(atm_daily_fen=None) | Q(atm_daily_fen__gt=0),
                name="authorization_opening_limit_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.id_masked}"

    def keep_number(self, number: str, *, about: str) -> None:
        """Put an identity number in: sealed for the item `about`, masked, and as a fingerprint."""
        self.id_masked, self.id_hash = text.mask_id(number), _sealed.fingerprint(number)
        self.id_sealed = _sealed.sealed(number, about=about)

    @property
    def id_number(self) -> str:
        """Return the identity number as it is; no page shows it."""
        return _sealed.opened(self.id_sealed, about=str(self.request.key))

    @property
    def products(self) -> tuple[str, ...]:
        """Return the codes of what the customer signs up for; the account always."""
        chosen = {
            rules.ACCOUNT: True,
            rules.INTERNET_BANK: self.internet_bank,
            rules.SMS_ALERT: self.sms_alert,
            rules.ATM_TRANSFER: self.atm_daily_fen is not None,
        }
        return tuple(code for code in rules.PRODUCTS if chosen[code])

    @property
    def atm_daily(self) -> Money | None:
        """Return how much may be transferred at machines a day, if any."""
        return None if self.atm_daily_fen is None else Money(self.atm_daily_fen)


class SignUp(Institutional):
    """One product that a customer has since an opening was posted; added once, never changed."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="sign_ups")
    product = models.CharField(_("product"), max_length=16)
    account = models.CharField(_("account number"), max_length=32)
    mobile = models.CharField(_("mobile number"), max_length=11, blank=True)
    daily_fen = models.BigIntegerField(_("daily limit at machines"), null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign-up")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "product"], name="authorization_sign_up_once"
            ),
            models.CheckConstraint(
                condition=Q(product__in=list(rules.PRODUCTS)), name="authorization_sign_up_known"
            ),
            models.CheckConstraint(
                condition=Q(product=rules.ATM_TRANSFER, daily_fen__gt=0)
                | (~Q(product=rules.ATM_TRANSFER) & Q(daily_fen=None)),
                name="authorization_sign_up_limit_of_machines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.product}"

    @property
    def name(self) -> str:
        """Return what the product is called, as translations know it."""
        return rules.PRODUCTS[self.product].name
