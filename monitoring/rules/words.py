"""The words of names: one width and case, legal forms left out, words of trade and place known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Legal forms: they weigh nothing, so that they never make a hit. The longest first.
_FORMS_ZH = """
股份有限责任公司 有限责任公司 股份有限公司 集团有限公司 有限合伙 合伙企业 有限公司
分公司 子公司 总公司 事务所 股份 集团 有限 公司 企业 工厂 商行 个体工商户
"""
_FORMS_LATIN = """
co company corp corporation inc incorporated ltd limited llc llp lp plc gmbh ag sa sarl srl spa bv
nv oy ab as kk pte pty sdn bhd jsc ojsc pjsc cjsc ooo oao zao pao fze fzco est group holding
holdings the of and de
"""
FORMS = frozenset(f"{_FORMS_ZH} {_FORMS_LATIN}".split())
# Words of trade and place: they weigh little, whatever a small list says.
_WORDS_ZH = """
科技 商贸 贸易 实业 投资 咨询 建筑 工程 信息 技术 国际 进出口 物流 航运 餐饮 管理 服务 文化
传媒 医药 食品 发展 控股 电子 机电 设备 中国 北京 上海 广州 深圳 天津 香港 北京市 上海市 工业
能源 石油 银行 基金
"""
_WORDS_LATIN = """
trading trade international import export shipping logistics general services service technology
technologies tech industries industry industrial energy oil petroleum bank fund investment
investments china beijing shanghai hong kong global world enterprise enterprises mr mrs ms dr al bin
ibn
"""
WORDS = frozenset(f"{_WORDS_ZH} {_WORDS_LATIN}".split())
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_KNOWN_HAN = f"{_FORMS_ZH} {_WORDS_ZH}".split()
_SPLIT_HAN = re.compile("|".join(sorted(_KNOWN_HAN, key=len, reverse=True)))


def normalised(text: str) -> str:
    """Return a name in one width and one case, without accents; punctuation becomes a space."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    kept = "".join(char for char in flat if not unicodedata.combining(char))
    without = re.sub(r"['’`]", "", unicodedata.normalize("NFKC", kept))
    return " ".join(_RUN.findall(without))


def tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of a name that weigh something, each once, in their order."""
    found: dict[str, None] = {}
    for run in _RUN.findall(normalised(text)):
        for token in _parts(run):
            if token not in FORMS:
                found[token] = None
    return tuple(found)


def _parts(run: str) -> Iterator[str]:
    """Return a Latin word as it is, and what lies between the known words of a Chinese run."""
    if not _is_han(run):
        yield run
        return
    at = 0
    for known in _SPLIT_HAN.finditer(run):
        if known.start() > at:
            yield run[at : known.start()]
        yield known.group()
        at = known.end()
    if at < len(run):
        yield run[at:]


def _is_han(run: str) -> bool:
    return "\u3400" <= run[0] <= "\ufaff"


def is_light(token: str) -> bool:
    """Return whether a token is a word of trade or place, or a lone letter."""
    return token in WORDS or (len(token) == 1 and not _is_han(token))
