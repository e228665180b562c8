"""The trail is sealed off the hot path, and whatever is done to it afterwards is found."""

from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg2
import pytest
from django.db import Error, connection, transaction

from foundation.people import services as people
from foundation.trail import rules, selectors, services, tasks
from foundation.trail.gateways import Anchor
from foundation.trail.models import Event, Seal
from ops_platform.env import env
from ops_platform.stack import roles
from tests.factories import trail as factory

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HERE, THERE = 11, 12


@contextmanager
def all_of_it():
    with people.acting_as_system(reason="test"):
        yield


COLUMNS = 'institution_id, at, actor, action, subject, result, "where", request_id, detail'


def happened(institution=HERE, action="x", times=1):
    for _ in range(times):
        with all_of_it():
            services.record(
                institution_id=institution, actor="110037 李静", action=action, subject="s:1",
                at=AT,
                detail={"before": {"grade": 1}, "after": {"grade": 2}},
            )  # fmt: skip


def sealed():
    with all_of_it():
        return services.seal(at=AT)


def impatient(service):
    with connection.cursor() as line:
        line.execute("SET LOCAL lock_timeout = '200ms'")
    service(at=AT)


@pytest.fixture
def anchor(tmp_path):
    return Anchor(tmp_path / "anchors" / "trail.jsonl", "key")


@pytest.fixture
def books(committed_db, anchor):
    """Two institutions with three seals each, anchored."""
    for _ in range(3):
        happened(HERE, times=3)
        happened(THERE, times=2)
        assert set(factory.seal_all(at=AT)) == {HERE, THERE}
    with all_of_it():
        services.drop_anchor(anchor=anchor, at=AT)
    return committed_db


def found(anchor=None):
    with all_of_it():
        known = anchor.read() if anchor else rules.NOTHING_ANCHORED
        return [
            (one.institution_id, one.seq, one.kind)
            for one in selectors.broken_seals(anchored=known)
        ]


def tampered(database, *statements):
    """Do as the owner of the tables can: switch the triggers and the policy off, and write."""
    off = [
        f"ALTER TABLE {table} {word}"
        for table in ("trail_event", "trail_seal")
        for word in ("DISABLE TRIGGER USER", "NO FORCE ROW LEVEL SECURITY")
    ]
    with database.as_owner() as line:
        for statement in (*off, *statements):
            line.execute(statement)
        for table in ("trail_event", "trail_seal"):
            line.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def first_event(institution=HERE, order="ASC"):
    return (
        f"(SELECT id FROM trail_event WHERE institution_id = {institution} ORDER BY id {order}"
        " LIMIT 1)"
    )


class TestSealing:
    def test_what_is_finished_is_sealed_once(self, committed_db):
        happened(times=3)

        assert set(factory.seal_all(at=AT)) == {HERE}
        assert sealed() == {}
        with all_of_it():
            assert [row.count for row in Seal.objects.all()] == [3]
        assert found() == []

    def test_seals_of_each_institution_follow_one_another(self, books):
        with all_of_it():
            seals = Seal.objects.filter(institution_id=HERE).order_by("seq")
            assert [row.seq for row in seals] == [1, 2, 3]
            assert [row.former for row in seals][1:] == [row.digest for row in seals][:-1]

    def test_what_commits_late_is_sealed_later_though_its_id_is_lower(self, committed_db):
        insert = (
            f"INSERT INTO trail_event ({COLUMNS})"
            " VALUES (11, now(), 'late', 'x', 's:1', 'ok', '', '', '{}')"
        )
        with committed_db.as_owner() as line:
            line.execute("BEGIN")
            line.execute("SET LOCAL app.scope = '*'")
            line.execute(insert)
            happened()
            assert sealed() == {}
            line.execute("COMMIT")

        factory.seal_all(at=AT)
        with all_of_it():
            assert sum(Seal.objects.values_list("count", flat=True)) == 2
        assert found() == []

    def test_two_rounds_at_once_wait_for_each_other(self, committed_db):
        with committed_db.as_owner() as line:
            line.execute("BEGIN")
            line.execute("SELECT pg_advisory_xact_lock(hashtextextended('trail.seal', 0))")
            with all_of_it(), pytest.raises(Error, match="lock timeout"), transaction.atomic():
                impatient(services.seal)

    def test_a_restored_dump_is_not_sealed_blindly(self, books):
        tampered(books, "UPDATE trail_seal SET upto_tx = upto_tx + 1000000 WHERE seq = 3")

        with pytest.raises(rules.RestoredElsewhere):
            sealed()

    def test_after_the_restart_sealing_goes_on(self, books):
        tampered(
            books,
            "UPDATE trail_seal SET upto_tx = upto_tx + 1000000 WHERE seq = 3",
            "ALTER TABLE trail_event ENABLE TRIGGER USER",
        )
        with books.as_owner() as line:
            line.execute("SELECT trail_count_on() > 1000000, trail_count_on()")
            assert line.fetchone() == (True, 0), "and a second time nothing is added"
        happened()

        assert set(factory.seal_all(at=AT)) == {HERE}

    def test_the_jobs_may_run_twice(self, committed_db, settings, tmp_path):
        settings.OPS_VAR = tmp_path
        happened()
        for _ in range(2):
            for task in (tasks.seal, tasks.drop_anchor):
                with all_of_it():
                    task()()
        assert len((tmp_path / "anchors" / "trail.jsonl").read_text().splitlines()) == 1

    def test_how_long_the_oldest_waits_is_known(self, committed_db):
        with all_of_it():
            assert selectors.oldest_unsealed(at=AT).total_seconds() == 0
        happened()
        later = AT.replace(hour=5)
        with all_of_it():
            assert selectors.oldest_unsealed(at=later).total_seconds() == 3600


def test_nobody_chooses_the_number_of_a_transaction(db):
    with all_of_it(), connection.cursor() as line:
        line.execute(
            f"INSERT INTO trail_event ({COLUMNS}, tx) VALUES"
            " (11, now(), 'x', 'x', 's:1', 'ok', '', '', '{}', 9000000000)"
            " RETURNING tx = trail_tx()"
        )
        assert line.fetchone() == (True,)


def test_the_count_goes_on_by_itself_only_after_a_restore(books):
    with books.as_owner() as line:
        line.execute("SELECT trail_count_on()")
        assert line.fetchone() == (0,)
    with connection.cursor() as line, pytest.raises(Error, match="permission denied"):
        line.execute("SELECT trail_count_on()")


class TestHorizon:
    """What holds sealing back: whatever is open in this database, and nothing else."""

    @staticmethod
    def writing(line):
        line.execute("BEGIN")
        line.execute("SELECT pg_current_xact_id()::text::bigint")
        return line.fetchone()[0]

    @staticmethod
    def horizon():
        with transaction.atomic(), connection.cursor() as line:
            line.execute("SELECT trail_finished_tx()")
            return line.fetchone()[0]

    def test_another_database_does_not(self, committed_db):
        elsewhere = roles.with_database(env.dsn("owner"), "postgres")
        with roles.connected(elsewhere) as line:
            number = self.writing(line)
            happened()

            assert self.horizon() > number
            assert set(factory.seal_all(at=AT)) == {HERE}

    def test_this_database_does(self, committed_db):
        with committed_db.as_owner() as line:
            number = self.writing(line)
            happened()

            assert self.horizon() == number
            assert sealed() == {}

    def test_the_sealing_transaction_itself_does(self, committed_db):
        with transaction.atomic(), connection.cursor() as line:
            line.execute("SELECT pg_current_xact_id()::text::bigint")
            [number] = line.fetchone()
            happened()  # another transaction would be finished; this is the same one
            with committed_db.as_owner() as other:
                other.execute("SELECT pg_current_xact_id()")
            line.execute("SELECT trail_finished_tx()")

            assert line.fetchone() == (number,)


class TestTampering:
    """Each of the seven, as somebody who owns the tables would do it."""

    def test_untouched_books_are_whole(self, books, anchor):
        assert found() == found(anchor) == []

    def test_an_edited_event(self, books):
        tampered(books, f"UPDATE trail_event SET actor = 'x' WHERE id = {first_event()}")

        assert found() == [(HERE, 1, rules.CHANGED)]

    def test_an_event_deleted_from_the_middle(self, books):
        tampered(books, f"DELETE FROM trail_event WHERE id = {first_event()}")

        assert found() == [(HERE, 1, rules.CHANGED)]

    def test_an_edit_with_its_seal_made_right_again(self, books):
        tampered(
            books,
            f"UPDATE trail_event SET actor = 'x' WHERE id = {first_event()}",
            self._right(books, 1),
        )

        assert found() == [(HERE, 2, rules.BROKEN_LINK)]

    def test_the_newest_seal_and_its_events_deleted(self, books, anchor):
        tampered(
            books,
            "DELETE FROM trail_event e USING trail_seal s WHERE s.institution_id = 11 AND s.seq = 3"
            " AND e.institution_id = 11 AND e.tx >= s.from_tx AND e.tx < s.upto_tx",
            "DELETE FROM trail_seal WHERE institution_id = 11 AND seq = 3",
        )

        assert found() == []
        assert found(anchor) == [(HERE, 3, rules.TAIL_LOST)]

    def test_everything_of_an_institution_deleted(self, books, anchor):
        tampered(
            books,
            "DELETE FROM trail_event WHERE institution_id = 11",
            "DELETE FROM trail_seal WHERE institution_id = 11",
        )

        assert found() == []
        assert found(anchor) == [(HERE, 0, rules.CHAIN_LOST)]

    def test_the_end_rewritten_and_right_in_itself(self, books, anchor):
        last = first_event(order="DESC")
        tampered(
            books, f"UPDATE trail_event SET actor = 'x' WHERE id = {last}", self._right(books, 3)
        )

        assert found() == []
        assert found(anchor) == [(HERE, 3, rules.REWRITTEN)]

    def test_an_event_slipped_in_among_the_sealed(self, books):
        tampered(
            books,
            f"INSERT INTO trail_event ({COLUMNS}, tx)"
            " SELECT 11, now(), 'x', 'x', 's:1', 'ok', '', '', '{}', from_tx"
            " FROM trail_seal WHERE institution_id = 11 AND seq = 2",
        )

        assert found() == [(HERE, 2, rules.CHANGED)]

    def test_a_seal_taken_from_the_middle(self, books):
        tampered(books, "DELETE FROM trail_seal WHERE institution_id = 11 AND seq = 2")

        assert (HERE, 3, rules.GAP) in found()
        assert (HERE, 0, rules.UNSEALED) in found()

    def test_the_anchor_itself_changed(self, books, anchor):
        anchor.path.write_text(anchor.path.read_text().replace('"11":[3', '"11":[2'))

        assert (0, 0, rules.BAD_ANCHOR) in found(anchor)

    def _right(self, books, seq):
        """Return the statement that gives a seal the hash that now fits."""
        with all_of_it():
            row = Seal.objects.get(institution_id=HERE, seq=seq)
        stretch = rules.Stretch(HERE, seq, row.from_tx, row.upto_tx, row.former)
        with all_of_it():
            events = [dict(event) for event in selectors.sealed_events(stretch=stretch)]
        events[-1 if seq == 3 else 0]["actor"] = "x"
        _, digest = rules.seal(stretch, events)
        return (
            f"UPDATE trail_seal SET digest = '{digest}' WHERE institution_id = 11 AND seq = {seq}"
        )


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["trail_event", "trail_seal"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"]
    )
    def test_the_application_may_not(self, db, table, statement):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement.format(table))

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE trail_event SET actor = 'x'", "DELETE FROM trail_event", "TRUNCATE trail_event"],
    )
    def test_nor_the_owner_while_the_triggers_stand(self, books, statement):
        with books.as_owner() as line:
            line.execute("SET app.scope = '*'")
            with pytest.raises(psycopg2.errors.IntegrityConstraintViolation):
                line.execute(statement)

    def test_the_triggers_hold_for_replication_as_well(self, books):
        with books.as_owner() as line:
            line.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'A' AND tgname ~ '^trail_'"
            )
            assert line.fetchone() == (10,)


def test_an_action_without_its_trail_does_not_stand(committed_db):
    with pytest.raises(AssertionError):
        services.record(institution_id=1, actor="x", action="x", subject="x", at=AT)


def test_a_line_is_one_line_and_knows_its_request(committed_db):
    with all_of_it(), services.told_from(where="10.0.0.1", request_id="abc"):
        services.record(institution_id=1, actor="a\nb", action="x", subject="x" * 99, at=AT)
    with all_of_it():
        event = Event.objects.get()

    assert (event.actor, len(event.subject)) == ("a�b", 80)
    assert (event.where, event.request_id) == ("10.0.0.1", "abc")


def test_ten_thousand_events_are_checked_in_a_moment(committed_db):
    with all_of_it(), connection.cursor() as line:
        line.execute(
            f"INSERT INTO trail_event ({COLUMNS})"
            " SELECT 11, now(), '110037 李静', 'x', 's:' || n, 'ok', '', '',"
            " '{\"n\": 1}' FROM generate_series(1, 10000) n"
        )
    factory.seal_all(at=AT)

    assert found() == []
