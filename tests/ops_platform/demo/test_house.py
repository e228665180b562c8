"""The house of the demo bank: numbers are valid, names differ, nobody holds conflicting duties."""

from __future__ import annotations

from datetime import date
from random import Random

from foundation.kernel import numbering
from foundation.people.roles import ROLES
from ops_platform.demo import house, names


def test_the_house_is_the_same_every_time():
    assert house.staff() == house.staff()
    assert house.places() == house.places()


def test_every_post_is_held_where_its_role_is_held():
    kinds = {place.number: place.kind for place in house.places()}

    for post in house.staff():
        assert kinds[post.place] in ROLES[post.role].institution_kinds


def test_every_person_has_one_number_one_name_and_one_role():
    staff = house.staff()

    assert len({post.number for post in staff}) == len(staff)
    assert len({post.name for post in staff}) == len(staff)
    assert len({post.human for post in staff}) == len(staff)
    assert len({post.identity for post in staff}) == len(staff)


def test_parents_come_before_their_children():
    seen = {""}
    for place in house.places():
        assert place.parent in seen
        seen.add(place.number)


def test_identity_numbers_are_valid_and_tell_sex_and_age():
    for seed in range(200):
        woman = seed % 2 == 0
        number = names.resident_id(Random(seed), woman=woman, on=date(2026, 11, 23))

        assert numbering.parse_resident_id(number) == number
        assert (int(number[16]) % 2 == 0) is woman
        assert date(1946, 1, 1) < (numbering.birth_date(number) or date.max) < date(2008, 1, 1)


def test_credit_codes_are_valid():
    for seed in range(200):
        code = names.credit_code(Random(seed))

        assert numbering.parse_credit_code(code) == code
