"""A stored page goes through the job table to its copies and its reading, by the real worker."""

from foundation.imaging import rules, selectors
from foundation.people import services as people
from ops_platform import jobs


def test_a_stored_page_is_copied_and_read_by_the_worker(add, scan, document):
    page = add(scan)

    done = [jobs.run_job(), jobs.run_job()]

    with people.acting_as_system(reason="test"):
        (read,) = selectors.pages(document_id=document.pk)
        rows = selectors.comparison(document_id=document.pk, expected={"amount": 12345678})
        ready = selectors.is_read(document_id=document.pk)
    assert done == [True, True]
    assert (read.pk, read.state) == (page.pk, rules.READ)
    assert read.view
    assert ready
    assert [row.verdict for row in rows] == ["same", "same"]
