"""Finds Chinese fonts on the machine: Noto CJK first, WenQuanYi where Debian has only that."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from ops_platform.env import BASE

FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
    str(BASE / "var/debian/root/usr/share/fonts"),  # where bin/prepare may not install
    str(BASE / "var/fonts"),  # what bin/hand-fonts fetched
)  # fmt: skip
# Who writes by hand: signs and figures. Grass script is left out: bills may not bear it.
HANDS = (
    ("long-cang", "kalam"), ("ma-shan-zheng", "patrick-hand"), ("zhi-mang-xing", "gochi-hand"),
)  # fmt: skip
# For each style the files that serve it, best first, with the index of simplified Chinese.
STYLES: dict[str, tuple[tuple[str, int], ...]] = {
    "serif": (("NotoSerifCJK-Regular.ttc", 2), ("uming.ttc", 0), ("wqy-microhei.ttc", 0)),
    "heavy": (("NotoSerifCJK-Bold.ttc", 2), ("NotoSansCJK-Bold.ttc", 2), ("wqy-microhei.ttc", 0)),
    "sans": (("NotoSansCJK-Regular.ttc", 2), ("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0)),
    "bold": (("NotoSansCJK-Bold.ttc", 2), ("wqy-microhei.ttc", 0), ("wqy-zenhei.ttc", 0)),
    # Three people's writing, where bin/hand-fonts has fetched it.
    **{
        f"hand{place}": ((f"{signs}-chinese-simplified-400-normal.woff", 0),)
        for place, (signs, _) in enumerate(HANDS)
    },
    **{
        f"figures{place}": ((f"{figures}-latin-400-normal.woff", 0),)
        for place, (_, figures) in enumerate(HANDS)
    },
    "hand": (("LXGWWenKai-Light.ttf", 0), ("ukai.ttc", 0), ("NotoSerifCJK-Regular.ttc", 2)),
}


class NoChineseFont(RuntimeError):
    """The machine has no Chinese font: `apt-get install fonts-noto-cjk`."""


@lru_cache
def _found() -> dict[str, Path]:
    """Return every font file by its name."""
    roots = [Path(folder).expanduser() for folder in FOLDERS]
    files = (
        file
        for root in roots
        if root.is_dir()
        for kind in ("*.tt[cf]", "*.woff")
        for file in sorted(root.rglob(kind))
    )
    return {file.name: file for file in files}


def hands() -> tuple[int, ...]:
    """Return which of the three people's writing the machine has."""
    return tuple(
        place
        for place in range(len(HANDS))
        if {STYLES[f"hand{place}"][0][0], STYLES[f"figures{place}"][0][0]} <= _found().keys()
    )


@lru_cache(maxsize=256)
def font(style: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the font of a style in a size, or of the nearest style that the machine has."""
    wanted = [*STYLES[style], *STYLES["sans"], *STYLES["serif"]]
    for name, index in wanted:
        if name in _found():
            # The basic layout is enough for Chinese and twice as fast.
            return ImageFont.truetype(
                str(_found()[name]), size, index=index, layout_engine=ImageFont.Layout.BASIC
            )
    raise NoChineseFont("no Chinese font found: install fonts-noto-cjk or fonts-wqy-microhei")
