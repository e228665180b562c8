"""The bank of the benchmarks is written as the tables are."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db.models import NOT_PROVIDED

from ops_platform.bench.bank._growing import SQL

INSERTED = re.compile(r"INSERT INTO (\w+)\s*\(([^)]*)\)")
FIELDS = {
    meta.db_table: meta.concrete_fields
    for meta in (model._meta for model in apps.get_models())  # noqa: SLF001 -- as Django says
}


@pytest.mark.parametrize(("table", "columns"), INSERTED.findall(SQL.read_text()))
def test_each_row_has_every_column_that_wants_a_value(table, columns):
    named = {name.strip(' "\n') for name in columns.split(",")}
    wanted = {
        field.column
        for field in FIELDS[table]
        if not (field.null or field.primary_key or field.generated)
        and field.db_default is NOT_PROVIDED
    }

    assert not wanted - named
