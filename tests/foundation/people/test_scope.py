"""The scope: what the process may see the database lets it see, and not a row more."""

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from foundation.kernel import scope
from foundation.people import selectors, services
from foundation.people.apps import scopes_are_kept
from foundation.people.models import Institutional
from foundation.trail.models import Event
from tests.database import _connected_to as connected_to
from tests.factories import people as factory
from tests.foundation.people.conftest import AT, hired

MODELS = [model for model in apps.get_models() if issubclass(model, Institutional)]
NAMES = [model.__name__ for model in MODELS]


def seen():
    with connection.cursor() as line:
        line.execute("SELECT count(*) FROM trail_event")
        return line.fetchone()[0]


def setting():
    with connection.cursor() as line:
        line.execute("SELECT current_setting('app.scope', true)")
        return line.fetchone()[0]


@pytest.fixture
def two_events(bank):
    with services.acting_as_system(reason="test"):
        for place in (bank.outlet, bank.elsewhere):
            Event.objects.create(institution_id=place.pk, at=AT, actor="x", action="x", subject="x")
    return bank


def test_outside_every_scope_the_database_shows_nothing(two_events):
    assert seen() == 0


def test_each_sees_their_own(two_events, teller):
    with services.acting(staff=teller):
        assert seen() == 1
    with services.acting_as_system(reason="test"):
        assert seen() == 2


def test_inside_another_scope_and_back_again(two_events, teller):
    with services.acting(staff=teller):
        with services.acting_as_system(reason="test"):
            assert (seen(), scope.current()) == (2, "*")
        assert (seen(), scope.current()) == (1, (two_events.outlet.pk,))
    assert seen() == 0


def test_a_fault_inside_takes_the_scope_back_as_well(two_events, teller):
    with services.acting(staff=teller):
        with pytest.raises(ZeroDivisionError), services.acting_as_system(reason="test"):
            _ = 1 / 0
        assert (seen(), scope.current()) == (1, (two_events.outlet.pk,))


def test_a_foreign_row_is_neither_written_nor_changed(two_events, teller):
    with (
        services.acting(staff=teller),
        pytest.raises(Error, match="row-level security"),
        transaction.atomic(),
    ):
        Event.objects.create(
            institution_id=two_events.elsewhere.pk, at=AT, actor="x", action="x", subject="x"
        )


def test_the_setting_ends_with_the_transaction(committed_db):
    with services.acting_as_system(reason="test"):
        assert setting() == "*"

    # Empty, not absent: the policy must not stumble over the cast.
    assert setting() == ""
    assert seen() == 0


def test_what_another_left_in_the_pool_is_overwritten(committed_db):
    with services.acting_as_system(reason="test"):
        bank = factory.branch()
        teller = hired(bank.outlet, "teller")
    with connection.cursor() as line:
        line.execute("SET app.scope = '*'")

    with services.acting(staff=teller):
        assert setting() == str(bank.outlet.pk)


def test_the_owner_is_held_as_well(committed_db):
    with services.acting_as_system(reason="test"):
        Event.objects.create(institution_id=1, at=AT, actor="x", action="x", subject="x")

    with committed_db.as_owner() as line:
        line.execute("SELECT count(*) FROM trail_event")
        assert line.fetchone() == (0,)


def faults():
    return [fault.id for fault in scopes_are_kept(databases=["default"])]


def test_every_table_of_institutions_is_locked_and_the_role_is_held(db):
    assert len(selectors.institutional_tables()) == len(MODELS) + 2
    assert faults() == []


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_outside_a_scope_the_process_refuses_before_the_database(db, model):
    with pytest.raises(scope.NoScope):
        list(model.objects.all())


def test_a_start_as_a_mighty_role_is_refused(committed_db, settings):
    settings.OPS_DB_ROLE = "app"
    with connected_to(committed_db, "owner"):
        assert faults() == ["people.E001"]


def test_a_view_that_would_show_everything_is_found(committed_db):
    with committed_db.as_owner() as line:
        line.execute("CREATE VIEW leak AS SELECT * FROM trail_event")
    assert faults() == ["people.E003"]

    with committed_db.as_owner() as line:
        line.execute("ALTER VIEW leak SET (security_barrier = true)")
    assert faults() == ["people.E003"]
    with committed_db.as_owner() as line:
        line.execute("ALTER VIEW leak SET (security_invoker = true)")
    assert faults() == []


def test_a_view_of_which_one_column_may_be_read_is_found(committed_db):
    with committed_db.as_owner() as line:
        line.execute("CREATE VIEW leak AS SELECT * FROM trail_event")
        line.execute("REVOKE ALL ON leak FROM PUBLIC, ops_app")
    assert faults() == []

    with committed_db.as_owner() as line:
        line.execute("GRANT SELECT (subject) ON leak TO ops_app")
    assert faults() == ["people.E003"]


def test_a_view_kept_as_a_table_is_found(committed_db):
    with committed_db.as_owner() as line:
        line.execute("CREATE MATERIALIZED VIEW leak AS SELECT * FROM trail_event")
    assert faults() == ["people.E003"]


def test_a_table_without_its_lock_is_found(committed_db):
    with committed_db.as_owner() as line:
        line.execute("ALTER TABLE trail_event NO FORCE ROW LEVEL SECURITY")

    assert faults() == ["people.E002"]


def broken(act):
    act()
    raise ZeroDivisionError


class TestAtEnd:
    """What is to be done before the commit is done once, and not if it was taken back."""

    def test_all_of_a_kind_is_done_together_at_the_end(self, bank):
        done = []
        with services.acting_as_system(reason="test"):
            for given in (1, 2):
                services.at_end(do=done.append, given=given)
            assert done == []
        assert done == [[1, 2]]

    def test_what_a_savepoint_takes_back_is_left_out(self, bank):
        done = []
        with services.acting_as_system(reason="test"):
            services.at_end(do=done.append, given="kept")
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                broken(lambda: services.at_end(do=done.append, given="taken back"))
        assert done == [["kept"]]

    def test_a_fault_leaves_all_of_it_out(self, bank):
        done = []
        with pytest.raises(ZeroDivisionError), services.acting_as_system(reason="test"):
            broken(lambda: services.at_end(do=done.append, given=1))
        with services.acting_as_system(reason="test"):
            pass
        assert done == []

    def test_the_outermost_scope_does_it(self, bank):
        done = []
        with services.acting_as_system(reason="outer"):
            services.at_end(do=done.append, given="outer")
            with services.acting_as_system(reason="inner"):
                services.at_end(do=done.append, given="inner")
            assert done == []
        assert done == [["outer", "inner"]]

    def test_outside_a_scope_it_is_done_now(self, committed_db):
        done = []
        services.at_end(do=done.append, given=1)
        assert done == [[1]]
