"""What a person may type on the pages of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.people import rules
from foundation.people.models import Institution, Shift, Vendor
from foundation.people.roles import ROLES
from foundation.ui.fields import DayField

_CURRENT = forms.PasswordInput(attrs={"autocomplete": "current-password"})
_NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})
_CLOCK = forms.TimeInput(attrs={"type": "time", "step": 900}, format="%H:%M")
_UNKEPT = forms.TextInput(attrs={"autocomplete": "off"})
_SHIFT = "shift:"
_CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})


class SignIn(forms.Form):
    """Number and password."""

    number = forms.CharField(
        label=_("Staff number"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(label=_("Password"), max_length=128, strip=False, widget=_CURRENT)


class Unlock(forms.Form):
    """The password, to open a locked screen."""

    password = forms.CharField(label=_("Password"), max_length=128, strip=False, widget=_CURRENT)


class SecondFactor(forms.Form):
    """The code that the phone shows."""

    code = forms.RegexField(r"^[0-9]{6}$", label=_("Six-digit code"), widget=_CODE)


class _NewPassword(forms.Form):
    def clean(self) -> dict[str, Any]:
        """Refuse two new passwords that differ."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error("again", _("The two new passwords differ."))
        return cleaned


class Password(_NewPassword):
    """The present password and a new one, twice."""

    old = forms.CharField(label=_("Present password"), max_length=128, strip=False, widget=_CURRENT)
    password = forms.CharField(label=_("New password"), max_length=128, strip=False, widget=_NEW)
    again = forms.CharField(label=_("New password again"), max_length=128, strip=False, widget=_NEW)


class NewPassword(_NewPassword):
    """The number, the code that an administrator opened a reset with, and a new password, twice."""

    number = forms.CharField(label=_("Staff number"), max_length=12)
    code = forms.RegexField(r"^[0-9]{8}$", label=_("Code of the reset"), widget=_CODE)
    password = forms.CharField(label=_("New password"), max_length=128, strip=False, widget=_NEW)
    again = forms.CharField(label=_("New password again"), max_length=128, strip=False, widget=_NEW)


class Reason(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class _InPlace(forms.Form):
    """A form that names an institution of the scope."""

    def __init__(self, *args: Any, places: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {row.number: row for row in places}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.number, str(row)) for row in places]

    def clean_institution(self) -> Institution | None:
        """Return the institution that was named."""
        return self._places.get(self.cleaned_data["institution"])


class Identity(forms.Form):
    """The identity number of a human, and which numbers of theirs have been seen."""

    identity = forms.CharField(
        label=_("Identity number"), max_length=24, widget=_UNKEPT,
        help_text=_("18 digits, from the document. Only a keyed hash of it is kept."),
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Remember the numbers that a refusal shows, for the form that is sent once more."""
        try:
            yield
        except rules.KnownPerson as refusal:
            self.data = {
                **{name: self.data.get(name) for name in self.data},
                "seen": refusal.params["seen"],
            }
            raise


class Staff(Identity, _InPlace):
    """Number, name, institution, first post and grade of a member of staff, and who it is."""

    number = forms.RegexField(r"^[0-9]{4,12}$", label=_("Staff number"))
    name = forms.CharField(label=_("Name"), max_length=30)
    institution = forms.ChoiceField(label=_("Institution"))
    vendor = forms.ChoiceField(
        label=_("Vendor"), required=False, help_text=_("Only for people of an outside company")
    )
    title = forms.CharField(label=_("Post"), max_length=40)
    grade = forms.IntegerField(label=_("Grade"), min_value=1, max_value=5, initial=1)
    field_order = ("number", "name", "identity", "institution", "vendor", "title", "grade")

    def __init__(self, *args: Any, vendors: Sequence[Vendor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vendors = {row.number: row for row in vendors}
        field = self.fields["vendor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((row.number, str(row)) for row in vendors)]

    def clean_vendor(self) -> Vendor | None:
        """Return the company that was named, or None for the bank's own people."""
        return self._vendors.get(self.cleaned_data["vendor"])


class StaffChange(forms.Form):
    """Name and grade that a member of staff has from now on."""

    name = forms.CharField(label=_("Name"), max_length=30)
    grade = forms.IntegerField(label=_("Grade"), min_value=1, max_value=5)


class Qualification(forms.Form):
    """A certified skill."""

    skill = forms.RegexField(r"^[a-z0-9_.]{1,40}$", label=_("Skill"))
    grade = forms.IntegerField(label=_("Grade"), min_value=1, max_value=5)
    certificate = forms.CharField(label=_("Certificate"), max_length=40, required=False)
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"))


class RoleProposal(forms.Form):
    """A role to be granted or ended."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(rules.GRANT, _("Grant the role")), (rules.END, _("End the role"))],
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.code, _(role.name)) for role in ROLES.values()]
    )
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PostProposal(_InPlace):
    """A post that a person is to have from a day on."""

    institution = forms.ChoiceField(label=_("Institution"))
    title = forms.CharField(label=_("Post"), max_length=40)
    valid_from = DayField(label=_("Valid from"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class InstitutionNew(_InPlace):
    """A new institution and the one above it."""

    number = forms.RegexField(r"^[0-9]{4,12}$", label=_("Institution number"))
    name = forms.CharField(label=_("Institution name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (rules.BRANCH, _("Branch")),
            (rules.SUB_BRANCH, _("Sub-branch")),
            (rules.OUTLET, _("Outlet")),
            (rules.CENTRE, _("Centre")),
        ],
    )
    institution = forms.ChoiceField(label=_("Under"))


class InstitutionChange(_InPlace):
    """What is to be done with an institution: another place, another name, or its end."""

    kind = forms.ChoiceField(
        label=_("Change"),
        choices=[
            (rules.RENAME, _("Rename")),
            (rules.MOVE, _("Move")),
            (rules.CLOSE, _("Close for good")),
        ],
    )
    name = forms.CharField(
        label=_("Institution name"), max_length=60, required=False,
        help_text=_("Counts when it is renamed"),
    )  # fmt: skip
    institution = forms.ChoiceField(
        label=_("Under"), required=False, help_text=_("Counts when it is moved")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class VendorNew(forms.Form):
    """Number and name of an outside company."""

    number = forms.RegexField(
        r"^[A-Z0-9]{2,12}$", label=_("Vendor number"), help_text=_("Capitals and digits")
    )
    name = forms.CharField(label=_("Vendor name"), max_length=60)


class ShiftNew(forms.Form):
    """A shift of a centre, or its hours from a later day on."""

    code = forms.RegexField(r"^[A-Z0-9]{1,8}$", label=_("Code"), help_text=_("Capitals and digits"))
    name = forms.CharField(label=_("Name"), max_length=40)
    starts = forms.TimeField(label=_("From"), widget=_CLOCK)
    ends = forms.TimeField(label=_("Until"), widget=_CLOCK)
    break_from = forms.TimeField(label=_("Break from"), widget=_CLOCK, required=False)
    break_until = forms.TimeField(label=_("Break until"), widget=_CLOCK, required=False)
    valid_from = DayField(label=_("Valid from"))

    def hours(self) -> rules.Hours:
        """Return the hours that were typed."""
        given = self.cleaned_data
        return rules.Hours(
            given["starts"], given["ends"], given["break_from"], given["break_until"]
        )


class RosterSet(forms.Form):
    """Who, on which days of the week that is shown, has which shift, or why none."""

    number = forms.MultipleChoiceField(required=False)
    day = forms.MultipleChoiceField(required=False)
    what = forms.ChoiceField(label=_("Shift or absence"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        numbers: Sequence[str],
        days: Sequence[date],
        shifts: Sequence[Shift],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for name, offered in (("number", numbers), ("day", map(str, days))):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(one, one) for one in offered]
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [
            *((f"{_SHIFT}{row.code}", f"{row} {row.name}") for row in shifts),
            *((one.code, _(one.name)) for one in rules.ABSENCES.values()),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of nobody or of no day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("number") or not cleaned.get("day"):
            raise ValidationError(_("Choose at least one person and one day."))
        return cleaned

    def set(self) -> dict[str, Any]:
        """Return what was chosen, as the service takes it."""
        given = self.cleaned_data
        what = given["what"]
        shift = what.removeprefix(_SHIFT) if what.startswith(_SHIFT) else ""
        return {
            "numbers": given["number"],
            "days": [date.fromisoformat(day) for day in given["day"]],
            "shift": shift,
            "absence": "" if shift else what,
            "reason": given["reason"].strip(),
        }
