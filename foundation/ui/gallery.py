"""What the component gallery and the key card show: samples made for looking at, never data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from foundation.kernel.errors import Refused
from foundation.kernel.money import NotMoney
from foundation.ui import states, table

_ = gettext_noop

TABLE = table.Table(
    (
        table.Column(_("Number"), table.NUMBER),
        table.Column(_("Trade code"), table.NUMBER),
        table.Column(_("Amount"), table.RIGHT),
    ),
    [table.Row((f"2026112300001{n}", "6521", f"{n},286,500.00")) for n in range(1, 6)],
)


@dataclass(frozen=True)
class Happening:
    """An entry of the sample timeline."""

    action: str
    actor: str
    result: str = "ok"
    where: str = "10.11.3.27"
    at: datetime = field(default=datetime(2026, 11, 23, 2, 42, 3, tzinfo=UTC))
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return what was done."""
        return gettext(self.action)


class SampleForm(forms.Form):
    """One field of each kind."""

    account = forms.CharField(
        label=gettext_lazy("Payer's account"), help_text=gettext_lazy("19 digits")
    )
    amount = forms.CharField(label=gettext_lazy("Amount"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("1", gettext_lazy("Ordinary")), ("2", gettext_lazy("Urgent"))],
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def refusal() -> Refused:
    """Return a refusal to look at."""
    return NotMoney(given="12,34.5")


def samples(*, bad: bool) -> dict[str, Any]:
    """Return something of every kind; bad shows the form with its errors."""
    return {
        "form": SampleForm({"amount": "1"}) if bad else SampleForm(),
        "states": list(states.STATES),
        "table": TABLE,
        "page": Paginator(TABLE.rows, 2).page(2),
        "entries": (
            Happening("authorization.submit", "110852"),
            Happening("authorization.decide", "110037", result="E2001"),
        ),
        "refusal": refusal(),
        "fen": 328650000,
        "account": "0302011729300418876",
        "images": [
            {
                "title": "1",
                "src": static("ops/sample.svg"),
                "width": 840,
                "height": 490,
                "boxes": {"payee": [484, 96, 220, 28, 1], "amount": [484, 186, 306, 24, 0]},
            },
            {"title": "2", "src": static("ops/sample.svg"), "width": 840, "height": 490},
        ],
    }
