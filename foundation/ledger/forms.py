"""What a person may type on the pages of the ledger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.ledger.models import ChartAccount
from foundation.ledger.rules import (
    ACCOUNT_FLOW,
    CREDIT,
    CUSTOMER,
    DEBIT,
    HOLD_FLOW,
    HOLD_STEPS,
    INTERNAL,
    SHARDS_MAX,
    STATEMENT_DAYS_MAX,
)
from foundation.ledger.selectors import JournalQuery
from foundation.people.models import Institution
from foundation.ui.fields import DayField

DAYS_MAX = 92
CODE = r"^[0-9A-Za-z]*$"
BIGGEST = 2**63 - 1


def _code(label: Any, length: int) -> forms.RegexField:
    return forms.RegexField(CODE, label=label, max_length=length, required=False)


class AccountSearch(forms.Form):
    """Which accounts to show, and after which one."""

    text = forms.CharField(label=_("Number, customer or name"), max_length=40, required=False)
    after = forms.RegexField(r"^[0-9]*$", max_length=19, required=False, widget=forms.HiddenInput)


class Older(forms.Form):
    """Before which posting the page of an account goes on."""

    before = forms.RegexField(
        r"^[0-9.-]*$", max_length=40, required=False, widget=forms.HiddenInput
    )


class ProposeShards(forms.Form):
    """Over how many balances an account is to be spread, and why."""

    shards = forms.IntegerField(label=_("Number of shards"), min_value=1, max_value=SHARDS_MAX)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ProposeSubject(forms.Form):
    """One more subject of the chart of accounts, and why."""

    code = forms.RegexField(r"^[0-9]{4,8}$", label=_("subject code"), max_length=8)
    name = forms.CharField(label=_("subject name"), max_length=60)
    normal_side = forms.ChoiceField(
        label=_("Normal side"), choices=[(DEBIT, _("Debit")), (CREDIT, _("Credit"))]
    )
    kind = forms.ChoiceField(
        label=_("Whose accounts"),
        choices=[(INTERNAL, _("Of the bank itself")), (CUSTOMER, _("Of customers"))],
    )
    must_clear = forms.BooleanField(label=_("cleared daily"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class OwnAccount(forms.Form):
    """An account of an institution itself, and why."""

    place = _code(_("Institution"), 12)
    subject = forms.ChoiceField(label=_("Account subject"))
    name = forms.CharField(label=_("Account name"), max_length=80, required=False)
    overdraft_allowed = forms.BooleanField(label=_("Overdraft allowed"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, choices: Sequence[ChartAccount], **kwargs: Any) -> None:
        """Offer the subjects under which institutions have accounts."""
        super().__init__(*args, **kwargs)
        self.fields["place"].required = True
        self.fields["subject"].choices = [(one.code, str(one)) for one in choices]  # type: ignore[attr-defined]


class AccountStep(forms.Form):
    """What is to be done with the state of an account, and why."""

    step = forms.ChoiceField(label=_("Change to be made"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        """Offer the steps that begin at the present state."""
        super().__init__(*args, **kwargs)
        steps = [ACCOUNT_FLOW.step(state, name) for name in ACCOUNT_FLOW.steps_from(state)]
        self.fields["step"].choices = [(one.name, _(one.label)) for one in steps]  # type: ignore[attr-defined]


class JournalSearch(forms.Form):
    """Which lines of the journal to show, and how."""

    first = DayField(label=_("From day"))
    last = DayField(label=_("To day"))
    journal_no = _code(_("Journal number"), 20)
    account_number = forms.RegexField(
        r"^[0-9A-Za-z ]*$", label=_("Account number"), max_length=40, required=False
    )
    counter_account = forms.RegexField(
        r"^[0-9A-Za-z ]*$", label=_("Counter-account"), max_length=40, required=False
    )
    teller = _code(_("Teller"), 12)
    trade_code = _code(_("Transaction code"), 8)
    voucher_no = _code(_("Voucher number"), 20)
    amount = forms.CharField(label=_("Amount"), max_length=24, required=False)
    subject = forms.RegexField(
        r"^[0-9A-Za-z._:/-]*$", label=_("Item"), max_length=80, required=False
    )
    before = forms.IntegerField(
        min_value=0, max_value=BIGGEST, required=False, widget=forms.HiddenInput
    )

    def clean_account_number(self) -> str:
        """Return the number without its groups."""
        return str(self.cleaned_data["account_number"]).replace(" ", "")

    def clean_counter_account(self) -> str:
        """Return the number without its groups."""
        return str(self.cleaned_data["counter_account"]).replace(" ", "")

    def clean_amount(self) -> int | None:
        """Return fen, or say what is no amount."""
        typed = self.cleaned_data["amount"]
        try:
            return Money.parse(typed).fen if typed else None
        except Refused as refusal:
            raise forms.ValidationError(_("This is not an amount.")) from refusal

    def clean(self) -> None:
        """Refuse days in the wrong order or too many of them."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if first > last:
                self.add_error("last", _("The last day is before the first."))
            elif (last - first).days >= DAYS_MAX:
                self.add_error("last", _("At most 92 days at once."))

    def query(self) -> JournalQuery:
        """Return what to look for."""
        given = self.cleaned_data
        return JournalQuery(
            first=given["first"],
            last=given["last"],
            journal_no=given["journal_no"].upper(),
            account_number=given["account_number"].upper(),
            counter_account=given["counter_account"].upper(),
            subject=given["subject"],
            teller=given["teller"].upper(),
            trade_code=given["trade_code"].upper(),
            voucher_no=given["voucher_no"].upper(),
            amount_fen=given["amount"],
        )


class JournalFile(forms.Form):
    """The file of a foreign core's journal, to look at or to take in."""

    file = forms.FileField(
        label=_("CSV file"),
        max_length=120,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    step = forms.ChoiceField(
        choices=[("check", "check"), ("import", "import")], widget=forms.HiddenInput
    )


class Reason(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Carry(Reason):
    """What is carried forward, and why."""

    check = forms.SlugField(max_length=40, widget=forms.HiddenInput)


class NextDay(forms.Form):
    """The business day to be opened."""

    on = DayField(label=_("Business date"))


class FirstDay(NextDay):
    """The first business day of an institution that never had one."""

    place = forms.ChoiceField(label=_("Institution"))

    def __init__(self, *args: Any, choices: Sequence[Institution], **kwargs: Any) -> None:
        """Offer the institutions in sight that never had a day."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(str(one.pk), str(one)) for one in choices]  # type: ignore[attr-defined]


class ManyDays(forms.Form):
    """Which days are to be closed by jobs; the key is made before the first try."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    days = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, choices: Sequence[int], **kwargs: Any) -> None:
        """Offer the days that are open in sight."""
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(one, one) for one in choices]  # type: ignore[attr-defined]


class LongFile(forms.Form):
    """What was offered as a long file, sealed by the page; the key is made before the first try."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    sealed = forms.CharField(widget=forms.HiddenInput)


class _Seals(forms.MultipleChoiceField):
    """Days with the seals that were shown; whether they still stand is asked at the signing."""

    def valid_value(self, value: str) -> bool:
        """Accept a day and a seal, joined by a colon."""
        return bool(re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", value, re.ASCII))


class ManySeals(forms.Form):
    """Which reports are signed: each by its day and the seal that was shown."""

    seals = _Seals()

    def clean_seals(self) -> dict[int, str]:
        """Return the seal by the id of its day."""
        pairs = (one.split(":") for one in self.cleaned_data["seals"])
        return {int(day): seal for day, seal in pairs}


class StatementSpan(forms.Form):
    """Of which days a whole statement is wanted, and after which place the page begins."""

    first = DayField(label=_("From day"))
    last = DayField(label=_("To day"))
    after = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        """Refuse days the wrong way round, or too many of them."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if not (isinstance(first, date) and isinstance(last, date)):
            return
        if first > last:
            self.add_error("last", _("The last day is before the first."))
        elif (last - first).days >= STATEMENT_DAYS_MAX:
            self.add_error("last", _("At most 366 days at once."))


class TrialQuery(forms.Form):
    """Of which date, institution with all below it, and currency the books are to be shown."""

    on = DayField(label=_("Business date"))
    place = _code(_("Institution"), 12)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="CNY")
    after = forms.RegexField(r"^[0-9]*$", max_length=19, required=False, widget=forms.HiddenInput)


class PlaceHold(forms.Form):
    """What is to be held, until when, and by whose document."""

    amount = forms.CharField(label=_("Amount"), max_length=24)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    expires_on = DayField(label=_("Held no more from"), required=False)
    judicial = forms.BooleanField(label=_("by a competent authority"), required=False)
    document_no = forms.CharField(label=_("document number"), max_length=60, required=False)

    def clean_amount(self) -> int:
        """Return fen, or say what is no amount."""
        return _fen(self.cleaned_data["amount"])


class ChangeHold(forms.Form):
    """What is to be done with a hold: a part, all of it, or a later end."""

    step = forms.ChoiceField(
        label=_("Change to be made"),
        choices=[(step.name, _(step.label)) for step in HOLD_FLOW.steps if step.name in HOLD_STEPS],
    )
    amount = forms.CharField(label=_("Amount of the part"), max_length=24, required=False)
    until = DayField(label=_("Held no more from"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_amount(self) -> int | None:
        """Return fen, or say what is no amount."""
        typed = self.cleaned_data["amount"]
        return _fen(typed) if typed else None


def _fen(typed: str) -> int:
    try:
        return Money.parse(typed).fen
    except Refused as refusal:
        raise forms.ValidationError(_("This is not an amount.")) from refusal
