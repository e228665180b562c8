"""Slips of the demo bank: what the audits of the last weeks found, and where each stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext, override

from foundation.kernel.calendar import SHANGHAI, Calendar
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.policy import selectors as policy
from monitoring import rules as pairs
from monitoring.models import Match, Slip
from monitoring.rules import slips as rules
from monitoring.rules.bulletin import month_of
from monitoring.rules.points import OF_FINDING
from monitoring.services import bulletin
from monitoring.services import slips as services
from monitoring.services.slips import Draft, Picture
from ops_platform.demo import house, vouchers

LEAD, MANAGER = "212001", "200010"
OPENS = time(9, 40)
BETWEEN = timedelta(minutes=55)
NUMBERS = {
    "monitoring.slip_query_minutes": "180",
    "monitoring.slip_error_1_minutes": "1440",
    "monitoring.slip_error_2_minutes": "960",
    "monitoring.slip_error_3_minutes": "480",
    "monitoring.slip_error_4_minutes": "0",
    "monitoring.slip_plan_minutes": "2400",
    "monitoring.slip_rectification_minutes": "7200",
    "monitoring.slip_warning_minutes": "60",
    "monitoring.slip_qc_minutes": "960",
    "monitoring.slip_appeal_minutes": "960",
    "monitoring.slip_rung_minutes": "480",
    "monitoring.slip_repeat_days": "30",
    "monitoring.slip_repeat_times": "2",
    "monitoring.slip_points_1": "1",
    "monitoring.slip_points_2": "3",
    "monitoring.slip_points_3": "10",
    "monitoring.slip_points_4": "30",
    "monitoring.score_first_pass": "30",
    "monitoring.score_timeliness": "20",
    "monitoring.score_quality": "35",
    "monitoring.score_discipline": "15",
    "monitoring.score_taken_off": "2",
}
SAYS = {
    "reply": "已联系客户补正，相关凭证已更换并重新整理。",
    "plan": "拟于本周组织柜员学习制度，并由主管逐笔复核。",
    "requery": "请补充说明授权人及处理依据。",
    "appeal": "凭证要素经核对与流水一致，请复议。",
    "uphold": "复核影像，要素一致，申诉成立。",
    "dismiss": "影像显示要素不符，维持原认定。",
}
ANSWERED, ENDED = "reply", "reply verify close"
ASKED_AND_ENDED = "reply accept close"


@dataclass(frozen=True)
class Told:
    """One slip: so many working days ago, to which outlet, what of, and what was done since."""

    days: int
    outlet: int
    kind: str
    text: str
    code: str = ""
    steps: str = ""


def _minor(days: int, outlet: int, code: str, text: str, steps: str = ENDED) -> Told:
    return Told(days, outlet, rules.ERROR, text, code, steps)


STORY = (
    _minor(24, 1, "J101", "业务凭证漏盖业务清讫章"),
    _minor(22, 2, "J102", "凭证打印字迹不清，无法识别流水号"),
    _minor(20, 3, "J103", "代理业务缺代理人身份证复印件"),
    _minor(18, 1, "J101", "存款凭证漏盖柜员名章"),
    _minor(17, 4, "J205", "取款凭证缺客户签名", "reply requery reply verify close"),
    _minor(15, 2, "J204", "误用他行凭证种类办理转账"),
    _minor(14, 3, "J101", "凭证漏盖业务清讫章", "appeal uphold"),
    _minor(12, 3, "J101", "传票漏盖业务清讫章"),
    _minor(11, 6, "J303", "大额取款未核对客户身份", ENDED),
    _minor(9, 1, "J104", "传票未按流水顺序整理"),
    _minor(8, 4, "J102", "验印打印要素不全"),
    _minor(7, 2, "J203", "凭证号录入错误一位", "appeal dismiss reply verify close"),
    _minor(6, 5, "J105", "凭证次日下午移交，超过规定时间"),
    _minor(4, 1, "J205", "转账凭证缺客户签名", "reply verify"),
    _minor(3, 3, "J101", "凭证漏盖业务清讫章", "acknowledge begin"),
    _minor(2, 2, "J401", "汇款误入他人账户，已冻结追回", "reply"),
    _minor(2, 6, "J202", "凭证账号与流水不一致", "acknowledge"),
    _minor(1, 1, "J102", "凭证打印不清", "reply"),
    _minor(1, 2, "J101", "凭证漏盖柜员名章", "appeal"),
    Told(21, 2, rules.QUERY, "该笔大额取款授权依据不明，请说明。", steps=ASKED_AND_ENDED),
    Told(13, 3, rules.QUERY, "同一客户当日多笔取款接近限额，请核实。",
         steps="reply requery reply accept close"),
    Told(5, 1, rules.QUERY, "挂失后当日取款，请说明核实经过。", steps="reply accept"),
    Told(1, 3, rules.QUERY, "冲正原因未注明，请说明。", steps="receive reply requery"),
    Told(1, 2, rules.QUERY, "代办关系证明缺失，请说明。", steps="reply"),
    Told(0, 1, rules.QUERY, "柜员代客户填单，请核实。"),
    Told(0, 2, rules.QUERY, "抹账重做原因请说明。", steps="receive"),
    Told(11, 6, rules.RECTIFICATION, "身份核对制度执行不到位，限期整改。", "J303",
         "plan reply verify close"),
    Told(7, 2, rules.RECTIFICATION, "重要业务无现场复核，限期整改。", "J301", "plan reply"),
    Told(3, 1, rules.RECTIFICATION, "内部账记账依据不全，限期整改。", "J302", "acknowledge"),
    Told(2, 4, rules.RECTIFICATION, "验印环节执行不到位，限期整改。", "J305", "plan"),
    Told(10, 5, rules.WARNING, "同一终端短时内连续授权，请立即核查。", steps=ASKED_AND_ENDED),
    Told(1, 3, rules.WARNING, "休眠账户激活后大额转出，请立即核查。"),
    Told(0, 2, rules.WARNING, "同一手机号关联多户，请立即核查。", steps="receive"),
    Told(0, 1, rules.WARNING, "夜间记账一笔，请立即核查。", steps="reply"),
    Told(16, 1, rules.HINT, "月末业务量上升，请提前整理传票。", steps="see"),
    Told(0, 3, rules.HINT, "新版取款凭证下周启用，请注意更换。"),
    Told(6, 0, rules.QC, "漏查一笔金额大小写不符的凭证。", steps="reply verify close"),
    Told(1, 0, rules.QC, "强制通过理由填写过于简单。", steps="acknowledge"),
    Told(9, 2, rules.CASE, "涉嫌使用伪造印鉴骗取资金，按规定移交线索。", steps="hand_over"),
    Told(0, 3, rules.CASE, "涉嫌冒名开户，按规定移交线索。"),
)  # fmt: skip
# What is done with the first errors of the day before; the rest has only just been issued.
OF_PAIRS = ("appeal", "acknowledge", "")


class Teller:
    """Tells the story: who issues, who answers, who checks, and when each of it happened."""

    def __init__(
        self, *, staff: Mapping[str, Staff], auditors: Sequence[Staff], calendar: Calendar,
        on: date, now: datetime,
    ) -> None:  # fmt: skip
        self.staff, self.auditors = staff, auditors
        self.calendar, self.on, self.now = calendar, on, now
        self.places = house.outlets(sum(n.endswith("91") and n[:2] == "22" for n in staff))
        self.turn = 0

    def tell(self, told: Told, *, origin: str = "") -> Slip | None:
        """Issue one slip and take its steps; an outlet that is not there is told nothing."""
        if told.outlet > len(self.places):
            return None
        self.turn += 1
        day = self.calendar.add_business_days(self.on, -told.days) if told.days else self.on
        at = self._at(datetime.combine(day, OPENS, SHANGHAI) + timedelta(minutes=3 * self.turn))
        issuer, teller = self._issuer(told), ""
        if rules.KINDS[told.kind].graded:
            teller = f"22{told.outlet:02}01"
        if told.kind == rules.QC:
            teller = self.auditors[0].number
        draft = Draft(
            kind=told.kind, place=self._place(told), text=told.text, code=told.code,
            teller=teller, origin=origin,
        )  # fmt: skip
        with people.acting(staff=issuer):
            slip = services.issue(draft=draft, by=issuer, at=at)
        for step in told.steps.split():
            at = self._at(at + BETWEEN)
            self._take(slip, told, step, issuer, at)
        return slip

    def _take(self, slip: Slip, told: Told, step: str, issuer: Staff, at: datetime) -> None:
        by = self._by(told, step, issuer)
        words = SAYS.get(step, "")
        with people.acting(staff=by):
            if step in ("reply", "plan"):
                services.answer(
                    number=slip.number, step=step, words=words, by=by, at=at,
                    pictures=self._pictures(slip, step),
                )  # fmt: skip
            elif step == "requery":
                services.requery(number=slip.number, words=words, by=by, at=at)
            elif step == "appeal":
                services.appeal(number=slip.number, words=words, by=by, at=at)
            elif step in ("uphold", "dismiss"):
                upheld = step == "uphold"
                services.judge(number=slip.number, upheld=upheld, words=words, by=by, at=at)
            else:
                sealed = told.kind == rules.CASE
                services.step(number=slip.number, step=step, by=by, at=at, sealed=sealed)

    def _by(self, told: Told, step: str, issuer: Staff) -> Staff:
        """Return who takes a step: the outlet's supervisor, the issuer, or another auditor."""
        if told.kind == rules.QC:
            return self.auditors[0] if step in rules.OUTLET_STEPS else self.staff[LEAD]
        if step in rules.OUTLET_STEPS or step == "appeal":
            return self.staff[f"22{told.outlet:02}91"]
        if step in ("uphold", "dismiss"):
            return self.staff[LEAD]
        if step in ("verify", "accept"):
            return self.auditors[(self.turn + 1) % len(self.auditors)]
        return issuer

    def _issuer(self, told: Told) -> Staff:
        if told.kind in (rules.QC, rules.CASE):
            return self.staff[LEAD]
        return self.auditors[self.turn % len(self.auditors)]

    def _place(self, told: Told) -> str:
        if told.kind == rules.QC:
            return house.MONITORING_CENTRE
        return self.places[told.outlet - 1].number

    def _at(self, at: datetime) -> datetime:
        return min(at, self.now)

    def _pictures(self, slip: Slip, step: str) -> Sequence[Picture]:
        """Return a voucher drawn anew where a grave error needs one."""
        if step != "reply" or slip.error_class not in rules.GRAVE:
            return ()
        fields = {
            "date": slip.issued_on, "amount_fen": 8_600_000 + self.turn * 100, "name": "客户",
            "account": "6228480010000000000", "purpose": "补正", "outlet": slip.institution.name,
            "voucher_no": f"{70_000_000 + self.turn}",
        }  # fmt: skip
        data, _truth = vouchers.draw("withdrawal", fields, seed=self.turn, level="clean")
        return (Picture(data, "补正凭证.jpg"),)


def play(
    *, staff: Mapping[str, Staff], places: Mapping[str, Institution], auditors: Sequence[Staff],
    on: date, now: datetime,
) -> int:  # fmt: skip
    """Tell the story, and put what was confirmed on a day on slips; return how many there are."""
    calendar = policy.calendar(on=on)
    teller = Teller(staff=staff, auditors=auditors, calendar=calendar, on=on, now=now)
    for told in STORY:
        teller.tell(told)
    for match, steps in zip(_confirmed(on), OF_PAIRS, strict=False):
        outlet = [one.number for one in teller.places].index(match.institution.number) + 1
        with override("zh-hans"):
            said = f"{gettext(pairs.RESULTS[match.result].text)} {match.journal_no}".strip()
        told = Told(0, outlet, rules.ERROR, said, OF_FINDING[match.result], steps)
        teller.tell(told, origin=match.trail_subject)
    with people.acting_as_system(reason="demo slips"):
        services.climb_all(at=now)
        branch, month = places[house.BRANCH_NUMBER], month_of(on)
        for one in (month.before, month):
            bulletin.make(institution=branch, month=one, by=staff[MANAGER].label, at=now)
        return Slip.objects.count()


def _confirmed(on: date) -> Sequence[Match]:
    """Return differences of outlets that were confirmed on a day, as many as OF_PAIRS has."""
    with people.acting_as_system(reason="demo slips"):
        rows = Match.objects.filter(
            business_date=on, state=pairs.CONFIRMED, institution__kind="outlet"
        )
        return tuple(rows.select_related("institution").order_by("id")[: len(OF_PAIRS)])
