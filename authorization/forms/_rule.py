"""What a person may type about an authorization rule, and to find one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.forms._cleaned import Cleaned
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text
from foundation.people.models import Institution
from foundation.ui.fields import DayField

BANDS_MOST = 9
NOBODY = ("", "—")
WEIGHT_MOST, MINUTES_MOST = Decimal("99.99"), 10_080
_YUAN = _("In yuan, e.g. 50,000.00")


def _choices(words: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(code, _(word.name)) for code, word in words.items()]


def _numbers(known: Sequence[int]) -> list[tuple[str, str]]:
    return [(str(number), str(number)) for number in known]


def _grades() -> list[tuple[str, str]]:
    return [(str(grade), f"G{grade}") for grade in rules.GRADES]


def _several(words: Mapping[str, Any], label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=_choices(words),
        required=False,
        widget=forms.SelectMultiple({"size": len(words)}),
    )


def _yuan(label: Any, help_text: Any = _YUAN) -> forms.CharField:
    return forms.CharField(label=label, max_length=30, required=False, help_text=help_text)


class RuleProposal(Cleaned):
    """A whole rule: what makes a second person necessary, who that is, from when on and where."""

    always = forms.BooleanField(label=_("Always"), required=False)
    amount_from = _yuan(_("Authorization from"))
    customer_kinds = _several(rules.CUSTOMERS, _("Kind of customer"))
    account_states = _several(rules.ACCOUNT_STATES, _("State of the payer's account"))
    teller_grade_below = forms.TypedChoiceField(
        label=_("Teller's grade below"),
        choices=[NOBODY, *_grades()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    outside_from = forms.TimeField(
        label=_("Not needed from"), required=False, widget=forms.TimeInput({"type": "time"})
    )
    outside_until = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput({"type": "time"})
    )
    agent = forms.BooleanField(label=_("Handled by an agent"), required=False)
    agent_from = _yuan(_("by an agent from"))
    manual_id = forms.BooleanField(label=_("Identity checked by hand"), required=False)
    correction = forms.BooleanField(label=_("Correction"), required=False)
    together = _several(
        {code: kind for code, kind in rules.KINDS.items() if code != rules.ALWAYS},
        _("Only when all of these hold"),
    )
    grade = forms.TypedChoiceField(label=_("Grade"), choices=_grades(), coerce=int)
    bands = forms.CharField(
        label=_("Bands of amounts"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("A line each: amount from, grade, levels at the centre, e.g. 1,000,000.00 4 1"),
    )
    outlet_levels = forms.TypedChoiceField(
        label=_("Levels at the outlet"),
        choices=_numbers(rules.OUTLET_LEVELS),
        coerce=int,
        help_text=_("People of the outlet who confirm it on site before the centre decides"),
    )
    centre_levels = forms.TypedChoiceField(
        label=_("Levels at the centre"),
        choices=_numbers(rules.CENTRE_LEVELS),
        coerce=int,
        help_text=_("0: the outlet alone decides, but for what the customer is called back about"),
    )
    skill = forms.CharField(label=_("Skill"), max_length=40, required=False)
    group = forms.ChoiceField(label=_("Group"), choices=_choices(rules.GROUPS))
    cash = forms.ChoiceField(label=_("Cash in or out"), choices=_choices(rules.CASH))
    transfer = forms.BooleanField(label=_("Transfer"), required=False)
    call_back_from = _yuan(_("Customer called back from"))
    scan_mode = forms.ChoiceField(
        label=_("Images"),
        choices=_choices(rules.SCANS),
        help_text=_("Scanned later: decided and posted first, the voucher follows"),
    )
    rescan_minutes = forms.IntegerField(
        label=_("Scanned within minutes"), min_value=1, max_value=MINUTES_MOST, required=False
    )
    weight = forms.DecimalField(
        label=_("Weight in figures of work"),
        min_value=Decimal("0.01"),
        max_value=WEIGHT_MOST,
        decimal_places=2,
    )
    valid_from = DayField(label=_("Valid from"))
    institution = forms.ChoiceField(label=_("For"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    days = forms.TypedChoiceField(
        label=_("Effect over days"),
        choices=_numbers(rules.EFFECT_DAYS),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(
        self, *args: Any, trade: rules.TradeCode, places: list[Institution], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._trade = trade
        self._places = {row.number: row for row in places}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        bank = [("", _("The whole bank"))] if any(row.parent_id is None for row in places) else []
        field.choices = [*bank, *((row.number, str(row)) for row in places)]

    def clean_institution(self) -> Institution | None:
        """Return the institution that was named, nothing for the whole bank."""
        return self._places.get(self.cleaned_data["institution"])

    def clean_amount_from(self) -> int | None:
        """Return the amount in fen."""
        return self._fen("amount_from")

    def clean_agent_from(self) -> int | None:
        """Return the amount in fen."""
        return self._fen("agent_from")

    def clean_call_back_from(self) -> int | None:
        """Return the amount in fen."""
        return self._fen("call_back_from")

    def clean_skill(self) -> str:
        """Return the skill without hidden characters."""
        found: str = self.read("skill", lambda typed: clean_text(typed, 40))
        return found

    def clean_bands(self) -> tuple[rules.Band, ...]:
        """Return the bands, a line each."""
        lines = [line.split() for line in self.cleaned_data["bands"].splitlines() if line.strip()]
        found: tuple[rules.Band, ...] = self.read("bands", lambda _text: tuple(_bands(lines)))
        return found

    def rule(self) -> rules.Rule:
        """Return what was typed as a rule."""
        typed = self.cleaned_data
        said: dict[str, Any] = {name: typed[name] for name in _AS_TYPED}
        said |= {name: tuple(typed[name]) for name in _SEVERAL}
        return rules.Rule(
            trade_code=self._trade.code,
            agent_from_fen=(typed["agent_from"] or 0) if typed["agent"] else None,
            amount_from_fen=typed["amount_from"],
            call_back_from_fen=typed["call_back_from"],
            weight_hundredths=int(typed["weight"] * 100),
            **said,
        )

    def span(self) -> int:
        """Return over how many days the effect is to be reckoned."""
        return int(self.cleaned_data["days"] or rules.EFFECT_DAYS[0])

    def _fen(self, name: str) -> int | None:
        if not self.cleaned_data[name].strip():
            return None
        amount: Money = self.read(name, lambda typed: Money.parse(typed.strip()))
        return amount.fen


_SEVERAL = ("customer_kinds", "account_states", "together")
_AS_TYPED = (
    "group", "grade", "skill", "outlet_levels", "centre_levels", "bands", "cash", "transfer",
    "scan_mode", "rescan_minutes", "always", "teller_grade_below", "outside_from", "outside_until",
    "manual_id", "correction",
)  # fmt: skip


def _bands(lines: Sequence[Sequence[str]]) -> Iterable[rules.Band]:
    if len(lines) > BANDS_MOST:
        raise ValidationError(gettext("At most nine bands."))
    for parts in lines:
        known = len(parts) == 3 and parts[1] in _WRITTEN_GRADES and parts[2] in _WRITTEN_LEVELS
        if not known:
            raise ValidationError(
                gettext("A band is an amount, a grade from 1 to 5, and 0, 1 or 2.")
            )
        yield rules.Band(Money.parse(parts[0]).fen, int(parts[1]), int(parts[2]))


_WRITTEN_GRADES = frozenset(map(str, rules.GRADES))
_WRITTEN_LEVELS = frozenset(map(str, rules.CENTRE_LEVELS))


def typed_from(rule: rules.Rule) -> dict[str, Any]:
    """Return a rule as somebody would have typed it."""
    return {
        **{name: getattr(rule, name) for name in (*_AS_TYPED, *_SEVERAL)},
        "bands": "\n".join(
            f"{Money(band.from_fen)} {band.grade} {band.centre_levels}" for band in rule.bands
        ),
        "amount_from": _written(rule.amount_from_fen),
        "call_back_from": _written(rule.call_back_from_fen),
        "agent": rule.agent_from_fen is not None,
        "agent_from": _written(rule.agent_from_fen or None),
        "weight": Decimal(rule.weight_hundredths) / 100,
    }


def _written(fen: int | None) -> str:
    return "" if fen is None else str(Money(fen))


class CatalogueProposal(forms.Form):
    """From when on the shipped rules are to count, and why."""

    valid_from = DayField(label=_("Valid from"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class Listing(forms.Form):
    """Which transactions the list shows; what cannot be read does not narrow."""

    group = forms.ChoiceField(
        label=_("Group"), choices=[("", _("All")), *_choices(rules.GROUPS)], required=False
    )
    text = forms.CharField(label=_("Code or name"), max_length=40, required=False)

    def chosen(self) -> dict[str, str]:
        """Return the group and the text by which the list is narrowed."""
        self.is_valid()
        typed = self.cleaned_data
        return {"group": typed.get("group", ""), "text": typed.get("text", "")}


class Span(forms.Form):
    """Over how many days an effect is reckoned; what cannot be read is the shortest span."""

    days = forms.TypedChoiceField(
        label=_("Effect over days"), choices=_numbers(rules.EFFECT_DAYS), coerce=int, required=False
    )

    def chosen(self) -> int:
        """Return the number of days."""
        found = self.cleaned_data.get("days") if self.is_valid() else None
        return int(found or rules.EFFECT_DAYS[0])
