"""What a person may say on slips, and which of them are asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.imaging import rules as imaging
from foundation.kernel.errors import Refused
from foundation.kernel.text import clean_text
from monitoring.rules import points
from monitoring.rules import slips as rules
from monitoring.selectors.slips import CENTRE, ENDED, FIGURES, OUTLET, OVERDUE, Filter
from monitoring.services.slips import Draft, Picture

MONTH = r"^20[0-8]\d-(0[1-9]|1[0-2])$"
ALL = ("", _("All"))
NONE = ("", "—")
KINDS = [(code, _(kind.name)) for code, kind in rules.KINDS.items()]
PICTURES = "image/jpeg,image/png,image/tiff"


class Cleaned(forms.Form):
    """A form whose texts are read by the kernel: a Refused becomes the field's error."""

    def read(self, name: str, most: int, *, lines: bool = False) -> str:
        """Return the text of a field without hidden characters."""
        try:
            return clean_text(self.cleaned_data[name], most, lines=lines)
        except Refused as refusal:
            raise ValidationError(refusal.shown(gettext)) from refusal


def _words(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=rules.TEXT_MOST, widget=forms.Textarea({"rows": 4})
    )


class Issue(Cleaned):
    """A slip to be issued."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    place = forms.CharField(label=_("Institution number"), max_length=12)
    code = forms.ChoiceField(label=_("Error"), required=False)
    teller = forms.CharField(label=_("Staff number of who is at fault"), max_length=12,
                             required=False)  # fmt: skip
    text = _words(_("What was found"))
    origin = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, classes: dict[str, int], sealed: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        shown = KINDS if sealed else [row for row in KINDS if row[0] in rules.OPEN_KINDS]
        self.fields["kind"].choices = shown  # type: ignore[attr-defined]
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            NONE,
            *(
                (code, f"{code} {gettext(points.CODES[code].name)} · {grade}")
                for code, grade in classes.items()
            ),
        ]

    def clean_text(self) -> str:
        """Return the text without hidden characters."""
        return self.read("text", rules.TEXT_MOST, lines=True)

    def clean_origin(self) -> str:
        """Return what the slip is about, without hidden characters."""
        return self.read("origin", 80)

    def clean_place(self) -> str:
        """Return the number without blanks."""
        return self.read("place", 12)

    def clean_teller(self) -> str:
        """Return the number without blanks."""
        return self.read("teller", 12)

    def draft(self) -> Draft:
        """Return what was typed."""
        return Draft(**self.cleaned_data)


class Files(forms.FileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return every file that was sent."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class Words(Cleaned):
    """Words alone: an appeal, or a question asked again."""

    words = _words(_("Words"))

    def clean_words(self) -> str:
        """Return the words without hidden characters."""
        return self.read("words", rules.TEXT_MOST, lines=True)


class Appeal(Words):
    """Why an error slip is wrong; its fields have names of their own on the page."""

    words = _words(_("Why the slip is wrong"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="appeal_%s")


class Answer(Words):
    """An answer with its evidence, or the plan of a rectification."""

    step = forms.ChoiceField(
        choices=[(step, step) for step in ("reply", "plan")], widget=forms.HiddenInput
    )
    evidence = FilesField(
        label=_("Pictures as evidence"),
        required=False,
        max_length=255,
        widget=Files({"multiple": True, "accept": PICTURES}),
    )
    field_order = ["step", "words", "evidence"]

    def pictures(self) -> list[Picture]:
        """Return the files as they came; refuse too many, or too large ones, unread."""
        given = self.cleaned_data["evidence"]
        rules.check_pictures(len(given))
        for one in given:
            imaging.check_bytes(size=one.size, field="evidence")
        return [Picture(one.read(), one.name) for one in given]


class Judgement(Words):
    """How an appeal ends."""

    upheld = forms.ChoiceField(
        label=_("Was the slip wrong?"),
        choices=[NONE, ("yes", _("Yes, the appeal is upheld")), ("no", _("No, the slip stands"))],
    )
    field_order = ["upheld", "words"]


class Wanted(Cleaned):
    """Which slips the list shows."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[ALL, *KINDS], required=False)
    stands = forms.ChoiceField(
        label=_("Stands"),
        choices=[
            ALL,
            (OUTLET, _("With the outlet")),
            (OVERDUE, _("Overdue")),
            (CENTRE, _("With the centre")),
            (ENDED, _("Ended")),
        ],
        required=False,
    )
    code = forms.ChoiceField(
        label=_("Error"),
        choices=[
            ALL,
            *(
                (code, format_lazy("{} {}", code, _(row.name)))
                for code, row in points.CODES.items()
            ),
        ],
        required=False,
    )
    grade = forms.TypedChoiceField(
        label=_("Class"),
        choices=[ALL, *((str(one), str(one)) for one in points.CLASSES)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    month = forms.RegexField(
        MONTH, label=_("Month"), required=False, widget=forms.TextInput({"type": "month"})
    )
    number = forms.CharField(label=_("Slip number"), max_length=20, required=False)
    teller = forms.CharField(label=_("At fault"), max_length=12, required=False)
    state = forms.ChoiceField(
        choices=[ALL, *((one, one) for one in rules.STATES)],
        required=False,
        widget=forms.HiddenInput,
    )
    under = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    figure = forms.ChoiceField(
        choices=[ALL, *((one, one) for one in FIGURES)], required=False, widget=forms.HiddenInput
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sealed: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        shown = [row for row in KINDS if sealed or row[0] in rules.OPEN_KINDS]
        self.fields["kind"].choices = [ALL, *shown]  # type: ignore[attr-defined]

    def chosen(self, *, at: datetime, sealed: bool) -> Filter:
        """Return what was asked for; what makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        named = ("kind", "stands", "code", "state", "number", "teller", "figure")
        return Filter(
            at=at,
            sealed=sealed,
            error_class=given.get("grade"),
            month=first_of(given.get("month", "")),
            under=given.get("under"),
            before_id=given.get("before"),
            **{name: given.get(name, "") for name in named},
        )


class Month(forms.Form):
    """Which month is asked for."""

    month = forms.RegexField(
        MONTH, label=_("Month"), required=False, widget=forms.TextInput({"type": "month"})
    )

    def first(self, *, today: date) -> date:
        """Return the first of the month, of the present one where none is named."""
        self.is_valid()
        return first_of(self.cleaned_data.get("month", "")) or today.replace(day=1)


def first_of(month: str) -> date | None:
    """Return the first day of a month that was typed."""
    return date.fromisoformat(f"{month}-01") if month else None
