"""The scope is entered and left in the process, and written as one policy for the database."""

from __future__ import annotations

import threading

import pytest

from foundation.kernel import scope


def test_outside_every_scope_there_is_none():
    assert not scope.inside()
    with pytest.raises(scope.NoScope):
        scope.current()


def test_the_former_scope_returns_at_the_end_of_a_block_and_of_a_fault():
    def fail() -> None:
        with scope.entered(scope.EVERYTHING):
            assert scope.current() == scope.EVERYTHING
            raise LookupError

    with scope.entered((1, 4)):
        with pytest.raises(LookupError):
            fail()
        assert scope.current() == (1, 4)
    assert not scope.inside()


def test_the_scope_of_one_thread_is_not_seen_in_another():
    seen = []

    with scope.entered((1,)):
        other = threading.Thread(target=lambda: seen.append(scope.inside()))
        other.start()
        other.join()

    assert seen == [False]


@pytest.mark.parametrize(
    ("entered", "setting"), [((), ""), ((7,), "7"), ((1, 4, 9), "1,4,9"), ("*", "*")]
)
def test_the_scope_is_written_as_the_policies_read_it(entered, setting):
    assert scope.as_setting(entered) == setting


@pytest.mark.parametrize("wrong", ["1,2", ("*",), ("1",), (True,), (1, None)])
def test_a_scope_of_anything_but_ids_is_refused(wrong):
    with pytest.raises(TypeError), scope.entered(wrong):
        pass


def test_the_policy_is_enabled_forced_and_checks_reads_and_writes():
    enable, force, policy = scope.rls_sql("ledger_entry")

    assert enable == "ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY"
    assert force == "ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY"
    assert policy.startswith("CREATE POLICY ledger_entry_scope ON ledger_entry FOR ALL USING (")
    using, _, check = policy.partition(" USING ")[2].partition(" WITH CHECK ")
    assert using == check
    assert using.startswith("(institution_id IN (select unnest(string_to_array(nullif(nullif(")


def test_the_policy_may_stand_on_another_column():
    assert "USING (id IN (select " in scope.rls_sql("people_institution", column="id")[2]


def test_the_policy_can_be_taken_away():
    assert scope.rls_undo_sql("ledger_entry")[0] == (
        "DROP POLICY IF EXISTS ledger_entry_scope ON ledger_entry"
    )


@pytest.mark.parametrize("name", ["", "a b", "a;drop", 'a"', "A", "1a", "a" * 59])
def test_a_name_that_is_no_plain_identifier_is_refused(name):
    with pytest.raises(ValueError, match="plain identifier"):
        scope.rls_sql(name)
    with pytest.raises(ValueError, match="plain identifier"):
        scope.rls_sql("t", column=name)
    with pytest.raises(ValueError, match="plain identifier"):
        scope.rls_undo_sql(name)


def test_what_is_for_the_system_alone_names_its_setting_and_no_institution():
    statements = scope.system_only_sql("people_secret")

    assert "= '*'" in statements[2]
    assert "institution" not in "".join(statements)
    with pytest.raises(ValueError, match="plain identifier"):
        scope.system_only_sql("people; DROP")
