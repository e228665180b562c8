"""The workshop's form: a rule is put together from lists, by its kind; no code is typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField
from monitoring.models import RuleVersion
from monitoring.rules import workshop as rules
from monitoring.services.workshop import Content, Header

STEP_CONDITIONS = 3
OPS = ((rules.LEAST, "≥"), (rules.MOST, "≤"))


def _choices(words: Any, *, empty: bool = True) -> list[tuple[str, str]]:
    found = [(code, gettext(one.name)) for code, one in words.items()]
    return [("", "—"), *found] if empty else found


class RuleForm(forms.Form):
    """A rule of one kind. Rows that are left empty do not count."""

    number = forms.CharField(label=_("Rule"), max_length=4, help_text=_("A letter, three digits"))
    title = forms.CharField(label=_("Title"), max_length=80)
    english = forms.CharField(label=_("Title in English"), max_length=80, required=False)
    link = forms.ChoiceField(label=_("Risk link"))
    business = forms.ChoiceField(label=_("Key business"), required=False)
    level = forms.ChoiceField(label=_("Level"))
    score = forms.IntegerField(label=_("Score"), min_value=1, max_value=rules.SCORE_MOST)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    entity = forms.ChoiceField(label=_("About what"))

    def __init__(self, *args: Any, kind: str, of_rule: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        self.rows: list[tuple[str, list[list[str]]]] = []
        self._choose("link", _choices(rules.LINKS, empty=False))
        self._choose("business", _choices(rules.BUSINESSES))
        self._choose("level", _choices(rules.LEVELS, empty=False))
        known = {code: rules.ENTITIES[code] for code in rules.KINDS[kind].entities}
        self._choose("entity", _choices(known, empty=False))
        if of_rule:
            for name in ("number", "title", "english", "link", "business", "entity"):
                del self.fields[name]
        _PARTS[kind](self)

    def content(self) -> Content:
        """Return what the version says; refuse what is not whole, at the field it is about."""
        given = self.cleaned_data
        spec = rules.check(
            rules.Spec(
                kind=self.kind,
                entity=given.get("entity") or self.initial["entity"],
                where=self._where("where", rules.MOST_CONDITIONS),
                tests=self._tests(),
                steps=self._steps(),
                days=given.get("days") or 1,
                minutes=given.get("minutes") or 0,
                hops=given.get("hops") or 0,
                share=given.get("share") or 0,
            )
        )
        why = clean_text(given["reason"], 200)
        prevents = given.get("prevents", False)
        return Content(spec, given["level"], given["score"], why, prevents=prevents)

    def header(self) -> Header:
        """Return what stands above the rule."""
        given = self.cleaned_data
        return Header(
            number=given["number"].strip().upper(),
            title=clean_text(given["title"], 80),
            english=clean_text(given["english"], 80),
            link=given["link"],
            business=given["business"],
            at_once=given.get("at_once", False),
        )

    def groups(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """Return the rows of the form as fields, under their heads."""
        return [(head, [[self[name] for name in row] for row in rows]) for head, rows in self.rows]

    def head_fields(self) -> list[forms.BoundField]:
        """Return the fields that every kind has, and those of its window."""
        in_rows = {name for _head, rows in self.rows for row in rows for name in row}
        return [self[name] for name in self.fields if name not in in_rows]

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def add_conditions(self, name: str, head: str, count: int) -> None:
        """Add rows of a condition and its value."""
        rows = []
        for place in range(count):
            kind, value = f"{name}_{place}_kind", f"{name}_{place}_value"
            self.fields[kind] = forms.ChoiceField(
                label=_("A condition"), choices=_choices(rules.CONDITIONS), required=False
            )
            self.fields[value] = forms.CharField(
                label=_("Its value"), max_length=120, required=False
            )
            rows.append([kind, value])
        self.rows.append((head, rows))

    def add_tests(self, *, over: bool) -> None:
        """Add rows of a figure, over which days, and its value."""
        rows = []
        for place in range(rules.MOST_TESTS):
            row = []
            if over:
                self.fields[f"test_{place}_over"] = forms.ChoiceField(
                    label=_("Over which days"), choices=_choices(rules.OVERS), required=False
                )
                row.append(f"test_{place}_over")
            words = rules.KEPT if over else rules.MEASURES
            self.fields[f"test_{place}_what"] = forms.ChoiceField(
                label=_("Figure"), choices=_choices(words), required=False
            )
            self.fields[f"test_{place}_op"] = forms.ChoiceField(label=_("Is"), choices=OPS)
            self.fields[f"test_{place}_op"].required = False
            self.fields[f"test_{place}_value"] = forms.CharField(
                label=_("Its value"), max_length=20, required=False
            )
            row += [f"test_{place}_{part}" for part in ("what", "op", "value")]
            if not over:
                only = (f"test_{place}_where_0_kind", f"test_{place}_where_0_value")
                self.fields[only[0]] = forms.ChoiceField(
                    label=_("Only lines with"), choices=_choices(rules.CONDITIONS), required=False
                )
                self.fields[only[1]] = forms.CharField(
                    label=_("Its value"), max_length=120, required=False
                )
                row += only
            rows.append(row)
        self.rows.append((gettext("Figures, all to hold"), rows))

    def add_number(self, name: str, label: Any, least: int, most: int) -> None:
        """Add a whole number within bounds."""
        self.fields[name] = forms.IntegerField(label=label, min_value=least, max_value=most)

    def _where(self, name: str, count: int) -> rules.Where:
        given = self.cleaned_data
        found = []
        for place in range(count):
            kind = given.get(f"{name}_{place}_kind", "")
            if kind:
                found.append(self._read(f"{name}_{place}_value", rules.condition, kind))
        return tuple(found)

    def _tests(self) -> tuple[rules.Test, ...]:
        given, found = self.cleaned_data, []
        for place in range(rules.MOST_TESTS):
            what = given.get(f"test_{place}_what", "")
            if not what:
                continue
            over = given.get(f"test_{place}_over", "")
            if self.kind == rules.PROFILE and not over:
                raise rules.RuleNotRead(part=what, field=f"test_{place}_over")
            unit = rules.Test(what, rules.LEAST, 0, over).unit
            value = self._read(f"test_{place}_value", rules.value_of, unit)
            where = self._where(f"test_{place}_where", 1)
            op = given.get(f"test_{place}_op") or rules.LEAST
            found.append(rules.Test(what, op, value, over, where))
        return tuple(found)

    def _steps(self) -> tuple[rules.Where, ...]:
        if self.kind != rules.SEQUENCE:
            return ()
        every = (self._where(f"step_{n}", STEP_CONDITIONS) for n in range(rules.MOST_STEPS))
        return tuple(step for step in every if step)

    def _read(self, field: str, read: Any, what: str) -> Any:
        try:
            return read(what, self.cleaned_data.get(field, ""))
        except Refused as refusal:
            raise type(refusal)(field=field, **refusal.params) from refusal


def _single(form: RuleForm) -> None:
    if "number" in form.fields:
        form.fields["at_once"] = forms.BooleanField(
            label=_("Ask as a line is posted"), required=False, initial=True
        )
    form.fields["prevents"] = forms.BooleanField(
        label=_("Hold the posting until two people have decided"), required=False
    )
    form.add_conditions("where", gettext("Conditions, all to hold"), rules.MOST_CONDITIONS)


def _day(form: RuleForm) -> None:
    form.add_tests(over=False)
    head = gettext("Which lines count, all to hold")
    form.add_conditions("where", head, rules.MOST_CONDITIONS)


def _profile(form: RuleForm) -> None:
    form.add_number("days", _("Days looked back on"), 2, rules.DAYS_MOST)
    form.add_tests(over=True)


def _sequence(form: RuleForm) -> None:
    form.add_number("minutes", _("Within minutes"), 1, rules.MINUTES_MOST)
    for place in range(rules.MOST_STEPS):
        head = gettext("Step %(number)s") % {"number": place + 1}
        form.add_conditions(f"step_{place}", head, STEP_CONDITIONS)


def _ring(form: RuleForm) -> None:
    form.add_number("hops", _("Transfers at most"), 3, rules.HOPS_MOST)
    form.add_number("share", _("Percent that goes on at least"), 0, 100)
    form.add_number("days", _("Within days"), 1, rules.DAYS_MOST)
    head = gettext("Which lines count, all to hold")
    form.add_conditions("where", head, rules.MOST_CONDITIONS)


_PARTS = {
    rules.SINGLE: _single,
    rules.DAY: _day,
    rules.PROFILE: _profile,
    rules.SEQUENCE: _sequence,
    rules.RING: _ring,
}


def initial_of(version: RuleVersion) -> dict[str, Any]:
    """Return a version as the form's fields begin with it."""
    spec = version.says
    found: dict[str, Any] = {
        "level": version.level, "score": version.score, "entity": spec.entity,
        "prevents": version.prevents,
        "days": spec.days, "minutes": spec.minutes, "hops": spec.hops, "share": spec.share,
    }  # fmt: skip
    found |= _rows("where", spec.where)
    for place, step in enumerate(spec.steps):
        found |= _rows(f"step_{place}", step)
    for place, test in enumerate(spec.tests):
        found |= {
            f"test_{place}_over": test.over,
            f"test_{place}_what": test.what,
            f"test_{place}_op": test.op,
            f"test_{place}_value": rules.figure(test.unit, test.value),
        }
        found |= _rows(f"test_{place}_where", test.where)
    return found


def _rows(name: str, where: rules.Where) -> dict[str, str]:
    found = {}
    for place, (code, value) in enumerate(where):
        found[f"{name}_{place}_kind"] = code
        found[f"{name}_{place}_value"] = rules.told(code, value)
    return found


class Rules(forms.Form):
    """Which rules the list shows."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    link = forms.ChoiceField(label=_("Risk link"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, words in (("kind", rules.KINDS), ("link", rules.LINKS)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext("All")), *_choices(words, empty=False)]

    def said(self) -> dict[str, str]:
        """Return what narrows the list; what was typed wrongly does not."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class Start(forms.Form):
    """From when on a version counts."""

    valid_from = DayField(label=_("Valid from"))


class TrialSpan(forms.Form):
    """On which days past a version is tried."""

    first = DayField(label=_("From"))
    last = DayField(label=_("To"))

    def span(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return self.cleaned_data["first"], self.cleaned_data["last"]
