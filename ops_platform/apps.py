"""Registers ops_platform with Django."""

from django.apps import AppConfig


class OpsPlatformConfig(AppConfig):
    name = "ops_platform"
    label = "ops_platform"
