"""The second factor: a device of the person's own, its secret sealed, each code good for once."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db.models import F
from django_otp.oath import TOTP

from foundation.kernel import bus
from foundation.people import events, gateways, rules
from foundation.people.models import SecondFactor, Staff
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell_of

_SECRET_BYTES = 20
_STEPS_ASIDE = 1


def enrol_second_factor(*, staff: Staff) -> SecondFactor:
    """Return the person's device, a fresh and unconfirmed one where there is none."""
    sealed = gateways.seal(secrets.token_bytes(_SECRET_BYTES), about=staff.number)
    with acting_as_system(reason="second factor"):
        return SecondFactor.objects.get_or_create(staff=staff, defaults={"sealed": sealed})[0]


def secret_of(*, device: SecondFactor) -> bytes:
    """Return the secret of a device, to check a code or to show it while it is being set up."""
    return gateways.unseal(device.sealed, about=device.staff.number)


def check_second_factor(*, staff: Staff, code: str, at: datetime, where: str) -> SecondFactor:
    """Accept the code of the person's device, once; refuse any other and count the failure."""
    enrol_second_factor(staff=staff)
    with acting_as_system(reason="second factor"):
        device = (
            SecondFactor.objects.select_for_update(of=("self",))
            .select_related("staff")
            .get(staff=staff)
        )
        fresh, step = not device.confirmed, _step_of(device, code, at=at)
        # The failure is counted here, in a transaction that the refusal below does not undo.
        if step is None:
            device.failures, device.failed_at = min(device.failures + 1, 1000), at
        else:
            device.confirmed, device.last_step, device.failures = True, step, 0
        device.save(update_fields=["confirmed", "last_step", "failures", "failed_at"])
    action = "people.enrol_second_factor" if fresh else "people.second_factor"
    tell_of(
        staff=staff, action=action, at=at, where=where, result="refused" if step is None else "ok"
    )
    if step is None:
        raise rules.WrongCode(field="code")
    return device


def forget_second_factor(*, staff_id: int, by: Staff, at: datetime, where: str) -> None:
    """Take away a lost device; the person enrols another at the next sign-in; refuse one's own."""
    with acting_as_system(reason="reset"):
        staff = Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff_id)
        if staff.person == by.person:
            raise rules.OwnReset
        SecondFactor.objects.filter(staff=staff).delete()
        Staff.objects.filter(id=staff.pk).update(
            sign_in_epoch=F("sign_in_epoch") + 1, signed_out_because=rules.RESET
        )
        bus.publish(events.SignedOut(staff_id=staff.pk, at=at))
        tell_of(staff=staff, action="people.forget_second_factor", at=at, where=where, actor=by)


def reseal_second_factors() -> int:
    """Seal every secret with the present key that is not yet; return how many were."""
    with acting_as_system(reason="reseal"):
        rows = SecondFactor.objects.select_for_update(of=("self",)).select_related("staff")
        old = [row for row in rows.order_by("id") if not gateways.is_present(row.sealed)]
        for row in old:
            secret = gateways.unseal(row.sealed, about=row.staff.number)
            row.sealed = gateways.seal(secret, about=row.staff.number)
            row.save(update_fields=["sealed"])
    return len(old)


def _step_of(device: SecondFactor, code: str, *, at: datetime) -> int | None:
    """Return the time step whose code it is; none while a guesser has to wait."""
    wait = rules.wait_after(device.failures)
    if device.failed_at and at < device.failed_at + wait:
        return None
    clock = TOTP(secret_of(device=device))
    clock.time = at.timestamp()
    good = code.isascii() and code.isdigit()
    if not good or not clock.verify(int(code), _STEPS_ASIDE, device.last_step + 1):
        return None
    step: int = clock.t()
    return step
