"""Short turns at the processor: who works for a moment and waits again is let in sooner.

A commit waits twice for the disk, and after each wait for a processor; where readers of images and
workers keep the processors busy, the second wait is the longer one. Linux from 6.12 on takes a
length of turn from each process: a shorter one comes sooner, and gets no more of the processor in
all (docs/decisions/0229).
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

# The shortest turn that Linux takes.
SHORT_NS = 100_000
# sched_setattr and sched_getattr.
_NUMBERS = {"x86_64": (314, 315), "aarch64": (274, 275)}
# struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period, two clamps.
_ATTRIBUTES = struct.Struct("IIQiIQQQII")
_libc = ctypes.CDLL(None, use_errno=True)


def take_short_turns() -> bool:
    """Ask for short turns for this process and its children; tell whether they were given.

    Where the system knows of no turns or refuses them, everything stays as it is.
    """
    known = _NUMBERS.get(platform.machine())
    if known is None:
        return False
    wanted = _ATTRIBUTES.pack(
        _ATTRIBUTES.size, 0, 0, os.getpriority(os.PRIO_PROCESS, 0), 0, SHORT_NS, 0, 0, 0, 0
    )
    return bool(_libc.syscall(known[0], 0, ctypes.create_string_buffer(wanted), 0) == 0)


def turn_ns(pid: int) -> int | None:
    """Return the length of a process's turns in nanoseconds; None where the system does not say."""
    known = _NUMBERS.get(platform.machine())
    if known is None:
        return None
    answer = ctypes.create_string_buffer(_ATTRIBUTES.size)
    if _libc.syscall(known[1], pid, answer, _ATTRIBUTES.size, 0) != 0:
        return None
    return int(_ATTRIBUTES.unpack(answer.raw)[5]) or None
