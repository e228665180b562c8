"""The watch lists are asked when an item is sent; a hit is a lead's, its outlet learns nothing."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from authorization import selectors, services
from authorization.models import Decision, Request, Screening
from authorization.rules import SECOND_LOOK
from authorization.rules import screening as rules
from authorization.selectors import screening as selected
from authorization.services import _screening, tier
from foundation.kernel.errors import Refused
from foundation.people.services import acting
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from foundation.worklist.rules import queues
from foundation.worklist.selectors import not_offered
from monitoring.models import ScreeningHit, SuspiciousCase
from monitoring.services import screening as desk_services
from tests.authorization.desk import minutes
from tests.browser import BACKEND
from tests.factories import aml, people
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import publishing as published
from tests.factories import tier as sets
from tests.factories.people import DAY, NOON

LISTED = "Vladislav Korolenko"


@pytest.fixture
def desk(bank):
    return aml.desk(bank)


@pytest.fixture
def in_force(desk):
    return aml.in_force(desk)


@pytest.fixture
def listed(counter, bank):
    """Open an account of somebody on the list, with money on it."""
    account = factory.account(bank.outlet, "2011", LISTED)
    factory.fund(factory.Counter(bank.outlet, counter.till, account, account))
    return account


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", name="钱立", grade=5)


def taken(counter, teller, account, yuan="60,000.00"):
    """Send a withdrawal of an account as its teller does."""
    order = factory.withdrawal(counter, yuan, payer_account=account.number)
    with acting(staff=teller):
        return factory.sent(teller, order)


def kept(item):
    return Screening.objects.get(request=item)


def breaks(statement, *given):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return error.value.__cause__.pgcode


class TestAsked:
    def test_who_is_on_no_list_is_clear_with_the_version(self, counter, teller, in_force, bank):
        row = kept(taken(counter, teller, counter.payer))

        assert (row.state, row.lists, row.hits) == (rules.CLEAR, ["TEST 1"], [])
        assert (row.institution, row.alone) == (bank.branch, False)

    def test_a_hit_keeps_list_entry_and_score(self, counter, teller, in_force, listed):
        row = kept(taken(counter, teller, listed))

        (hit,) = row.hits
        assert (row.state, hit["watch_list"], hit["entry"]) == ("possible", "TEST 1", "P001")
        assert (hit["role"], hit["customer"], hit["score"]) == ("payer", listed.number, 100)
        told = Event.objects.get(subject=row.subject)
        assert told.action == "authorization.screening.possible"

    @pytest.mark.parametrize(
        "name", ["北京某某有限公司", "Trading Company Limited Corp", "Vlad Kor"]
    )
    @pytest.mark.usefixtures("in_force")
    def test_a_near_miss_is_clear(self, counter, teller, bank, name):
        account = factory.account(bank.outlet, "2011", name)
        order = factory.transfer(counter, payee_account=account.number, payee_name=name)

        item = factory.sent(teller, order)

        assert (kept(item).state, item.state) == (rules.CLEAR, "posted")

    def test_the_payee_of_another_outlet_is_asked_by_the_whole_name(
        self, counter, teller, in_force, bank
    ):
        account = factory.account(bank.elsewhere, "2011", LISTED)
        order = factory.transfer(counter, payee_account=account.number, payee_name=LISTED)

        with acting(staff=teller):
            item = factory.sent(teller, order)

        assert [one["role"] for one in kept(item).hits] == ["payee"]

    def test_who_opens_an_account_is_asked_by_the_number_too(self, counter, teller, bank, desk):
        number = factory.identity()
        aml.in_force(desk, content=f"entry,name,id_number\nX1,Somebody Else,{number}\n")
        factory.checked(teller)

        item = factory.sent(teller, factory.opening())

        (hit,) = kept(item).hits
        assert (hit["role"], hit["customer"], hit["score"]) == ("customer", number, 100)

    def test_without_a_list_it_passes_and_says_so(self, counter, teller):
        item = factory.sent(teller, factory.transfer(counter))

        assert (kept(item).state, item.state) == (rules.UNAVAILABLE, "posted")

    def test_what_no_list_answered_waits_for_a_person(self, counter, teller, in_force, monkeypatch):
        def fails(**_asked):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

        monkeypatch.setattr(rules, "_screeners", [fails])

        item = factory.sent(teller, factory.transfer(counter))

        assert (kept(item).state, item.state) == (rules.FAILED, "queued")
        assert (item.why, item.work_item.leads_only) == ([SECOND_LOOK], False)
        told = Event.objects.get(action="authorization.screening.failed")
        assert told.subject == kept(item).subject

    @pytest.mark.usefixtures("in_force")
    def test_another_round_is_asked_again(self, counter, teller, authorizer, bank, desk):
        item = factory.sent(teller, factory.withdrawal(counter))
        opened = services.open_next(authorizer=authorizer, at=minutes(1))
        services.decide(
            number=item.number, step="return", shown=opened.content_hash,
            fence=opened.opened_fence, decider=authorizer, at=minutes(2), reasons=["A01"],
        )  # fmt: skip
        aml.in_force(desk, version="2", content="entry,name\nZ1,张明远\n")

        services.resubmit(
            number=item.number, order=factory.withdrawal(counter), teller=teller, at=minutes(3)
        )

        rows = Screening.objects.filter(request=item).order_by("seq")
        assert [(row.seq, row.state) for row in rows] == [(1, "clear"), (2, "possible")]
        assert Request.objects.get(pk=item.pk).work_item.leads_only


class TestFollows:
    @pytest.mark.usefixtures("in_force")
    def test_what_the_rule_lets_pass_waits_for_a_lead(
        self, counter, teller, authorizer, lead, listed
    ):
        item = taken(counter, teller, listed, "100.00")

        assert (item.state, item.why) == ("queued", [SECOND_LOOK])
        assert kept(item).alone
        assert not_offered(item=item.work_item, staff=authorizer, on=DAY) == ("leads",)
        with acting(staff=authorizer):
            assert services.open_next(authorizer=authorizer, at=minutes(1)) is None
        with acting(staff=lead):
            opened = services.open_next(authorizer=lead, at=minutes(1))
            (line,) = (one for one in selectors.checks(request=opened) if "TEST" in one.found)
            assert (line.text, line.found) == ("List screening", "TEST 1 P001 100 %")
            assert (line.good, line.word) == (False, rules.STATES[rules.POSSIBLE].text)
            done = services.decide(
                number=item.number, step="approve", shown=opened.content_hash,
                fence=opened.opened_fence, decider=lead, at=minutes(2),
            )  # fmt: skip
        assert done.state == "posted"

    def test_what_the_rule_holds_waits_for_its_reason_alone(
        self, counter, teller, in_force, listed
    ):
        item = taken(counter, teller, listed)

        assert (item.why, item.work_item.leads_only) == (["amount"], True)

    @pytest.mark.usefixtures("in_force")
    def test_the_second_yes_of_two_is_a_leads_too(self, counter, teller, lead, bank, listed):
        item = taken(counter, teller, listed)
        Request.objects.filter(pk=item.pk).update(state="new")
        Request.objects.filter(pk=item.pk).update(state="queued", levels_needed=2)
        opened = services.open_next(authorizer=lead, at=minutes(1))
        services.decide(
            number=item.number, step="approve", shown=opened.content_hash,
            fence=opened.opened_fence, decider=lead, at=minutes(2),
        )  # fmt: skip

        again = Request.objects.get(pk=item.pk)
        assert (again.level, again.work_item.leads_only) == (2, True)

    def test_a_share_of_what_passes_is_held_with_the_same_words(
        self, counter, teller, in_force, monkeypatch
    ):
        monkeypatch.setattr(_screening, "_drawn", lambda _at: True)

        item = factory.sent(teller, factory.transfer(counter))

        assert (item.state, item.why, kept(item).state) == ("queued", [SECOND_LOOK], rules.CLEAR)
        assert not item.work_item.leads_only

    @pytest.mark.usefixtures("in_force")
    def test_no_machine_decides_a_hit_nor_what_was_not_screened(self, counter, bank, send, desk):
        manager, risk = (people.staff(bank.head, one) for one in ("ops_manager", "risk_manager"))
        published.published(sets.in_force(manager, risk), manager, risk)
        first = send()
        aml.in_force(desk, version="2", content=f"entry,name\nZ1,{counter.payer.name}\n")
        second = send()

        tier.judge_due(at=minutes(1))

        states = [Request.objects.get(pk=one.pk).state for one in (first, second)]
        assert states == ["posted", "queued"]
        assert not Event.objects.filter(action="authorization.not_automatic").exists()

    @pytest.mark.usefixtures("in_force")
    def test_an_authorizer_who_has_it_all_the_same_is_refused(
        self, counter, teller, authorizer, listed
    ):
        item = taken(counter, teller, listed)
        item.work_item.__class__.objects.filter(pk=item.work_item_id).update(leads_only=False)
        opened = services.open_next(authorizer=authorizer, at=minutes(1))

        with pytest.raises(Refused) as refused:
            services.decide(
                number=item.number, step="approve", shown=opened.content_hash,
                fence=opened.opened_fence, decider=authorizer, at=minutes(2),
            )  # fmt: skip

        assert refused.value.code == "E2098"

    @pytest.mark.usefixtures("in_force")
    def test_an_outlet_is_not_offered_it_in_an_emergency(self, counter, teller, bank, listed):
        crew = emergency.crew(bank)
        person, _row = emergency.registered(crew, bank.outlet)
        taken(counter, teller, listed)
        emergency.switched(crew, bank.branch)

        with acting(staff=person):
            assert emergency.opened(person) is None

    @pytest.mark.usefixtures("in_force")
    def test_nor_may_who_is_registered_afterwards_decide_it(self, counter, teller, bank, listed):
        crew = emergency.crew(bank)
        taken(counter, teller, listed)
        person, _row = emergency.registered(crew, bank.outlet)
        emergency.switched(crew, bank.branch)

        with acting(staff=person):
            opened = emergency.opened(person)
            assert not [one for one in selectors.checks(request=opened) if "List" in one.text]
            with pytest.raises(Refused) as refused:
                emergency.decided(person, opened)

        assert (refused.value.code, "list" in str(refused.value)) == ("E2099", False)


class TestNobodyIsTipped:
    @pytest.mark.usefixtures("in_force")
    def test_the_teller_s_pages_and_answers_are_those_of_a_draw(
        self, client, counter, teller, listed, monkeypatch
    ):
        hit = taken(counter, teller, listed, "100.00")
        monkeypatch.setattr(_screening, "_drawn", lambda _at: True)
        drawn = taken(counter, teller, counter.payer, "100.00")
        client.force_login(teller, backend=BACKEND)

        texts = []
        for item in (hit, drawn):
            page = client.get(reverse("authorization:item", args=[item.number])).content.decode()
            said = client.get(f"/api/authorization/items/{item.number}/").content.decode()
            for own in (item.number, item.payer_name, item.payer_account):
                page, said = page.replace(own, "·"), said.replace(own, "·")
            texts.append((page, said))
            for word in ("TEST", "P001", "screen", "possible hit"):
                assert word not in page
                assert word not in said
        assert len(texts[0][0]) - len(texts[1][0]) in range(-200, 200)
        for name in ("mine", "items"):
            assert "P001" not in client.get(reverse(f"authorization:{name}")).content.decode()

    @pytest.mark.usefixtures("in_force")
    def test_no_row_no_trail_and_no_hit_is_in_the_outlet_s_sight(
        self, counter, teller, bank, listed
    ):
        item = taken(counter, teller, listed)
        for role in ("teller", "outlet_supervisor"):
            with acting(staff=people.staff(bank.outlet, role)):
                assert not Screening.objects.exists()
                assert not ScreeningHit.objects.exists()
                assert selected.of_item(request=item) is None
                told = [one.action for one in trail.timeline(subject=item.subject)]
                assert told == ["authorization.submit"]
                assert not Event.objects.filter(action__contains="screening").exists()

    @pytest.mark.usefixtures("in_force")
    def test_the_receipt_says_nothing(self, client, counter, teller, lead, listed):
        item = taken(counter, teller, listed, "100.00")
        opened = services.open_next(authorizer=lead, at=minutes(1))
        services.decide(
            number=item.number, step="approve", shown=opened.content_hash,
            fence=opened.opened_fence, decider=lead, at=minutes(2),
        )  # fmt: skip
        client.force_login(teller, backend=BACKEND)

        page = client.get(reverse("authorization:receipt", args=[item.number])).content.decode()

        assert "P001" not in page
        assert "TEST 1" not in page


class TestTheDeskHears:
    @pytest.mark.usefixtures("in_force")
    def test_a_hit_is_raised_once_and_joined_then(self, counter, teller, bank, listed):
        for _ in range(2):
            order = factory.withdrawal(
                counter, "100.00", payer_account=listed.number, voucher_no=f"074471903{_}"
            )
            factory.sent(teller, order)

        hit = ScreeningHit.objects.get()
        assert (hit.customer, hit.institution) == (listed.number, bank.branch)
        told = [one.action for one in trail.timeline(subject=hit.subject)]
        assert told.count("monitoring.aml.join_hit") == 2
        found = selected.items_of(branch_id=bank.branch.pk, customer=hit.customer, entry=hit.entry)
        assert len(found) == 2

    @pytest.mark.usefixtures("in_force")
    def test_the_hit_shows_its_items(self, client, counter, teller, desk, listed):
        item = taken(counter, teller, listed)
        client.force_login(desk.analyst, backend=BACKEND)

        page = client.get(reverse("monitoring:aml_hit", args=[ScreeningHit.objects.get().pk]))

        assert item.number in page.content.decode()

    @pytest.mark.usefixtures("in_force")
    def test_what_two_found_another_one_is_clear(self, counter, teller, desk, listed):
        taken(counter, teller, listed)
        hit = ScreeningHit.objects.get()
        judged(hit, desk, "false")

        order = factory.transfer(
            counter, payer_account=listed.number, payee_account=counter.payee.number
        )
        item = factory.sent(teller, order)

        assert (kept(item).state, item.state) == (rules.CLEAR, "posted")

    @pytest.mark.usefixtures("in_force")
    def test_of_who_is_the_one_a_case_is_open(self, counter, teller, desk, listed):
        taken(counter, teller, listed)
        judged(ScreeningHit.objects.get(), desk, "true")
        case = SuspiciousCase.objects.get()
        for digit in (1, 2):
            order = factory.withdrawal(
                counter, payer_account=listed.number, voucher_no=f"074471904{digit}"
            )
            factory.sent(teller, order)

        assert SuspiciousCase.objects.get() == case


class TestTheDatabase:
    @pytest.mark.usefixtures("in_force")
    def test_what_the_lists_said_stays(self, counter, teller, listed, bank):
        row = kept(taken(counter, teller, listed))

        clear = "UPDATE authorization_screening SET state = 'clear', hits = '[]' WHERE id = %s"
        assert breaks(clear, row.pk) == "42501"
        assert breaks("DELETE FROM authorization_screening WHERE id = %s", row.pk) == "42501"
        add = (
            "INSERT INTO authorization_screening (institution_id, request_id, seq, state, lists,"
            " hits, alone, at) SELECT %s, request_id, %s, 'clear', '[]', '[]', false, now()"
            " FROM authorization_screening WHERE id = %s"
        )
        assert breaks(add, bank.branch.pk, 2, row.pk) == "OP067"

    def test_a_screening_is_not_the_outlet_s_and_has_hits_or_none(self, counter, teller, bank):
        item = factory.sent(teller, factory.withdrawal(counter))
        Request.objects.filter(pk=item.pk).update(state="viewing")
        Request.objects.filter(pk=item.pk).update(state="returned")
        row = Screening(request=item, seq=2, state="clear", lists=[], hits=[], at=NOON)
        for place, state, hits in (
            (bank.outlet, "clear", []),
            (bank.branch, "possible", []),
            (bank.branch, "clear", [{}]),
            (bank.branch, "unknown", []),
        ):
            row.institution, row.state, row.hits = place, state, hits
            with pytest.raises(DatabaseError), transaction.atomic():
                row.save(force_insert=True)

    @pytest.mark.usefixtures("in_force")
    def test_who_is_no_lead_decides_no_hit(self, counter, teller, authorizer, listed):
        item = taken(counter, teller, listed)
        Request.objects.filter(pk=item.pk).update(state="viewing")

        with pytest.raises(DatabaseError, match="a lead of the centre"), transaction.atomic():
            Decision.objects.create(
                institution=item.institution, request=item, seq=1, level=1, step="approve",
                decider=authorizer, decider_label="x", decider_person=authorizer.person,
                content_hash=item.content_hash, business_date=DAY, at=NOON, queue_ms=0, view_ms=0,
            )  # fmt: skip

    def test_no_hit_passes_by_itself(self, counter, teller, in_force, listed):
        item = taken(counter, teller, listed, "100.00")
        with connection.cursor() as cursor:
            cursor.execute("SELECT authorization_listed(%s, 1)", [item.pk])
            assert cursor.fetchone() == (True,)
        Request.objects.filter(pk=item.pk).update(state="new")

        with pytest.raises(DatabaseError, match="a lead of the centre"), transaction.atomic():
            Request.objects.filter(pk=item.pk).update(state="approved", why=[])


def judged(hit, desk, verdict):
    desk_services.judge(hit_id=hit.pk, verdict=verdict, reason="核对", by=desk.analyst, at=NOON)
    desk_services.confirm(hit_id=hit.pk, agreed=True, by=desk.reviewer, at=NOON)


def test_the_queue_knows_its_leads():
    assert queues()["authorization"].leads
