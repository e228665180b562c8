"""What is said of an item: on site as it stands here, and at a desk under its lease."""

from __future__ import annotations

from django import forms

from authorization import rules


class Said(forms.Form):
    """A yes or a no, about which content, and why."""

    step = forms.ChoiceField(choices=[(step, step) for step in rules.DECISIONS])
    shown = forms.CharField(max_length=64)
    reasons = forms.MultipleChoiceField(
        choices=[(code, code) for code in rules.REASONS], required=False
    )
    remark = forms.CharField(max_length=200, required=False)
