"""Migrations are quick, and bring about what the models say."""

# ruff: noqa: SLF001 -- what is tried is below the surface of Django

from typing import Any

from django.apps import apps
from django.core.management import get_commands
from django.db import connection, models
from django.db.migrations.operations import AddConstraint, CreateModel
from django.db.migrations.state import ProjectState

from ops_platform.migrating import one_model_at_a_time

THERE = """
SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0
UNION SELECT relname, conname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
UNION SELECT tablename, indexname FROM pg_indexes
"""
PLAIN = ProjectState._find_reload_model


def drawn() -> ProjectState:
    """Return a state of two models, one leading to the other, with their classes made."""
    state = ProjectState()
    key: Any = ("id", models.BigAutoField(primary_key=True))
    leads: Any = ("house", models.ForeignKey("x.House", models.PROTECT))
    CreateModel("House", [key]).state_forwards("x", state)
    CreateModel("Person", [key, leads]).state_forwards("x", state)
    assert state.apps.get_model("x", "Person")
    return state


def changed(state: ProjectState) -> ProjectState:
    rule = models.CheckConstraint(condition=models.Q(id__gt=0), name="above")
    AddConstraint("House", rule).state_forwards("x", state)
    return state


def test_the_command_that_migrates_is_the_quick_one():
    assert get_commands()["migrate"] == "ops_platform"


def test_an_operation_makes_only_its_own_model_anew_and_after_it_all_are_as_ever():
    state = drawn()
    house, person = state.apps.get_model("x", "House"), state.apps.get_model("x", "Person")
    with one_model_at_a_time():
        changed(state)

    assert state.apps.get_model("x", "House") is not house
    assert state.apps.get_model("x", "Person") is person
    assert PLAIN is ProjectState._find_reload_model


def test_what_works_with_rows_gets_all_models_made_anew():
    state = drawn()
    with one_model_at_a_time():
        changed(state)
    state.clear_delayed_apps_cache()

    house = state.apps.get_model("x", "House")
    assert state.apps.get_model("x", "Person")._meta.get_field("house").related_model is house
    assert [rule.name for rule in house._meta.constraints] == ["above"]


def test_every_table_has_the_columns_rules_and_indexes_of_its_model(db):
    with connection.cursor() as line:
        line.execute(THERE)
        there = set(line.fetchall())
    wanted = {
        (model._meta.db_table, name)
        for model in apps.get_models(include_auto_created=True)
        for name in (
            *(field.column for field in model._meta.local_concrete_fields),
            *(one.name for one in (*model._meta.constraints, *model._meta.indexes)),
        )
    }

    assert len(wanted) > 1_000
    assert not wanted - there
