"""Roles: two people give them, nobody to themselves, and no human holds two that conflict."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.people import roles, rules, services
from foundation.people.models import DutyConflict, RoleDuty, RoleProposal, StaffRole
from foundation.trail.models import Event
from tests.foundation.people.conftest import AT, DAY, hired


def proposed(staff, by, role="authorizer", kind="grant", **more):
    usual = {"valid_from": DAY, "valid_until": None, "reason": "入职"} | more
    return services.propose_role(staff=staff, role=role, kind=kind, by=by, at=AT, **usual)


def decided(proposal, by, *, approve=True):
    return services.decide_role(proposal_id=proposal.pk, approve=approve, by=by, at=AT)


@pytest.fixture
def newcomer(bank):
    return hired(bank.centre, name="刘新", password="")


@pytest.fixture(autouse=True)
def inside(secadmin):
    with services.acting(staff=secadmin):
        yield


class TestProposing:
    def test_a_second_administrator_makes_it_count(self, newcomer, secadmin, second_secadmin):
        decided(proposed(newcomer, secadmin), second_secadmin)

        held = StaffRole.objects.get(staff=newcomer)
        assert (held.role, held.duty, held.person) == ("authorizer", "authorize", newcomer.person)
        assert (held.granted_by, held.approved_by) == (secadmin, second_secadmin)

    def test_a_declined_proposal_gives_nothing(self, newcomer, secadmin, second_secadmin):
        decided(proposed(newcomer, secadmin), second_secadmin, approve=False)

        assert not newcomer.roles.exists()

    def test_ending_takes_two_as_well(self, newcomer, secadmin, second_secadmin):
        decided(proposed(newcomer, secadmin), second_secadmin)
        decided(
            proposed(newcomer, secadmin, kind="end", valid_from=date(2026, 12, 1)), second_secadmin
        )

        assert newcomer.roles.get().valid_until == date(2026, 11, 30)

    def test_what_is_not_held_is_not_ended(self, newcomer, secadmin):
        with pytest.raises(rules.NotHeld):
            proposed(newcomer, secadmin, kind="end")

    def test_what_is_held_or_waiting_is_not_given_again(self, newcomer, secadmin, second_secadmin):
        proposal = proposed(newcomer, secadmin)
        with pytest.raises(rules.AlreadyHeld):
            proposed(newcomer, secadmin)
        decided(proposal, second_secadmin)
        with pytest.raises(rules.AlreadyHeld):
            proposed(newcomer, secadmin)

    def test_a_proposal_is_decided_once(self, newcomer, secadmin, second_secadmin):
        proposal = proposed(newcomer, secadmin)
        decided(proposal, second_secadmin, approve=False)

        with pytest.raises(rules.Decided):
            decided(proposal, second_secadmin)

    def test_a_role_belongs_to_its_kind_of_institution(self, teller, secadmin):
        with pytest.raises(rules.RoleNotHere):
            proposed(teller, secadmin, role="risk_manager")

    def test_an_unknown_role_is_refused(self, newcomer, secadmin):
        with pytest.raises(rules.UnknownRole):
            proposed(newcomer, secadmin, role="wizard")

    def test_days_in_the_wrong_order_are_refused(self, newcomer, secadmin):
        with pytest.raises(rules.DaysReversed):
            proposed(newcomer, secadmin, valid_until=date(2020, 1, 1))


class TestSelfApproval:
    """The scripts of somebody who wants more than they were given."""

    def test_nobody_proposes_for_themselves(self, secadmin):
        with pytest.raises(rules.OwnGrant):
            proposed(secadmin, secadmin, role="auditadmin")

    def test_nor_under_another_number(self, bank, secadmin):
        with services.acting_as_system(reason="test"):
            second = hired(bank.branch, name="陈一")
            second.person = secadmin.person
            second.save(update_fields=["person"])

        with pytest.raises(rules.OwnGrant):
            proposed(second, secadmin, role="ops_manager")

    def test_nobody_approves_what_they_proposed(self, newcomer, secadmin):
        with pytest.raises(rules.SameProposer):
            decided(proposed(newcomer, secadmin), secadmin)

    def test_nor_under_another_number_approved(self, bank, newcomer, secadmin):
        with services.acting_as_system(reason="test"):
            second = hired(bank.branch, name="陈一")
            second.person = secadmin.person
            second.save(update_fields=["person"])

        with pytest.raises(rules.SameProposer):
            decided(proposed(newcomer, secadmin), second)

    def test_nobody_approves_their_own(self, second_secadmin, secadmin):
        proposal = RoleProposal.objects.create(
            staff=second_secadmin, role="sysadmin", kind="grant", valid_from=DAY, reason="x",
            proposed_by=secadmin, proposed_at=AT,
        )  # fmt: skip

        with pytest.raises(rules.OwnGrant):
            decided(proposal, second_secadmin)

    def test_a_proposal_is_not_rewritten_before_it_is_approved(self, newcomer, secadmin):
        proposal = proposed(newcomer, secadmin)

        with pytest.raises(Error, match="only ever decided"), transaction.atomic():
            RoleProposal.objects.filter(pk=proposal.pk).update(role="dispatcher")

    def test_the_database_wants_two_humans_behind_a_proposal(self, newcomer, secadmin):
        proposal = proposed(newcomer, secadmin)

        with pytest.raises(Error), transaction.atomic():
            RoleProposal.objects.filter(pk=proposal.pk).update(
                state="approved", decided_by=newcomer, decided_at=AT
            )

    def test_the_database_wants_three_humans_behind_a_role(self, newcomer, secadmin):
        with pytest.raises(Error, match="three people"), transaction.atomic():
            StaffRole.objects.create(
                staff=newcomer, role="authorizer", duty="", person=newcomer.person, valid_from=DAY,
                granted_by=newcomer, approved_by=secadmin,
            )  # fmt: skip

    def test_the_database_lets_no_role_in_without_them(self, newcomer):
        with pytest.raises(Error, match="granted by one person"), transaction.atomic():
            StaffRole.objects.create(
                staff=newcomer, role="authorizer", duty="", person=newcomer.person, valid_from=DAY
            )

    def test_a_role_held_is_not_turned_into_another(self, secadmin):
        with pytest.raises(Error, match="only ever ended"), transaction.atomic():
            secadmin.roles.update(role="sysadmin")

    def test_nobody_parts_two_numbers_of_a_human(self, teller):
        teller.person = uuid4()

        with pytest.raises(Error, match="are fixed"), transaction.atomic():
            teller.save(update_fields=["person"])


class TestDutiesApart:
    def test_the_service_refuses_what_conflicts(self, bank, secadmin, newcomer, second_secadmin):
        decided(proposed(newcomer, secadmin), second_secadmin)

        with pytest.raises(rules.DutiesConflict):
            proposed(newcomer, secadmin, role="auditor")

    @pytest.mark.parametrize(
        "pair", sorted(sorted(pair) for pair in roles.DUTY_CONFLICTS), ids="-".join
    )
    def test_the_database_refuses_every_pair_under_any_number(self, bank, pair):
        first, second = (next(r for r in roles.ROLES.values() if r.duty == duty) for duty in pair)
        with services.acting_as_system(reason="test"):
            one, other = hired(bank.branch, password=""), hired(bank.branch, password="")
            other.person = one.person
            other.save(update_fields=["person"])
            vendor = services.open_vendor(number="V1", name="外包")
            for staff, role in ((one, first), (other, second)):
                if role.duty == "vendor":
                    staff.vendor = vendor
                    staff.save(update_fields=["vendor"])
            StaffRole.objects.create(
                staff=one, role=first.code, duty="", person=one.person, valid_from=DAY
            )
            with pytest.raises(Error, match="not for one human"), transaction.atomic():
                StaffRole.objects.create(
                    staff=other, role=second.code, duty="", person=one.person, valid_from=DAY
                )

    def test_what_follows_after_the_other_has_ended_is_fine(self, bank, teller):
        with services.acting_as_system(reason="test"):
            teller.roles.update(valid_until=date(2025, 12, 31))
            number = hired(bank.centre, password="")
            number.person = teller.person
            number.save(update_fields=["person"])
            services.grant_role(
                staff=number, role="auditor", on=DAY, granted_by=None, approved_by=None
            )

        assert number.roles.count() == 1

    def test_the_database_knows_the_same_duties_and_conflicts_as_the_page(self, db):
        assert dict(RoleDuty.objects.values_list("role", "duty")) == {
            role.code: role.duty for role in roles.ROLES.values()
        }
        pairs = {frozenset(row) for row in DutyConflict.objects.values_list("first", "second")}
        assert pairs == roles.DUTY_CONFLICTS

    def test_the_application_cannot_change_them(self, db):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            DutyConflict.objects.all().delete()

    @pytest.mark.parametrize(("vendor", "role"), [(True, "authorizer"), (False, "vendor_key")])
    def test_vendors_people_and_the_banks_do_not_mix(self, bank, newcomer, secadmin, vendor, role):
        if vendor:
            newcomer.vendor = services.open_vendor(number="V1", name="外包")
            newcomer.save(update_fields=["vendor"])

        with pytest.raises(rules.VendorRole):
            proposed(newcomer, secadmin, role=role)
        with (
            services.acting_as_system(reason="test"),
            pytest.raises(Error, match="do not mix"),
            transaction.atomic(),
        ):
            StaffRole.objects.create(
                staff=newcomer, role=role, duty="", person=newcomer.person, valid_from=DAY
            )


class TestPages:
    @pytest.fixture(autouse=True)
    def inside(self):
        """Come in through the door, where no scope is open yet."""

    def test_the_table_of_roles_opens(self, client, sign_in, secadmin):
        sign_in(secadmin)

        page = client.get(reverse("people:roles")).content.decode()
        assert all(right in page for right in ("办理授权", "批准业务参数"))
        assert "authorization_decide" not in page, "codes are for programs"

    def test_what_can_never_be_approved_is_said_at_its_field(
        self, client, sign_in, newcomer, secadmin
    ):
        sign_in(secadmin)
        given = {"kind": "grant", "role": "teller", "valid_from": "2026-11-23", "reason": "入职"}
        page = client.post(reverse("people:propose_role", args=[newcomer.number]), given)

        assert page.status_code == 422
        assert "此类机构不设该角色。" in page.context["form"].errors["role"][0]
        assert page.context["form"]["reason"].value() == "入职", "nothing typed is lost"
        assert not RoleProposal.objects.exists()
        with services.acting_as_system(reason="test"):
            assert Event.objects.filter(result=rules.RoleNotHere.code).count() == 1

    def test_two_administrators_do_it_by_the_pages(
        self, client, sign_in, newcomer, secadmin, second_secadmin
    ):
        sign_in(secadmin)
        client.post(
            reverse("people:propose_role", args=[newcomer.number]),
            {"kind": "grant", "role": "authorizer", "valid_from": "2026-11-23", "reason": "入职"},
        )
        proposal = RoleProposal.objects.get()
        address = reverse("people:decide_role", args=[proposal.pk])
        assert client.post(address, {"step": "approve"}).status_code == 409

        sign_in(second_secadmin)
        assert newcomer.name in client.get(reverse("people:proposals")).content.decode()
        client.post(address, {"step": "approve"})

        assert newcomer.roles.get().role == "authorizer"

    def test_the_page_of_a_proposal_tells_of_it_alone(
        self, client, sign_in, newcomer, secadmin, second_secadmin
    ):
        with services.acting_as_system(reason="test"):
            declined = proposed(newcomer, secadmin)
            decided(declined, second_secadmin, approve=False)
            waiting = proposed(newcomer, secadmin)
        sign_in(second_secadmin)

        first = client.get(reverse("people:proposal", args=[declined.pk]))
        second = client.get(reverse("people:proposal", args=[waiting.pk]))
        listed = client.get(reverse("people:proposals")).content.decode()

        told = [event.action for event in first.context["entries"]]
        assert told == ["people.decline_role", "people.propose_role"]
        assert [event.action for event in second.context["entries"]] == ["people.propose_role"]
        decide = reverse("people:decide_role", args=[waiting.pk])
        assert decide in second.content.decode()
        assert reverse("people:decide_role", args=[declined.pk]) not in first.content.decode()
        assert f'href="{reverse("people:proposal", args=[declined.pk])}"' in listed

    def test_a_proposal_for_somebody_out_of_sight_has_no_page(
        self, client, sign_in, bank, newcomer, secadmin
    ):
        with services.acting_as_system(reason="test"):
            proposal = proposed(newcomer, secadmin)
            elsewhere = hired(bank.sub_branch, "ops_manager", name="冯远")
        sign_in(elsewhere)

        assert client.get(reverse("people:proposal", args=[proposal.pk])).status_code == 404

    def test_a_teller_has_no_business_here(self, client, sign_in, teller, newcomer):
        sign_in(teller)

        for name in ("people:roles", "people:proposals", "people:staff", "people:institutions"):
            assert client.get(reverse(name)).status_code == 403
        assert client.get(reverse("people:propose_role", args=[newcomer.number])).status_code == 403


def test_every_permission_has_its_name():
    assert set(rules.RIGHTS) == set(roles.Permission)
