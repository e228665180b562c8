"""Tags and filters of every template: money, masking, icons, states, help, fields."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from foundation.kernel import text
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.ui import addresses, keyboard, menu, states, subjects, timed, told, words
from foundation.ui import table as tables

register = template.Library()
SPRITE = "ops/icons.svg"
DECORATION = mark_safe('aria-hidden="true"')
NOTHING = tables.NOTHING
_LONG_NUMBER = re.compile("[0-9]{12,}")


@register.filter
def money(amount: Money | int | str | None) -> str:
    """Show whole fen, or Money, as 1,234.50; nothing as a dash."""
    if amount is None or amount == "":
        return NOTHING
    return _money(amount).format()


@register.filter
def capitals(amount: Money | int | str | None) -> str:
    """Show an amount in the capitals of bills."""
    return "" if amount is None or amount == "" else _money(amount).capitals()


@register.filter
def account(number: str) -> str:
    """Show an account number in groups of four."""
    return text.group_by_four(str(number or ""))


@register.filter
def in_groups(shown: str) -> str:
    """Show a long run of digits in groups of four, and any other text as it is."""
    return text.group_by_four(shown) if _LONG_NUMBER.fullmatch(str(shown)) else str(shown)


@register.filter
def mask_account(number: str) -> str:
    """Show only the first six and the last four characters of an account number."""
    return text.mask_account(str(number or ""))


@register.filter
def mask_id(number: str) -> str:
    """Show only the first three and the last four characters of an identity number."""
    return text.mask_id(str(number or ""))


@register.filter
def mask_mobile(number: str) -> str:
    """Show only the first three and the last four digits of a mobile number."""
    return text.mask_mobile(str(number or ""))


@register.filter
def mask_name(name: str) -> str:
    """Show only the first character of a person's name."""
    return text.mask_name(str(name or ""))


@register.filter
def translated(msgid: str) -> str:
    """Show a text that code keeps in English, such as a menu's title, as the person reads it."""
    return gettext(str(msgid)) if msgid else ""


@register.filter
def actor(label: str) -> str:
    """Show who acted: a person by number and name, the platform itself in the reader's language.

    What part of the platform it was may follow the word: `system: automatic tier`.
    """
    found = re.match(r"system\b(?:: (.+))?", str(label))
    return gettext(found[1] or "the platform") if found else str(label)


@register.filter
def outcome(result: str) -> str:
    """Show how something on the trail ended, in plain words."""
    return told.outcome(result)


@register.filter
def details(event: told.Event) -> list[tuple[str, str]]:
    """Show what an event of the trail says, as pairs of words."""
    return list(told.details(event))


@register.filter
def gist(event: told.Event) -> str:
    """Show in one line what is to be read of an event beside what was done."""
    return told.gist(event)


@register.filter
def refusal_text(refusal: Refused) -> str:
    """Show what a refusal says."""
    return refusal.shown(gettext)


@register.filter
def refusal_hint(refusal: Refused) -> str:
    """Show what can be done about a refusal."""
    return refusal.hinted(gettext)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; with a label it speaks, without it is decoration."""
    return _icon(_sprite(settings.STATIC_URL), name, label)


@lru_cache(maxsize=10)
def _sprite(_below: str) -> str:
    return static(SPRITE)


@lru_cache(maxsize=1_000, typed=True)  # a safe text is another than its plain twin
def _icon(sprite: str, name: str, label: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else DECORATION
    return format_html(
        '<svg class="op-icon" {}><use href="{}#{}"></use></svg>', spoken, sprite, name
    )


@register.simple_tag
def state_badge(state: str, label: str = "", kind: str = "") -> SafeString:
    """Show the state of an item by word, colour and sign."""
    seen = states.look(str(state))
    word = label or (gettext(seen.text) if seen.text else str(state))
    return _badge(kind or seen.kind, icon(seen.icon), word)


@lru_cache(maxsize=1_000, typed=True)  # a safe text is another than its plain twin
def _badge(colour: str, sign: SafeString, word: str) -> SafeString:
    return format_html(
        '<span class="op-chip{}">{}{}</span>', f" op-chip--{colour}" if colour else "", sign, word
    )


@register.simple_tag
def chip(kind: str, icon_name: str, word: str) -> SafeString:
    """Mark something by word, colour and sign."""
    return _badge(kind, icon(icon_name), word)


@register.simple_tag
def table(table: tables.Table, caption: str, role: str = "region") -> SafeString:
    """Draw a list that the page gave as cells."""
    return tables.drawn(table=table, caption=caption, role=role)


@register.filter
def allowed(address: str, held: Container[str]) -> bool:
    """Tell whether a link may be offered: a page that refuses is not."""
    return bool(address) and addresses.allowed(address, held)


@register.simple_tag(takes_context=True)
def key(context: Context, action: str) -> SafeString:
    """Give an element the person's key of an action, for scripts and for screen readers."""
    name = key_name(context, action)
    return format_html('data-key="{}" aria-keyshortcuts="{}"', name, keyboard.spoken(name))


@register.simple_tag
def digit(number: int) -> SafeString:
    """Give an element of a list the digit of its place: nobody can change it (`Screen.always`)."""
    return format_html('data-key="{}" aria-keyshortcuts="{}"', number, number)


@register.simple_tag(takes_context=True)
def kbd(context: Context, action: str, look: str = "") -> SafeString:
    """Show the person's key of an action."""
    name = keyboard.shown(key_name(context, action))
    more = format_html(' class="{}"', look) if look else ""
    return format_html("<kbd{}>{}</kbd>", more, name)


@register.simple_tag(takes_context=True)
def key_name(context: Context, action: str) -> str:
    """Return the person's key of an action, for use inside a text or an attribute."""
    keys: dict[str, str] = context["shell"].keys
    return keys[action]


@register.simple_tag(takes_context=True)
def keys_for_scripts(context: Context) -> SafeString:
    """Send the keys that the person chose, as data: scripts know the usual ones themselves."""
    usual = keyboard.usual()
    keys = context["shell"].keys.items()
    chosen = {action: key for action, key in keys if key != usual[action]}
    return json_script(chosen, "ops-keymap")


@register.simple_tag
def subject(raw: str, names: subjects.Names) -> SafeString | str:
    """Show what a subject is called, with a link where it opens; any other text as it is."""
    found = names.get(str(raw))
    return subjects.drawn(found) if found else str(raw)


@register.simple_tag(takes_context=True)
def timed_url(context: Context, name: str, *args: object) -> str:
    """Return the address of a page that holds for some minutes, for this reader alone."""
    return timed.address(context["request"], name, *args)


@register.simple_tag
def subject_text(raw: str, names: subjects.Names) -> str:
    """Show what a subject is called, where it stands in a link to another page already."""
    return str(names.get(str(raw), raw))


@register.simple_tag
def help(slug: str, label: str = "") -> SafeString:  # noqa: A001 -- the tag's name in templates
    """Put a small question mark that opens a page of the manual in the drawer."""
    return format_html(
        '<button type="button" class="op-link" data-manual="{}" aria-label="{}">{}</button>',
        slug,
        label or gettext("Help on this"),
        icon("help-circle"),
    )


@register.simple_tag
def mark_differences(keyed: str, read: str) -> str:
    """Show the second text with the characters marked in which it differs from the first."""
    first, second = str(keyed or ""), str(read or "")
    if len(first) != len(second):
        return format_html("<mark>{}</mark>", in_groups(second)) if second else NOTHING
    if _LONG_NUMBER.fullmatch(first) and _LONG_NUMBER.fullmatch(second):
        first, second = in_groups(first), in_groups(second)
    runs = groupby(zip(first, second, strict=True), key=lambda pair: pair[0] != pair[1])
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", run) if differs else run,)
            for differs, pairs in runs
            for run in ["".join(char for _, char in pairs)]
        ),
    )


@register.simple_tag
def control(field: BoundField, **attributes: Any) -> SafeString:
    """Draw the input of a form field with its hint and error tied to it for screen readers."""
    described = [
        f"{field.id_for_label}-{part}"
        for part, there in (("hint", field.help_text), ("error", field.errors))
        if there
    ]
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def open_day(institution_id: int) -> date | None:
    """Return the business day that is open at an institution, for whom no ledger can be asked."""
    return menu.open_day(institution_id)


@register.simple_tag
def words_for_scripts() -> SafeString:
    """Send the words that scripts speak, as data; made once for each language."""
    return _words_in(get_language() or "")


@lru_cache
def _words_in(language: str) -> SafeString:
    del language
    return json_script(words.spoken(), "ops-words")


def _money(amount: Money | int | str) -> Money:
    return amount if isinstance(amount, Money) else Money(int(amount))
