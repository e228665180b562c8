"""What a person may type and choose about batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.imaging.rules import batches as rules
from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField

IMAGES = "image/jpeg,image/png,image/tiff"
SCANS = f"{IMAGES},application/pdf"


class Wanted(forms.Form):
    """Which batches a list shows."""

    on = DayField(label=_("Business date"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, states: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return what was asked for; what is no choice is left out."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "on": found.get("on"),
            "state": found.get("state", ""),
            "before": found.get("before"),
        }


class HandOver(forms.Form):
    """A hand-over list: the day, how many vouchers, whether their backs count."""

    business_date = DayField(label=_("Business date"))
    sheets = forms.IntegerField(
        label=_("Vouchers on the list"), min_value=1, max_value=rules.SHEETS_MOST
    )
    duplex = forms.BooleanField(label=_("Front and back are scanned"), required=False)


class ManyFiles(forms.ClearableFileInput):
    """A chooser of several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked as one is."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the list of files."""
        given = data if isinstance(data, list | tuple) and data else [data or None]
        return [super(FilesField, self).clean(one, initial) for one in given]


class Files(forms.Form):
    """Images and files of several pages, from a scanner or a camera."""

    scans = FilesField(
        label=_("Images of the batch"),
        max_length=255,
        widget=ManyFiles(attrs={"accept": SCANS, "multiple": True}),
        help_text=_("JPEG, PNG, TIFF or PDF; one file may hold many pages. Several files at once."),
    )

    def given(self) -> Iterator[tuple[str, bytes]]:
        """Return names and bytes, of which one file at a time is held.

        Refuses what is too large, by its size: a file, or all of them together.
        """
        found: list[UploadedFile[bytes]] = self.cleaned_data["scans"]
        rules.check_files(sizes=[file.size or 0 for file in found])
        return ((file.name or "", file.read()) for file in found)


class EndScan(forms.Form):
    """That everything is scanned, and why the count differs if it does."""

    note = forms.CharField(
        label=_("Difference note"),
        max_length=200,
        required=False,
        help_text=_("Only where another count was scanned than the list says."),
    )

    def clean_note(self) -> str:
        """Return the note without hidden characters."""
        return clean_text(self.cleaned_data["note"], 200)


class Better(forms.Form):
    """A better scan of a page."""

    file = forms.FileField(
        label=_("Image of the page"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": IMAGES}),
    )
