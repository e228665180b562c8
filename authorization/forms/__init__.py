"""What a person may type on the pages of the authorization centre."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.forms._entry import (
    FORMS,
    Attachment,
    CashDeposit,
    CashWithdrawal,
    Entry,
    FourInOne,
    Identity,
    InBankTransfer,
)
from authorization.forms._figures import TRADES, Daily, MonthField, Monthly
from authorization.forms._own_day import OwnDay
from authorization.forms._rule import (
    CatalogueProposal,
    Listing,
    RuleProposal,
    Span,
    typed_from,
)
from authorization.forms._talk import Writing
from authorization.forms.on_site import Said
from authorization.selectors import MET, Filter
from foundation.ui.fields import DayField

__all__ = [
    "FORMS",
    "Answer",
    "Attachment",
    "CashDeposit",
    "CashWithdrawal",
    "CatalogueProposal",
    "Chosen",
    "Daily",
    "Decision",
    "Entry",
    "FourInOne",
    "Hold",
    "Identity",
    "InBankTransfer",
    "Listing",
    "Monthly",
    "OwnDay",
    "PassUp",
    "RuleProposal",
    "Span",
    "Writing",
    "typed_from",
]


class Decision(Said):
    """One key of the workbench: what was decided, about which content, under which lease."""

    fence = forms.IntegerField(min_value=0)


class Hold(forms.Form):
    """What an authorizer asks before deciding."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in rules.HOLDS])
    question = forms.CharField(label=_("Question"), max_length=200, required=False)
    called_number = forms.CharField(label=_("Number called"), max_length=20, required=False)
    fence = forms.IntegerField(min_value=0)


class PassUp(forms.Form):
    """Why an item is left to a lead."""

    why = forms.CharField(label=_("Why"), max_length=200, required=False)
    fence = forms.IntegerField(min_value=0)


class Answer(forms.Form):
    """What is answered to a question; a call also says what came of it."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
    )
    outcome = forms.ChoiceField(
        label=_("What came of the call"),
        choices=[("", "—"), *((code, _(one.text)) for code, one in rules.OUTCOMES.items())],
        required=False,
    )

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        if kind != rules.CALL:
            del self.fields["outcome"]


class Chosen(forms.Form):
    """Which items the list shows: of a day, or of as many months up to one as a figure counts."""

    on = DayField(label=_("Business date"), required=False)
    code = forms.ChoiceField(label=_("Transaction"), choices=TRADES, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", "—"),
            *(
                (code, format_lazy("{} {}", code, _(one.text)))
                for code, one in rules.REASONS.items()
            ),
        ],
        required=False,
    )
    decider = forms.RegexField(
        r"^[0-9]*$", label=_("Authorizer's number"), required=False, max_length=12
    )
    teller = forms.RegexField(
        r"^[0-9]*$", label=_("Teller's number"), required=False, max_length=12
    )
    state = forms.RegexField(r"^[a-z+ ]*$", required=False, max_length=80, widget=forms.HiddenInput)
    outlet = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    month = MonthField(required=False)
    until = DayField(required=False)
    months = forms.IntegerField(required=False, min_value=1, max_value=24)
    met = forms.ChoiceField(choices=[(word, word) for word in MET], required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("month", "until", "months", "met"):
            self.fields[name].widget = forms.HiddenInput()

    def chosen(self, today: date) -> Filter:
        """Return the filter; what cannot be read does not narrow."""
        self.is_valid()
        typed = self.cleaned_data
        month, back = typed.get("month"), (typed.get("months") or 1) - 1
        last = min(month.last, typed.get("until") or month.last) if month else None
        return Filter(
            on=last or typed.get("on") or today,
            first=month.plus(-back).first if month else None,
            code=typed.get("code", ""),
            met=typed.get("met", ""),
            state=typed.get("state", "").replace(" ", "+"),
            outlet_id=typed.get("outlet"),
            before_id=typed.get("before"),
            reason=typed.get("reason", ""),
            decider=typed.get("decider", ""),
            teller=typed.get("teller", ""),
        )

    def kept(self) -> list[tuple[str, str]]:
        """Return what narrows the list without a field of its own, to be sent again with them."""
        names = ("state", "met", "month", "until", "months")
        return [(name, self.data[name]) for name in names if self.data.get(name)]

    def query(self) -> str:
        """Return the filter as the beginning of the next page's address."""
        others = ("before", "export")
        kept = {name: value for name, value in self.data.items() if name not in others and value}
        return f"{urlencode(kept)}&" if kept else ""
