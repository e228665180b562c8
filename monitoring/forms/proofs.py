"""What a person may ask about proofs of automatic passes and second looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.imaging.forms import IMAGE_CLASSES
from foundation.ui.fields import DayField
from monitoring.rules import looks, passes

DAYS = 30
# How an image was opened.
USES = {"view": _("Looked at"), "original": _("Taken out with the viewer's mark")}


class Wanted(forms.Form):
    """From which business date to which, and of which institution; the last 30 days otherwise."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    under = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def cut(self, *, today: date) -> passes.Cut:
        """Return what is wanted; what was not typed well counts as not typed."""
        self.is_valid()
        last = self.cleaned_data.get("last") or today
        back = timedelta(days=min(DAYS, last.toordinal() - 1))
        first = self.cleaned_data.get("first") or last - back
        return passes.Cut(min(first, last), last, self.cleaned_data.get("under"))

    @staticmethod
    def shown(cut: passes.Cut) -> Wanted:
        """Return the form as it stands for what is shown."""
        return Wanted(initial={"first": cut.first, "last": cut.last, "under": cut.under})


class Curved(Wanted):
    """Of which layout the vouchers are, all where none is said."""

    layout = forms.ChoiceField(label=_("Layout"), required=False)

    def __init__(self, *args: Any, titles: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(code, f"{title} ({code})") for code, title in titles.items()]
        none = (passes.NO_LAYOUT, _("No known form"))
        self.fields["layout"].choices = [("", _("All")), *named, none]  # type: ignore[attr-defined]

    def cut(self, *, today: date) -> passes.Cut:
        """Return what is wanted, of one layout where that is chosen."""
        return replace(super().cut(today=today), layout=self.cleaned_data.get("layout") or "")

    def again(self, cut: passes.Cut, titles: Mapping[str, str]) -> Curved:
        """Return the form as it stands for what is shown."""
        return Curved(initial=asdict(cut), titles=titles)


class Listed(Curved):
    """Which figure's pairs, and at which threshold."""

    figure = forms.ChoiceField(choices=[(one, "") for one in passes.FIGURES], required=False)
    least = forms.IntegerField(required=False, min_value=0, max_value=1000)

    @property
    def figure_wanted(self) -> str:
        """Return the figure asked for, the passes where none is."""
        return self.cleaned_data.get("figure") or passes.PASSED

    @property
    def threshold(self) -> int | None:
        """Return the threshold asked for, if any."""
        return self.cleaned_data.get("least")


class Strays(Wanted):
    """Which images opened without an item: by whom, of which class, and how."""

    of = forms.CharField(label=_("Staff number"), max_length=12, required=False)
    image_class = forms.ChoiceField(
        label=_("Image class"), choices=[("", _("All")), *IMAGE_CLASSES], required=False
    )
    use = forms.ChoiceField(label=_("How"), choices=[("", _("All")), *USES.items()], required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def chosen(self) -> dict[str, str]:
        """Return what narrows the list; what was not typed well does not. After `cut`."""
        return {name: self.cleaned_data.get(name) or "" for name in ("of", "image_class", "use")}

    def again(self, cut: passes.Cut) -> Strays:
        """Return the form as it stands for what is shown. After `cut`."""
        return Strays(initial={"first": cut.first, "last": cut.last, **self.chosen()})


class Looks(Wanted):
    """Which looks: of a kind, in a state, at whose findings."""

    kind = forms.ChoiceField(choices=[(one, "") for one in looks.KINDS], required=False)
    state = forms.CharField(max_length=60, required=False)
    of = forms.IntegerField(required=False, min_value=1)

    @property
    def kind_wanted(self) -> str:
        """Return the kind asked for, or nothing for all."""
        return self.cleaned_data.get("kind") or ""

    @property
    def of_whom(self) -> int | None:
        """Return whose findings are meant, if anybody's."""
        return self.cleaned_data.get("of")

    @property
    def states(self) -> list[str]:
        """Return the states that exist of those asked for."""
        typed = self.cleaned_data.get("state", "").replace(" ", "+").split("+")
        return [one for one in typed if one in looks.LOOK_FLOW.states]


class Judged(forms.Form):
    """Who of two auditors was right."""

    upheld = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
