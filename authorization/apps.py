"""Registers authorization with Django."""

from django.apps import AppConfig


class AuthorizationConfig(AppConfig):
    name = "authorization"
    label = "authorization"
