"""What a person may type about blank vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import clean_text
from monitoring.rules import blanks as rules
from monitoring.selectors.blanks import Filter
from monitoring.services.blanks import Draft

ALL = ("", _("All"))
STATES = (
    (rules.PROPOSED, _("To be accepted")),
    (rules.ACCEPTED, _("Accepted")),
    (rules.DECLINED, _("Declined")),
)


def _fates(*fates: str) -> list[tuple[str, Any]]:
    return [(one, _(rules.FATES[one])) for one in fates]


class Numbers(forms.Form):
    """Which numbers of which form."""

    layout = forms.ChoiceField(label=_("Layout"))
    first = forms.CharField(label=_("From number"), max_length=rules.DIGITS_MOST)
    last = forms.CharField(label=_("To number"), max_length=rules.DIGITS_MOST)

    def __init__(self, *args: Any, titles: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(code, f"{title} ({code})") for code, title in titles.items()]
        self.fields["layout"].choices = named  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """Return what was typed as the service takes it."""
        names = ("layout", "first", "last", "outlet", "teller", "words")
        given = {name: self.cleaned_data.get(name, "") for name in names}
        given["words"] = clean_text(given["words"], rules.WORDS_MOST, field="words")
        return Draft(**given)


class Issue(Numbers):
    """Numbers that are sent to an outlet."""

    outlet = forms.CharField(label=_("Institution number"), max_length=12)
    field_order = ["outlet", "layout", "first", "last"]


class Tell(Numbers):
    """Numbers of the own outlet that a teller gets, or that are void, lost or destroyed."""

    fate = forms.ChoiceField(label=_("What became of them"), choices=_fates(*rules.WITHIN))
    teller = forms.CharField(label=_("Staff number"), max_length=12, required=False)
    words = forms.CharField(label=_("Why"), max_length=rules.WORDS_MOST, required=False)
    field_order = ["fate", "layout", "first", "last", "teller", "words"]

    def clean(self) -> dict[str, Any]:
        """Ask for the teller, or for why, by what became of the numbers."""
        given: dict[str, Any] = super().clean() or {}
        needed = "teller" if given.get("fate") == rules.TELLER else "words"
        if given.get("fate") and not given.get(needed):
            self.add_error(needed, self.fields[needed].error_messages["required"])
        return given


class Wanted(forms.Form):
    """Which entries the list shows, and which number is looked up."""

    layout = forms.ChoiceField(label=_("Layout"), required=False)
    fate = forms.ChoiceField(
        label=_("What became of them"), choices=[ALL, *_fates(*rules.FATES)], required=False
    )
    state = forms.ChoiceField(label=_("State"), choices=[ALL, *STATES], required=False)
    number = forms.RegexField(
        r"^[0-9]{4,18}$", label=_("Voucher number"), max_length=rules.DIGITS_MOST, required=False
    )
    outlet = forms.CharField(label=_("Institution number"), max_length=12, required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, titles: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(code, f"{title} ({code})") for code, title in titles.items()]
        self.fields["layout"].choices = [ALL, *named]  # type: ignore[attr-defined]

    def chosen(self) -> Filter:
        """Return what was asked for; what makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return Filter(
            layout=given.get("layout", ""),
            fate=given.get("fate", ""),
            state=given.get("state", ""),
            number=given.get("number", ""),
            outlet=given.get("outlet", ""),
            before_id=given.get("before"),
        )
