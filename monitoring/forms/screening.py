"""What a person may type about watch lists and hits."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.aml import Clean
from monitoring.rules import screening as rules


class ImportList(Clean):
    """A version of a list, as a CSV file."""

    texts = ("code", "version", "source")
    code = forms.CharField(label=_("List"), max_length=20)
    version = forms.CharField(label=_("Version"), max_length=20)
    source = forms.CharField(label=_("Source"), max_length=80)
    file = forms.FileField(
        label=_("CSV file"),
        max_length=120,
        help_text=_("UTF-8, with the columns entry, name, id_number, birth_date, remark"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class Judge(Clean):
    """Whether a hit is the one on the list, and why."""

    texts = ("reason",)
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(code, _(text)) for code, text in sorted(rules.VERDICTS.items())],
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class Ask(Clean):
    """A name to be screened by hand, with a number if it is known."""

    texts = ("name", "id_no")
    name = forms.CharField(label=_("Name"), max_length=120)
    id_no = forms.CharField(
        label=_("Number of the proof of identity"), max_length=40, required=False
    )
