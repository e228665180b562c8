"""Names of people and companies that nobody bears on purpose, and numbers that only look issued."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from foundation.kernel import numbering

# The first surnames by number of bearers; common ones come more often, as in any Chinese outlet.
SURNAMES = (
    "王王王李李李张张张刘刘陈陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于"
    "蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶"
)
WOMEN = (
    "静 敏 丽 艳 娟 霞 芳 燕 玲 雪 欣怡 雨桐 梦瑶 思颖 佳慧 淑珍 秀兰 桂英 玉梅 晓红 海燕 文婷 "
    "雅琴 春梅 诗涵 若兰 美玲 慧敏 丽娜 婉清"
).split()
MEN = (
    "伟 强 磊 军 勇 涛 超 明 杰 鹏 浩然 子轩 宇航 志强 建国 建军 文斌 立新 振华 海波 晓东 德胜 "
    "永康 嘉诚 俊杰 天佑 国庆 庆丰 长江 卫东"
).split()
PLACES = "京北 燕园 海晏 通明 华灯 昌盛 顺和 丰泽 长河 西岭 东篱 云冈 青石 永定 潮白".split()
STYLES = "示例 样张 演示 假想 虚构 试算".split()
TRADES = (
    "科技 商贸 建筑工程 信息技术 物业管理 文化传媒 餐饮管理 机电设备 医药 食品 货运 园林绿化 "
    "教育咨询 印刷 服装 家具 环保工程 酒店管理"
).split()
FORMS = "有限公司 有限公司 有限责任公司 股份有限公司".split()
# A region that does not exist: numbers are valid in form and belong to nobody.
REGION = "119999"


def person(random: Random) -> tuple[str, bool]:
    """Return a person's name, and whether it is a woman's."""
    woman = random.random() < 0.5
    return random.choice(SURNAMES) + random.choice(WOMEN if woman else MEN), woman


def people(random: Random, count: int) -> list[tuple[str, bool]]:
    """Return so many people whose names all differ."""
    found: dict[str, bool] = {}
    while len(found) < count:
        name, woman = person(random)
        found.setdefault(name, woman)
    return list(found.items())


def company(random: Random) -> str:
    """Return a company's name in which one part always says that it is made up."""
    place, style = random.choice(PLACES), random.choice(STYLES)
    return f"北京{place}{style}{random.choice(TRADES)}{random.choice(FORMS)}"


def resident_id(random: Random, *, woman: bool, on: date) -> str:
    """Return the identity number of somebody between 19 and 80 on the day."""
    born = on - timedelta(days=random.randrange(19 * 366, 80 * 365))
    serial = random.randrange(1, 499) * 2 + (0 if woman else 1)
    return numbering.resident_id(region=REGION, born=born, serial=serial)


def credit_code(random: Random) -> str:
    """Return the unified social credit code of a company."""
    return numbering.credit_code(region=REGION, serial=random.randrange(10**8))
