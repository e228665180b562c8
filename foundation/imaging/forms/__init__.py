"""What a person may choose when adding a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.imaging import rules

IMAGE_CLASSES = (
    (rules.VOUCHER, _("Voucher")),
    (rules.IDENTITY, _("Identity document")),
    (rules.SEAL, _("Seal card")),
)


class Upload(forms.Form):
    """One page of a voucher, an identity document or a seal card, from a scanner or a camera."""

    file = forms.FileField(
        label=_("Image of the page"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/tiff"}),
    )
    image_class = forms.ChoiceField(label=_("Image class"), choices=IMAGE_CLASSES)
    side = forms.ChoiceField(
        label=_("Side"), choices=[("front", _("Front")), ("back", _("Back"))], initial="front"
    )
    reused_because = forms.CharField(
        label=_("Why an image is used again"), max_length=120, required=False
    )

    def page(self) -> dict[str, Any]:
        """Return what services.add_page takes of this form; the bytes are read at most once."""
        file = self.cleaned_data["file"]
        return {
            "data": file.read(rules.BYTES_MAX + 1),
            "name": file.name or "",
            "image_class": self.cleaned_data["image_class"],
            "side": self.cleaned_data["side"],
            "reused_because": self.cleaned_data["reused_because"],
        }


class Older(forms.Form):
    """From which line of a timeline on the older ones are asked for."""

    below = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def place(self) -> int | None:
        """Return the id below which the lines lie; nothing for what is no id."""
        return self.cleaned_data.get("below") if self.is_valid() else None


class Rescan(forms.Form):
    """A better scan in a page's place, and why."""

    file = forms.FileField(label=_("Image of the page"), max_length=255)
    reason = forms.CharField(label=_("Why the page is scanned again"), max_length=120)
