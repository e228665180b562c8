"""The institutions and the staff of the demo bank, as plain data, the same in every run."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

from foundation.kernel import numbering
from ops_platform.demo import names

BANK = "示范银行"
HEAD_NUMBER, BRANCH_NUMBER = "100000", "110000"
LEAD_NUMBER = "210001"  # of the authorizers
TRAINEE_NUMBER = "210031"  # an authorizer in the shadow
ANALYST_NUMBER, REVIEWER_NUMBER, AML_LEAD_NUMBER = "212101", "212102", "212103"
AUTHORIZATION_CENTRE, PROCESSING_CENTRE, MONITORING_CENTRE = "110100", "110200", "110300"
CENTRES = (
    (AUTHORIZATION_CENTRE, "集中授权中心"),
    (PROCESSING_CENTRE, "集中作业中心"),
    (MONITORING_CENTRE, "集中监控中心"),
    ("110400", "集中清算中心"),
    ("110500", "现金中心"),
    ("110600", "银企对账中心"),
)
# Each sub-branch with its six outlets; the districts are real, the outlets are not.
SUB_BRANCHES = (
    ("111000", "海淀支行", "学院南 上庄桥 苏家坨东 知春里 北安河 玉渊西"),
    ("112000", "朝阳支行", "十里堡东 望和桥 双井南 亚运村北 高碑店 来广营"),
    ("113000", "西城支行", "德胜里 白塔寺 陶然亭北 月坛西 广安东 牛街口"),
    ("114000", "丰台支行", "方庄北 卢沟桥 六里桥南 长辛店 南苑东 花乡"),
    ("115000", "通州支行", "北苑口 梨园西 马驹桥 宋庄北 张家湾 潞河"),
    ("116000", "昌平支行", "回龙观西 沙河北 天通苑南 南口 小汤山 北七家"),
)
OUTLETS_MAX = 36
# The operations managers of the branch and of its first sub-branch sign the days that are over.
CLOSERS = ("200010", "201010")


@dataclass(frozen=True)
class Place:
    """One institution: its number, name, kind and the number of its parent."""

    number: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True)
class Person:
    """One member of staff with the one role held."""

    number: str
    name: str
    role: str
    place: str
    grade: int
    vendor: str
    human: UUID
    identity: str


def outlets(count: int = OUTLETS_MAX) -> list[Place]:
    """Return the first outlets, taken from every sub-branch in turn."""
    rows = []
    for turn in range(6):
        for number, _, quarters in SUB_BRANCHES:
            kind = "分理处" if turn > 3 else "支行"
            name = f"{quarters.split()[turn]}{kind}"
            rows.append(Place(str(int(number) + turn + 1), name, "outlet", number))
    return rows[:count]


def places(outlet_count: int = OUTLETS_MAX) -> list[Place]:
    """Return every institution, parents first."""
    return [
        Place(HEAD_NUMBER, f"{BANK}总行", "head", ""),
        Place(BRANCH_NUMBER, f"{BANK}北京市分行", "branch", HEAD_NUMBER),
        *(Place(number, name, "centre", BRANCH_NUMBER) for number, name in CENTRES),
        *(Place(number, name, "sub_branch", BRANCH_NUMBER) for number, name, _ in SUB_BRANCHES),
        *outlets(outlet_count),
    ]


def _posts(outlet_count: int) -> list[tuple[str, str, str, int, str]]:
    """Return number, role, place, grade and vendor of every post."""
    branch, authorizing, monitoring = BRANCH_NUMBER, AUTHORIZATION_CENTRE, MONITORING_CENTRE
    posts = [
        ("200001", "sysadmin", branch, 1, ""),
        ("200002", "secadmin", branch, 1, ""),
        ("200003", "auditadmin", branch, 1, ""),
        ("200004", "secadmin", branch, 1, ""),
        ("200010", "ops_manager", branch, 5, ""),
        ("200011", "risk_manager", branch, 5, ""),
        ("200020", "dispatcher", authorizing, 3, ""),
        (LEAD_NUMBER, "auth_lead", authorizing, 5, ""),
        *(
            (str(210011 + place), "authorizer", authorizing, grade, "")
            for place, grade in enumerate((1, 2, 2, 2, 3, 3, 3, 4, 4, 5))
        ),
        ("212001", "audit_lead", monitoring, 5, ""),
        *((str(212011 + place), "auditor", monitoring, 3, "") for place in range(4)),
        ("219001", "vendor_key", PROCESSING_CENTRE, 1, "京北示例外包服务有限公司"),
        *((f"20{number[2]}010", "ops_manager", number, 4, "") for number, _, _ in SUB_BRANCHES),
    ]
    for index, outlet in enumerate(outlets(outlet_count), start=1):
        tellers = 3 if index <= 6 else 2 if index <= 24 else 1
        posts += [
            (f"22{index:02}{t:02}", "teller", outlet.number, 1, "") for t in range(1, tellers + 1)
        ]
        posts.append((f"22{index:02}91", "outlet_supervisor", outlet.number, 3, ""))
    # Last, so that nobody else's name depends on it.
    posts += [
        (TRAINEE_NUMBER, "authorizer", authorizing, 1, ""),
        (ANALYST_NUMBER, "aml_analyst", monitoring, 3, ""),
        (REVIEWER_NUMBER, "aml_reviewer", monitoring, 4, ""),
        (AML_LEAD_NUMBER, "aml_lead", monitoring, 5, ""),
        ("219002", "vendor_key", PROCESSING_CENTRE, 1, "京北示例外包服务有限公司"),
    ]
    return posts


def staff(outlet_count: int = OUTLETS_MAX) -> list[Person]:
    """Return everybody who works in the house, each a different human."""
    random = Random("staff of the demo bank")
    posts = _posts(outlet_count)
    named = names.people(random, len(posts))
    return [
        Person(
            number,
            name,
            role,
            place,
            grade,
            vendor,
            UUID(int=random.getrandbits(128), version=4),
            numbering.sample_resident_id(int(number)),
        )
        for (number, role, place, grade, vendor), (name, _) in zip(posts, named, strict=True)
    ]
