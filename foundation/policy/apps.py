"""Registers policy with Django."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "foundation.policy"
    label = "policy"
