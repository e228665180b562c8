"""The pages of the rules: the list, a proposal after a look at its effect, a second person."""

from datetime import datetime, time

import pytest
from django.urls import reverse
from django.utils import timezone

from authorization import rules, services
from authorization.models import AuthRule, Request
from foundation.kernel.calendar import SHANGHAI
from foundation.trail.models import Event
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rows

FAR = "2089-01-01"


@pytest.fixture
def manager(bank):
    return people.staff(bank.head, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    return people.staff(bank.head, "risk_manager", name="吴芳")


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager, backend=BACKEND)
    return client


@pytest.fixture
def sign_in_as(client):
    def enter(staff):
        client.force_login(staff, backend=BACKEND)
        return client

    return enter


@pytest.fixture
def items_today(waiting):
    """Lay two withdrawals on today: of 60,000.00, held, and of 40,000.00."""
    today = timezone.localdate()
    Request.objects.filter(pk=waiting.pk).update(business_date=rows.LONG_AGO)
    morning = datetime.combine(today, time(10), SHANGHAI)
    rows.copied(
        waiting,
        {"business_date": today, "created_at": morning, "queued_at": morning},
        {"business_date": today, "created_at": morning, "amount_fen": 4_000_000, "queued_at": None},
    )


def address(name, *args):
    return reverse(f"authorization:{name}", args=args)


def text(answer):
    return answer.content.decode()


def typed(**more):
    """Return what a browser sends of a filled form."""
    usual = {
        "amount_from": "45,000.00", "grade": "3", "outlet_levels": "0", "centre_levels": "1",
        "group": "CASH", "cash": "out", "scan_mode": "now", "weight": "1.50", "valid_from": FAR,
        "institution": "", "reason": "降低起点", "days": "7",
    }  # fmt: skip
    return usual | more


def test_nothing_of_the_form_is_kept_and_not_acted_upon(as_manager):
    page = text(as_manager.get(address("propose_rule", "1002")))

    assert "仅随规则保存" not in page


class TestList:
    def test_it_shows_each_transaction_with_what_holds(self, as_manager):
        page = as_manager.get(address("rule_list"))

        assert len(page.context["table"].rows) == 53
        shown = text(page)
        assert "个人现金取款" in shown
        assert "达到授权金额; 人工核验身份" in shown
        assert "不需授权" in shown
        assert "50,000.00" in shown

    def test_it_is_narrowed_by_group_and_by_text(self, as_manager):
        def codes(**query):
            found = as_manager.get(address("rule_list"), query).context["rows"]
            return [row.trade.code for row in found]

        assert codes(group="LAW") == ["1306", "1307"]
        assert codes(text="110") == [f"110{place}" for place in range(1, 10)]
        assert codes(text="挂失") == ["1301", "1302", "1303"]
        assert codes(group="LAW", text="查询") == ["1307"]
        assert codes(group="x", text="没有") == []

    def test_what_comes_waits_or_is_of_a_place_is_shown(self, as_manager, bank, manager, risk):
        rows.row(rows.plain(grade=5), manager, risk, valid_from=people.DAY.replace(year=2088)).save(
            force_insert=True
        )
        rows.in_force(rows.plain(grade=4), institution=bank.branch)
        rows.proposed(manager, bank.outlet)

        (row,) = as_manager.get(address("rule_list"), {"text": "1002"}).context["rows"]

        assert row.present.grade == 2
        assert [one.grade for one in row.later] == [5]
        assert [one.grade for one in row.own] == [4]
        assert len(row.waiting) == 1

    def test_the_page_of_a_transaction_shows_every_row_and_what_happened(
        self, as_manager, manager, risk
    ):
        row = services.propose_rule(
            rule=rows.plain(grade=4), valid_from=people.DAY.replace(year=2088), reason="提级",
            by=manager, at=people.NOON,
        )  # fmt: skip
        services.decline_rule(rule_id=row.pk, by=risk, at=people.NOON)

        page = as_manager.get(address("rule_history", "1002"))

        assert len(page.context["table"].rows) == 2
        assert [event.actor for event in page.context["timeline"]] == [risk.label, manager.label]
        assert "已否决" in text(page)

    def test_a_rule_out_of_sight_is_told_of_and_does_not_open(self, sign_in_as, bank):
        whole = AuthRule.objects.get(trade_code="1002")
        own = rows.in_force(rows.plain(grade=5), institution=bank.branch)
        client = sign_in_as(people.staff(bank.branch, "ops_manager"))

        page = client.get(address("rule_history", "1002"))

        assert len(page.context["table"].rows) == 2
        assert address("rule", own.pk) in text(page)
        assert address("rule", whole.pk) not in text(page)
        form = client.get(address("propose_rule", "1002")).context["form"]
        assert form["grade"].value() == 5, "the rule that binds the branch fills the form"

    def test_an_unknown_transaction_has_no_page(self, as_manager):
        assert as_manager.get(address("rule_history", "9999")).status_code == 404
        assert as_manager.get(address("propose_rule", "9999")).status_code == 404


class TestPropose:
    def test_the_form_is_filled_with_the_rule_that_holds(self, as_manager):
        rows.in_force(
            rows.plain(
                amount_from_fen=5_000_000, agent_from_fen=0, customer_kinds=("staff",),
                bands=(rules.Band(10_000_000, 4, 1),), outside_from=time(9),
                outside_until=time(17), together=("amount", "agent"),
            )
        )  # fmt: skip

        form = as_manager.get(address("propose_rule", "1002")).context["form"]

        assert form["amount_from"].value() == "50,000.00"
        assert form["bands"].value() == "100,000.00 4 1"
        assert (form["agent"].value(), form["agent_from"].value()) == (True, "")
        assert form["together"].value() == ("amount", "agent")

    def test_what_was_typed_becomes_a_proposal(self, as_manager, bank):
        sent = typed(
            bands="100,000.00 4 1\n1,000,000 5 2\n", customer_kinds=["staff"], agent="on",
            agent_from="10,000", outside_from="09:00", outside_until="17:00", manual_id="on",
            together=["agent", "manual_id"], institution="110000", scan_mode="later",
            rescan_minutes="30", teller_grade_below="2", call_back_from="0.01", skill=" cash ",
        )  # fmt: skip

        answer = as_manager.post(address("propose_rule", "1002"), sent)

        row = AuthRule.objects.get(reason="降低起点")
        assert answer["Location"] == address("rule", row.pk)
        assert row.institution == bank.branch
        assert row.says == rows.plain(
            amount_from_fen=4_500_000, grade=3, weight_hundredths=150, customer_kinds=("staff",),
            bands=(rules.Band(10_000_000, 4, 1), rules.Band(100_000_000, 5, 2)),
            agent_from_fen=1_000_000, outside_from=time(9), outside_until=time(17), manual_id=True,
            together=("agent", "manual_id"), scan_mode="later", rescan_minutes=30,
            teller_grade_below=2, call_back_from_fen=1, skill="cash",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"amount_from": "四万"}, "amount_from"),
            ({"bands": "1 2"}, "bands"),
            ({"bands": "1 9 1"}, "bands"),
            ({"bands": "x 3 1"}, "bands"),
            ({"bands": "1 3 1\n" * 10}, "bands"),
            ({"bands": "5 4 1\n5 4 1"}, "bands"),
            ({"outside_from": "09:00"}, "outside_until"),
            ({"together": ["amount"]}, "together"),
            ({"rescan_minutes": "5"}, "rescan_minutes"),
            ({"weight": "0"}, "weight"),
            ({"valid_from": "2020-01-01"}, "valid_from"),
            ({"reason": ""}, "reason"),
            ({"institution": "x"}, "institution"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(self, as_manager, more, field):
        sent = typed(skill="特有技能", **more)

        answer = as_manager.post(address("propose_rule", "1002"), sent)

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert 'value="特有技能"' in text(answer)
        assert not AuthRule.objects.filter(reason="降低起点").exists()

    def test_a_branch_is_told_at_the_field_that_the_bank_is_not_its_own(self, sign_in_as, bank):
        client = sign_in_as(people.staff(bank.branch, "ops_manager"))

        answer = client.post(address("propose_rule", "1002"), typed(institution=""))

        assert list(answer.context["form"].errors) == ["institution"]

    def test_the_effect_is_shown_without_proposing(self, as_manager, items_today):
        before = AuthRule.objects.count()

        answer = as_manager.post(
            address("propose_rule", "1002"), typed(amount_from="40,000.00", step="effect")
        )

        assert answer.status_code == 200
        (line,) = answer.context["effect"].lines
        assert (line.items, line.now, line.then) == (2, 1, 2)
        assert "50.0 %" in text(answer)
        assert "100.0 %" in text(answer)
        assert answer.context["form"]["amount_from"].value() == "40,000.00"
        assert AuthRule.objects.count() == before

    def test_the_effect_of_no_whole_rule_is_not_shown(self, as_manager):
        answer = as_manager.post(
            address("propose_rule", "1002"), typed(outside_from="09:00", step="effect")
        )

        assert answer.status_code == 422
        assert answer.context["effect"] is None

    def test_without_items_the_page_says_so(self, as_manager):
        answer = as_manager.post(address("propose_rule", "1002"), typed(step="effect"))

        assert "这些天没有业务" in text(answer)


class TestDecide:
    @pytest.fixture
    def row(self, manager):
        return rows.proposed(manager, None)

    def test_a_proposal_stands_beside_the_rule_before_it(self, as_manager, row, items_today):
        page = as_manager.get(address("rule", row.pk), {"days": "30"})

        changed = {one.label: (one.old, one.new) for one in page.context["compared"] if one.changed}
        assert changed == {
            "授权条件": ("达到授权金额; 人工核验身份", "达到授权金额"),
            "授权起点": ("50,000.00", "30,000.00"),
        }
        assert page.context["form"].chosen() == 30
        (line,) = page.context["effect"].lines
        assert (line.now, line.then) == (1, 2)

    def test_another_person_approves(self, sign_in_as, row, risk):
        client = sign_in_as(risk)
        assert 'value="approve"' in text(client.get(address("rule", row.pk)))

        answer = client.post(address("decide_rule", row.pk), {"step": "approve"})

        assert answer["Location"] == address("rule", row.pk)
        row.refresh_from_db()
        assert row.approved_by == risk
        shown = text(client.get(address("rule", row.pk)))
        assert "已批准" in shown
        assert 'value="approve"' not in shown

    def test_another_person_declines(self, sign_in_as, row, risk):
        sign_in_as(risk).post(address("decide_rule", row.pk), {"step": "decline"})

        row.refresh_from_db()
        assert (row.declined_by, row.approved_by) == (risk, None)

    def test_the_same_person_is_refused(self, sign_in_as, risk):
        row = rows.proposed(risk, None)
        client = sign_in_as(risk)

        assert 'value="approve"' not in text(client.get(address("rule", row.pk)))
        answer = client.post(address("decide_rule", row.pk), {"step": "approve"})

        assert answer.status_code == 409
        row.refresh_from_db()
        assert row.approved_by is None

    def test_what_is_out_of_sight_is_not_there(self, sign_in_as, bank, manager, row):
        client = sign_in_as(people.staff(bank.branch, "risk_manager"))

        assert client.get(address("rule", row.pk)).status_code == 404
        assert client.post(address("decide_rule", row.pk)).status_code == 404


class TestWaiting:
    def test_all_that_waits_has_one_effect_and_is_approved_at_once(
        self, sign_in_as, manager, risk, items_today
    ):
        first, second = (rows.proposed(manager, None, code) for code in ("1002", "1101"))
        client = sign_in_as(risk)
        page = client.get(address("rules_waiting"))
        assert [line.then for line in page.context["effect"].lines] == [2]
        assert text(page).count('name="rule_id"') == 2

        client.post(address("approve_rules"), {"rule_id": [first.pk, second.pk, "x"]})

        assert AuthRule.objects.filter(pk__in=[first.pk, second.pk], approved_by=risk).count() == 2
        assert "没有待审批的申请" in text(client.get(address("rules_waiting")))

    def test_ones_own_proposals_have_no_box(self, sign_in_as, manager, bank):
        rows.proposed(manager, None)

        page = text(sign_in_as(manager).get(address("rules_waiting")))

        assert "1002" in page
        assert 'name="rule_id"' not in page

    def test_an_unknown_one_is_not_there(self, sign_in_as, risk):
        answer = sign_in_as(risk).post(address("approve_rules"), {"rule_id": ["0"]})

        assert answer.status_code == 404


class TestCatalogue:
    def propose(self, client, valid_from=FAR):
        return client.post(
            address("propose_catalogue"), {"valid_from": valid_from, "reason": "标准目录"}
        )

    def test_what_has_no_rule_is_proposed_once(self, client, everything):
        bank = people.branch()
        client.force_login(people.staff(bank.head, "ops_manager"), backend=BACKEND)

        answer = self.propose(client)

        assert answer["Location"] == address("rules_waiting")
        assert AuthRule.objects.count() == 53
        again = self.propose(client)
        assert again.status_code == 422
        assert "每个交易都已有规则或待审批的申请" in text(again)

    def test_a_day_that_has_begun_is_refused_at_its_field(self, client, everything):
        bank = people.branch()
        client.force_login(people.staff(bank.head, "ops_manager"), backend=BACKEND)

        answer = self.propose(client, timezone.localdate().isoformat())

        assert answer.status_code == 422
        assert list(answer.context["proposal"].errors) == ["valid_from"]
        assert not AuthRule.objects.exists()


def test_the_page_of_an_item_says_why_it_waits(client, waiting, authorizer):
    client.force_login(authorizer, backend=BACKEND)

    assert "达到授权金额" in text(client.get(address("item", waiting.number)))
    assert "达到授权金额" in text(client.get(address("workbench")))


def test_a_teller_declares_an_agent_and_a_check_by_hand(client, counter, teller):
    client.force_login(teller, backend=BACKEND)
    form = client.get(address("new", "1002"), HTTP_USER_AGENT="Chrome/120").context["form"]
    key = form["key"].value()
    services.attach(
        key=key, teller=teller, data=factory.image(), name="v.png", image_class="voucher",
        at=people.NOON,
    )  # fmt: skip
    client.post(
        address("new", "1002"),
        {
            "key": key, "payer_account": counter.payer.number, "voucher_no": "0744719023",
            "amount": "100.00", "manual_id": "on", "by_agent": "on",
        },
    )  # fmt: skip

    request = Request.objects.get()
    assert (request.by_agent, request.manual_id, request.why) == (True, True, ["manual_id"])


def test_effects_are_reckoned_over_the_spans_that_are_offered(as_manager, manager):
    row = rows.proposed(manager, None)

    spans = [
        as_manager.get(address("rule", row.pk), {"days": days}).context["form"].chosen()
        for days in ("", "14", "30", "90", "8", "x")
    ]

    assert spans == [7, 14, 30, 90, 7, 7]


def test_the_list_is_taken_away_as_it_is_filtered(as_manager):
    asked = {"text": "1002", "export": "csv"}

    answer = as_manager.get(reverse("authorization:rule_list"), asked)

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("1002")
    assert "<" not in "".join(lines)


def test_a_list_that_is_taken_away_is_on_the_trail(as_manager, manager):
    as_manager.get(reverse("authorization:rule_list"), {"export": "xlsx"})

    assert Event.objects.get(action="authorization:rule_list").actor == manager.label
