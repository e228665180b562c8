"""The branch, its people and the way in through the door, as in the tests of people."""

from tests.foundation.people.conftest import bank, fast_hashes, sign_in

__all__ = ["bank", "fast_hashes", "sign_in"]
