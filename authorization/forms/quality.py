"""What a person may say about the quality of decisions, and which figures are asked for."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from authorization.forms._cleaned import Cleaned
from authorization.rules import REASONS
from authorization.rules import quality as rules
from authorization.selectors.measured import BY, FIGURES, Cut
from foundation.kernel.text import clean_text

WORDS_MOST = 400
YES_NO = [("", "—"), ("yes", _("Yes, it was wrong")), ("no", _("No, it was right"))]


def _words(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=WORDS_MOST, widget=forms.Textarea({"rows": 3}))


class _Worded(Cleaned):
    words = _words(_("Why"))

    def clean_words(self) -> str:
        """Return the words without hidden characters."""
        found: str = self.read("words", lambda typed: clean_text(typed, WORDS_MOST))
        return found


class Objection(_Worded):
    """Why the outlet takes a no for wrong."""


class Report(_Worded):
    """Who found that a yes may have been wrong, and why."""

    source = forms.ChoiceField(
        label=_("Found by"),
        choices=[(code, _(rules.SOURCES[code].name)) for code in rules.REPORTED],
    )
    field_order = ["source", "words"]


class Examination(_Worded):
    """A second person's opinion."""

    wrong = forms.ChoiceField(label=_("Was the decision wrong?"), choices=YES_NO)
    field_order = ["wrong", "words"]


class Judgement(_Worded):
    """How a case ends."""

    upheld = forms.ChoiceField(label=_("Was the decision wrong?"), choices=YES_NO)
    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[("", "—"), *((code, _(cause.name)) for code, cause in rules.CAUSES.items())],
        required=False,
    )
    severity = forms.TypedChoiceField(
        label=_("How grave, 1 to 4"),
        choices=[("", "—"), *((str(n), str(n)) for n in rules.SEVERITIES)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    field_order = ["upheld", "cause", "severity", "words"]


class Second(forms.Form):
    """What a reviewer decides, under which lease."""

    step = forms.ChoiceField(choices=[(step, step) for step in rules.REVIEW_STEPS])
    fence = forms.IntegerField(min_value=0)
    reasons = forms.MultipleChoiceField(choices=[(code, code) for code in REASONS], required=False)
    remark = forms.CharField(max_length=200, required=False)


class CasesWanted(forms.Form):
    """Which cases the list shows."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("All")),
            ("open", _("Not judged yet")),
            (rules.UPHELD, _("Upheld")),
            (rules.DISMISSED, _("Dismissed")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("All")), *((c, _(kind.name)) for c, kind in rules.KINDS_OF_CASE.items())],
        required=False,
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def chosen(self) -> dict[str, Any]:
        """Return what was asked for; what makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "state": given.get("state", ""),
            "kind": given.get("kind", ""),
            "before": given.get("before"),
        }

    def query(self) -> str:
        """Return what narrows the list as the beginning of the address of its file."""
        given = self.cleaned_data
        kept = {name: given[name] for name in ("state", "kind") if given.get(name)}
        return f"{urlencode(kept)}&" if kept else ""


class Wanted(forms.Form):
    """Of which month, cut by what; and for a list, of which figure and of whom."""

    month = forms.RegexField(
        r"^20[0-8]\d-(0[1-9]|1[0-2])$",
        label=_("Month"),
        required=False,
        widget=forms.TextInput({"type": "month"}),
    )
    by = forms.ChoiceField(
        label=_("By"),
        choices=[
            ("person", _("Authorizer")), ("trade", _("Transaction")), ("outlet", _("Outlet")),
        ],
        required=False,
    )  # fmt: skip
    figure = forms.ChoiceField(
        choices=[(name, name) for name in FIGURES], required=False, widget=forms.HiddenInput
    )
    key = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    teller = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def cut(self, *, today: date) -> Cut:
        """Return the cut, of the present month where none is named."""
        self.is_valid()
        given = self.cleaned_data
        year, month = map(int, (given.get("month") or f"{today:%Y-%m}").split("-"))
        by = given.get("by") or "person"
        assert by in BY
        return Cut(
            first=date(year, month, 1),
            last=date(year, month, monthrange(year, month)[1]),
            by=by,
            key=given.get("key", ""),
            teller=given.get("teller", ""),
        )
