"""The bank behind the pages: 300 outlets with one item of each kind, or 100,000 items more."""

from ops_platform.bench.bank._founding import FIRST, MORE, Wanted, found, play
from ops_platform.bench.bank._growing import grow

__all__ = ["FIRST", "MORE", "Wanted", "found", "grow", "play"]
