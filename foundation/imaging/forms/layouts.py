"""What a person may choose about a layout: an empty form, its zones, and a sample."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.imaging import rules as pages
from foundation.imaging.rules import layouts as rules
from foundation.imaging.rules.layouts import Zone

_BOX = re.compile(r"([0-9]{1,5})[\s,]+([0-9]{1,5})[\s,]+([0-9]{1,5})[\s,]+([0-9]{1,5})", re.ASCII)
PICTURES = "image/jpeg,image/png,image/tiff"


class Drawn(forms.Form):
    """A new layout, or the next version of one."""

    code = forms.CharField(
        label=_("Short name"),
        max_length=30,
        help_text=_("Small letters; the name of a layout in use begins its next version."),
    )
    title = forms.CharField(label=_("Title of the form"), max_length=60)
    file = forms.FileField(
        label=_("Scan of an empty form"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
    )

    def data_of_file(self) -> bytes:
        """Return the bytes, read at most once and never more than a page may have."""
        read: bytes = self.cleaned_data["file"].read(pages.BYTES_MAX + 1)
        return read


class Sample(forms.Form):
    """A filled form on which a layout is tried."""

    file = forms.FileField(
        label=_("Scan of a filled form"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
    )

    def data_of_file(self) -> bytes:
        """Return the bytes, read at most once and never more than a page may have."""
        read: bytes = self.cleaned_data["file"].read(pages.BYTES_MAX + 1)
        return read


@dataclass(frozen=True)
class Line:
    """The fields of one value in the table of zones, its word, and where its zone lies."""

    name: str
    title: str
    fields: tuple[forms.BoundField, ...]
    box: tuple[int, int, int, int] | None


class Zones(forms.Form):
    """A row for every value that a form may bear: where its zone lies, or nothing."""

    def __init__(self, *args: Any, zones: Sequence[Zone], **more: Any) -> None:
        super().__init__(*args, **more)
        own = {zone.name: zone for zone in zones}
        for name in rules.NAMES:
            self._add(name, own.get(name))

    def _add(self, name: str, zone: Zone | None) -> None:
        kinds = [(kind, _(rules.KINDS[kind])) for kind in rules.kinds_of(name)]
        checks = [(code, _(word)) for code, word in rules.VALIDATORS.items()]
        box = " ".join(map(str, zone.box)) if zone else ""
        self.fields[f"{name}-box"] = forms.CharField(
            label=_("Left, top, width, height"), max_length=30, required=False, initial=box
        )
        self.fields[f"{name}-kind"] = forms.ChoiceField(
            label=_("Kind"), choices=kinds, initial=zone.kind if zone else kinds[0][0]
        )
        self.fields[f"{name}-validator"] = forms.ChoiceField(
            label=_("Check"), choices=checks, required=False,
            initial=zone.validator if zone else "",
        )  # fmt: skip
        self.fields[f"{name}-whitelist"] = forms.CharField(
            label=_("Only these signs"), max_length=60, required=False,
            initial=zone.whitelist if zone else "",
        )  # fmt: skip
        engines = [(code, _(word)) for code, word in rules.ENGINES.items()]
        self.fields[f"{name}-engine"] = forms.ChoiceField(
            label=_("Reading of record"), choices=engines, required=False,
            initial=zone.engine if zone else rules.RECOGNISER,
        )  # fmt: skip
        for part, label in (("first", _("First number")), ("last", _("Last number"))):
            self.fields[f"{name}-{part}"] = forms.CharField(
                label=label, max_length=rules.NUMBER_MOST, required=False,
                initial=getattr(zone, part) if zone else "",
            )  # fmt: skip
        self.fields[f"{name}-needed"] = forms.BooleanField(
            label=_("Always read"), required=False, initial=zone.needed if zone else True
        )

    @property
    def lines(self) -> Iterator[Line]:
        """Return the rows of the table, with what was typed where it was sent."""
        parts = ("box", "kind", "validator", "whitelist", "engine", "first", "last", "needed")
        for name, title in rules.NAMES.items():
            fields = tuple(self[f"{name}-{part}"] for part in parts)
            yield Line(name, title, fields, _box_of(str(fields[0].value() or "")))

    def clean(self) -> dict[str, Any]:
        """Refuse a place that is not four whole numbers."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in rules.NAMES:
            typed = given.get(f"{name}-box", "")
            if typed and _box_of(typed) is None:
                self.add_error(f"{name}-box", _("Type four whole numbers with blanks between."))
        return given

    def zones(self) -> tuple[Zone, ...]:
        """Return the zones that were typed."""
        given = self.cleaned_data
        found = []
        for name in rules.NAMES:
            box = _box_of(given[f"{name}-box"])
            if box is not None:
                found.append(
                    Zone(
                        name, given[f"{name}-kind"], box, given[f"{name}-needed"],
                        given[f"{name}-whitelist"], given[f"{name}-validator"],
                        given[f"{name}-engine"], given[f"{name}-first"], given[f"{name}-last"],
                    )
                )  # fmt: skip
        return tuple(found)


def _box_of(text: str) -> tuple[int, int, int, int] | None:
    found = _BOX.fullmatch(text.strip())
    if found is None:
        return None
    left, top, wide, high = map(int, found.groups())
    return left, top, wide, high
