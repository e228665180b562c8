"""Posts given by two administrators, and asked for in SQL; for the tests of posts."""

from datetime import date

from django.db import connection

from foundation.people import services
from foundation.people.models import Post
from tests.foundation.people.conftest import AT

COLUMNS = "INSERT INTO people_post (staff_id, institution_id, title, valid_from)"
LATER = date(2089, 12, 1)


def raw(question, *values):
    """Ask the database itself, as the application's role, past the ORM."""
    with connection.cursor() as line:
        line.execute(question, values)
        return line.fetchall() if line.description else line.rowcount


def proposed(staff, by, where, title="大堂", *, on=LATER, at=AT):
    """Propose a post as an administrator does."""
    with services.acting(staff=by):
        return services.propose_post(
            staff=staff, institution=where, title=title, valid_from=on, reason="轮岗", by=by, at=at
        )


def decided(proposal, by, *, approve=True, at=AT):
    """Decide a proposal as an administrator does."""
    with services.acting(staff=by):
        return services.decide_post(proposal_id=proposal.pk, approve=approve, by=by, at=at)


def history(staff):
    """Return every post of a number, wherever it was."""
    with services.acting_as_system(reason="test"):
        rows = Post.objects.filter(staff=staff).order_by("valid_from")
        return list(rows.values_list("institution__number", "title", "valid_from", "valid_until"))
