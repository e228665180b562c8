"""What may be written about an item: words, or the code of a quick phrase."""

from __future__ import annotations

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from authorization import gateways, rules


class Writing(forms.Form):
    """A message as it is typed, or a phrase by its code."""

    text = forms.CharField(label=_("Message"), max_length=rules.LONGEST, required=False)
    phrase = forms.CharField(max_length=20, required=False)

    def said(self) -> str:
        """Return the words: the phrase in the writer's language, else what was typed."""
        phrase = gateways.phrases().get(self.cleaned_data["phrase"])
        said: str = self.cleaned_data["text"]
        return phrase.said(get_language() or "") if phrase and not said.strip() else said
