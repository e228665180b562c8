"""Where the rule says so an item is decided without its voucher, which follows within minutes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from authorization import rules, selectors, services
from authorization.models import LaterScan
from foundation.imaging import selectors as imaging
from foundation.kernel.money import Money
from foundation.trail.models import Event
from monitoring import rules as monitoring
from monitoring import services as matching
from monitoring.models import Match
from tests.factories import authorization as factory
from tests.factories import monitoring as papers
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


def in_force(*, acts=True, **more):
    said = rule_factory.plain(scan_mode="later", rescan_minutes=30, **more)
    first = rule_factory.AuthRule.objects.order_by("id").first()
    row = rule_factory.row(said, first.proposed_by, first.approved_by, valid_from=people.DAY)
    row.acts = acts
    row.save(force_insert=True)


def submit(counter, teller, yuan="60,000.00", **more):
    usual = {"key": rule_factory.uuid4(), "order": factory.withdrawal(counter, yuan)}
    return services.submit(teller=teller, at=AT, **(usual | more))


def scan(item, by, at=AT, data=None, image_class="voucher"):
    return services.attach(
        key=item.key, teller=by, data=data or factory.image(), name="a.png",
        image_class=image_class, at=at,
    )  # fmt: skip


def approved(item, authorizer):
    opened = services.open_next(authorizer=authorizer, at=AT)
    return services.decide(
        number=item.number, step="approve", shown=opened.content_hash, fence=opened.opened_fence,
        decider=authorizer, at=AT + timedelta(seconds=20),
    )  # fmt: skip


@pytest.fixture
def posted(counter, teller):
    """Post a withdrawal that needs nobody, without its voucher."""
    in_force()
    return submit(counter, teller)


def test_it_is_sent_decided_and_posted_without_its_voucher(counter, teller, authorizer):
    in_force(amount_from_fen=1)
    item = submit(counter, teller)
    assert (item.state, item.scan_minutes) == (rules.QUEUED, 30)
    assert not LaterScan.objects.exists()

    done = approved(item, authorizer)

    row = LaterScan.objects.get()
    assert (done.state, row.due_at) == (rules.POSTED, done.posted_at + timedelta(minutes=30))


@pytest.mark.parametrize("acts", [True, False])
def test_where_the_rule_does_not_say_so_it_is_refused(acts, counter, teller):
    if not acts:
        in_force(acts=False)

    with pytest.raises(rules.ImageMissing):
        submit(counter, teller)


def test_sent_twice_it_is_one_item(posted, counter, teller):
    again = submit(counter, teller, key=posted.key)

    assert (again.pk, LaterScan.objects.count()) == (posted.pk, 1)


def test_what_has_its_voucher_awaits_none(counter, teller):
    in_force()
    item = factory.sent(teller, factory.withdrawal(counter))

    assert (item.state, item.scan_minutes) == (rules.POSTED, None)
    assert not LaterScan.objects.exists()


def test_the_voucher_ends_it_once(posted, teller):
    scan(posted, teller, at=posted.posted_at + timedelta(minutes=5))

    row = LaterScan.objects.get()
    assert (row.scanned_by, row.is_late) == (teller, False)
    assert Event.objects.get(action="authorization.scan_later").detail["until"]
    with pytest.raises(rules.ImagesClosed):
        scan(posted, teller)


def test_the_same_bytes_again_are_the_same_page(posted, teller):
    data = factory.image()

    assert scan(posted, teller, data=data) == scan(posted, teller, data=data)


def test_a_colleague_of_the_outlet_may_scan_it_and_nobody_else(posted, bank):
    with pytest.raises(rules.ImagesClosed):
        scan(posted, people.staff(bank.sibling, "teller", name="郑洁"))
    with pytest.raises(rules.ImagesClosed):
        scan(posted, people.staff(bank.outlet, "teller", name="周核"), image_class="photo")

    scan(posted, people.staff(bank.outlet, "teller", name="吴强"))

    assert LaterScan.objects.get().scanned_by_label.endswith("吴强")


def test_what_was_not_posted_takes_no_image(counter, teller):
    in_force(amount_from_fen=1)
    item = submit(counter, teller)

    with pytest.raises(rules.ImagesClosed):
        scan(item, teller)


def test_monitoring_compares_it_when_it_comes(posted, teller):
    matching.match_document(document_id=posted.document_id, at=AT)
    assert Match.objects.get(journal_no=posted.journal_no).state == monitoring.WAITING

    page = scan(posted, teller)
    money = Money(posted.amount_fen)
    papers.read(
        page, amount=f"¥{money.format()}", amount_words=money.capitals(),
        account=posted.payer_account, voucher_no=posted.voucher_no, payer_name=posted.payer_name,
    )  # fmt: skip
    matching.match_document(document_id=posted.document_id, at=AT)

    assert Match.objects.get(journal_no=posted.journal_no).state != monitoring.WAITING


def late(posted):
    """Let the time of a voucher be over: the clock is set forward for who asks."""
    return posted.posted_at + timedelta(minutes=31)


def test_what_is_late_counts_for_its_outlet(posted, teller, bank):
    at = late(posted)

    def figures():
        (one,) = selectors.scans_by_outlet(since=people.DAY, at=at)
        return (one.institution_id, one.awaited, one.overdue, one.in_time, one.late)

    assert figures() == (bank.outlet.pk, 1, 1, 0, 0)
    assert [one.request for one in selectors.scans_awaited(late_since=at)] == [posted]
    assert selectors.scans_awaited(outlet_id=bank.sibling.pk) == ()
    scan(posted, teller, at=at)
    assert figures() == (bank.outlet.pk, 0, 0, 0, 1)


def test_before_its_time_is_over_it_is_not_late(posted):
    at = posted.posted_at + timedelta(minutes=30)

    (one,) = selectors.scans_by_outlet(since=people.DAY, at=at)
    assert (one.awaited, one.overdue) == (1, 0)
    assert selectors.late_at(institution_id=posted.institution_id, at=at, limit=9) == ()


def breaks(act):
    with pytest.raises(DatabaseError, match="awaited once"), transaction.atomic():
        act()


def test_the_database_keeps_what_is_awaited(posted, teller):
    rows = LaterScan.objects.all()
    ended = {"scanned_at": AT, "scanned_by": teller, "scanned_by_label": "x"}

    breaks(rows.delete)
    breaks(lambda: rows.update(due_at=AT + timedelta(days=9)))
    breaks(lambda: rows.update(**ended))
    scan(posted, teller)
    breaks(lambda: rows.update(**ended))


def test_the_database_awaits_nothing_of_what_came_with_its_voucher(counter, teller):
    item = factory.sent(teller, factory.withdrawal(counter))
    asked = {"teller": teller, "business_date": people.DAY, "due_at": AT}

    breaks(
        lambda: LaterScan.objects.create(institution_id=item.institution_id, request=item, **asked)
    )


@pytest.mark.parametrize("since", [0, 1])
def test_the_form_goes_by_the_day_that_is_open_as_sending_does(
    client, counter, teller, monkeypatch, since
):
    day = timedelta(days=1)
    first = rule_factory.AuthRule.objects.order_by("id").first()
    said = rule_factory.plain(scan_mode="later", rescan_minutes=30)
    row = rule_factory.row(said, first.proposed_by, first.approved_by)
    row.valid_from = people.DAY + since * day
    row.save(force_insert=True)
    # Of the calendar it is the day before, or the day after.
    monkeypatch.setattr(timezone, "localdate", lambda *_: people.DAY + (2 * since - 1) * day)
    client.force_login(teller)

    page = client.get(reverse("authorization:new", args=["1002"]), **BROWSER).content.decode()

    assert ("凭证可后补" in page) == (since == 0)


class TestPages:
    def page(self, client, name, *args, **query):
        return client.get(reverse(f"authorization:{name}", args=args), query, **BROWSER)

    def test_the_teller_is_reminded_and_scans_it(self, client, posted, teller):
        client.force_login(teller)
        assert posted.number in client.get(reverse("ui:notices"), **BROWSER).content.decode()
        assert (
            reverse("authorization:scan", args=[posted.number])
            in self.page(client, "item", posted.number).content.decode()
        )
        assert self.page(client, "scan", posted.number).status_code == 200

        scan(posted, teller, at=timezone.now())

        assert self.page(client, "scan", posted.number).status_code == 302
        assert posted.number not in client.get(reverse("ui:notices"), **BROWSER).content.decode()

    def test_the_supervisor_is_told_of_what_is_late(self, client, posted, bank):
        client.force_login(people.staff(bank.outlet, "outlet_supervisor", name="孙丽"))
        told = client.get(reverse("ui:notices"), **BROWSER).content.decode()

        assert (posted.number in told) == (timezone.now() > LaterScan.objects.get().due_at)

    def test_the_list_counts_by_outlet_and_leads_to_the_items(self, client, posted, bank):
        client.force_login(people.staff(bank.centre, "auth_lead", grade=5, name="王敏"))
        shown = self.page(client, "scans").content.decode()

        assert posted.number in shown
        assert f"?outlet={bank.outlet.pk}" in shown
        narrowed = self.page(client, "scans", outlet=bank.sibling.pk).content.decode()
        assert posted.number not in narrowed

    def test_what_is_not_awaited_has_no_page(self, client, counter, teller):
        item = factory.sent(teller, factory.withdrawal(counter))
        client.force_login(teller)

        assert self.page(client, "scan", item.number).status_code == 404

    def test_the_form_says_that_it_may_follow(self, client, teller, counter):
        client.force_login(teller)
        assert "凭证可后补" not in self.page(client, "new", "1002").content.decode()
        in_force()

        assert "凭证可后补，限记账后 30 分钟" in self.page(client, "new", "1002").content.decode()

    def test_the_desk_says_that_the_voucher_follows(self, client, counter, teller, authorizer):
        in_force(amount_from_fen=1)
        submit(counter, teller)
        client.force_login(authorizer)

        assert "凭证后补，限 30 分钟" in self.page(client, "workbench").content.decode()


def test_no_page_is_read_of_what_has_none(posted):
    assert imaging.pages(document_id=posted.document_id) == ()
