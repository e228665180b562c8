"""What can never be in the database about batches, whoever writes it."""

import pytest
from django.db import IntegrityError, transaction

from foundation.imaging.models import Batch, BatchFile, Frame, PageQuality, Rescan
from foundation.people import services as people_services
from tests.factories import batches as factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def world(db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        supervisor = people.staff(bank.outlet, "outlet_supervisor")
        batch = factory.handed_over(bank.outlet, supervisor)
        frames = factory.scanned(batch, supervisor, (), ())
        yield batch, frames


def rows_of(batch, frame):
    """Return a row of each table that is good as it stands."""
    place = {"institution_id": batch.institution_id}
    return {
        Batch: place | {
            "number": "04202611230000999", "business_date": DAY, "sheets": 1,
            "handed_by": batch.handed_by, "handed_at": NOON,
        },
        BatchFile: place | {
            "batch": batch, "sha256": "0" * 64, "name": "a", "source": "upload", "size_bytes": 1,
            "original": "x", "came_by": "x", "came_at": NOON,
        },
        Frame: place | {"file": frame.file, "batch": batch, "number": 99, "part": "cover"},
        PageQuality: place | {
            "page": frame.page, "skew_tenths": 0, "light": 1, "ink_per_mille": 1,
            "edge_per_mille": 1, "side_pixels": 1, "measured_at": NOON,
        },
        Rescan: place | {"page": frame.page, "batch": batch, "faults": ["dark"], "asked_at": NOON},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "wrong", "constraint"),
    [
        (Batch, {"state": "lost"}, "imaging_batch_known"),
        (Batch, {"sheets": 0}, "imaging_batch_known"),
        (Batch, {"scanned_at": NOON}, "imaging_batch_scanned_by_and_at"),
        (Batch, {"state": "scanned"}, "imaging_batch_scanned"),
        (BatchFile, {"state": "taken"}, "imaging_file_state"),
        (BatchFile, {"state": "turned_away", "done_at": NOON}, "imaging_file_state"),
        (BatchFile, {"source": "post"}, "imaging_file_known"),
        (BatchFile, {"size_bytes": 0}, "imaging_file_known"),
        (Frame, {"part": "main"}, "imaging_frame_part"),
        (Frame, {"number": 0}, "imaging_frame_once"),
        (PageQuality, {"light": 256}, "imaging_quality_bounds"),
        (Rescan, {"done_at": NOON}, "imaging_rescan_done"),
    ],
)
def test_is_refused_by_the_database(world, model, wrong, constraint):
    batch, (frame, _other) = world
    good = rows_of(batch, frame)[model]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**good | wrong)
    model.objects.create(**good)


def test_a_matched_batch_has_its_moment_and_a_page_one_frame(world):
    batch, (frame, other) = world
    with pytest.raises(IntegrityError, match="imaging_batch_dated"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(
            state="matched", scanned_by=batch.handed_by, scanned_at=NOON
        )
    good = rows_of(batch, frame)[Frame]
    with pytest.raises(IntegrityError, match="page_id"), transaction.atomic():
        Frame.objects.create(**good | {"part": "back", "page": other.page})


def test_the_same_bytes_are_one_file_unless_turned_away(world):
    batch, (frame, _other) = world
    good = rows_of(batch, frame)[BatchFile]
    BatchFile.objects.create(**good)

    with pytest.raises(IntegrityError, match="imaging_file_once"), transaction.atomic():
        BatchFile.objects.create(**good)
    BatchFile.objects.create(**good | {"state": "turned_away", "refusal": "E4113", "done_at": NOON})
