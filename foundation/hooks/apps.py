"""Registers hooks with Django."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "foundation.hooks"
    label = "hooks"
