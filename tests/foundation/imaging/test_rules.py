"""From lines to fields, and from keyed values to verdicts: no page is taken for what it is not."""

import pytest

from foundation.imaging import rules
from foundation.imaging.rules import Code, Line, ReadPage, fields_of, verify
from foundation.kernel import numbering
from foundation.kernel.money import Money

ACCOUNT = "6228480402564890018"


def row(*texts, top=0, left=0, confidence=98):
    """Return lines beside each other."""
    lines = []
    for text in texts:
        wide = sum(10 if char.isascii() else 20 for char in text)
        lines.append(Line(text, confidence, (left, top, wide, 24)))
        left += wide + 30
    return lines


def one(name, lines):
    values = [field.value for field in fields_of(lines=lines) if field.name == name]
    assert len(values) <= 1, values
    return values[0] if values else None


def verdict(name, value, *lines, codes=()):
    page = ReadPage(1, tuple(lines), fields_of(lines=lines), tuple(codes))
    return next(row for row in verify(expected={name: value}, pages=[page]) if row.name == name)


@pytest.mark.parametrize(
    ("name", "lines", "value"),
    [
        ("account", row("账号：6228 4804 0256 4890 018"), ACCOUNT),
        ("account", row("付款人账号", ACCOUNT), ACCOUNT),
        ("account", row("卡号 62284804O2564B9OOl8"), ACCOUNT),
        ("payee_account", row("收款人账号：110010401002765"), "110010401002765"),
        ("voucher_no", row("凭证号码", "20260000123456"), "20260000123456"),
        ("voucher_no", row("No.07 4471 9023"), "0744719023"),
        ("voucher_no", row("N 07 4471 9023"), "0744719023"),
        ("journal_no", row("交易流水号：112300001742 柜员号：110852"), "112300001742"),
        ("journal_no", row("流水996681516149 20261111 10:11"), "996681516149"),
        ("journal_no", row("流水99668151614920261111 10"), "996681516149"),
        ("journal_no", row("流水号：99668151614920261"), "99668151614920261"),
        ("payer_name", row("户名赵磊金额412,606.62元"), "赵磊"),
        ("payer_name", row("出票人签章"), None),
        ("amount", row("户名赵磊金额412,606.62元"), "412,606.62"),
        ("teller", row("交易流水号：112300001742 柜员号：110852"), "110852"),
        ("amount", row("金额小写：￥1，234，567．80"), "1,234,567.80"),
        ("amount", row("金额（小写）", "¥1.234.50"), "1,234.50"),
        ("amount", row("交易金额：500.00 余额：9,999.00"), "500.00"),
        ("amount_words", row("人民币（大写）", "壹仟圆正"), "壹仟元整"),
        ("amount_words", row("人民币叁佰贰拾捌万陆仟伍佰元整"), "叁佰贰拾捌万陆仟伍佰元整"),
        ("amount_words", row("人民币叁佰参拾万元整"), "叁佰叁拾万元整"),
        ("amount_words", row("叁佰某拾叁万捌仟元整"), "叁佰某拾叁万捌仟元整"),
        ("amount_words", row("某佰叁拾叁万捌仟元整"), "某佰叁拾叁万捌仟元整"),
        ("amount_words", row("亿仟佰拾万仟佰拾元角分"), None),
        ("date", row("申请日期2026年11月3日"), "2026-11-03"),
        ("payer_name", row("户名：欧阳建国"), "欧阳建国"),
        ("payee_name", row("收款人", "天津滨海恒运物流有限公司"), "天津滨海恒运物流有限公司"),
        ("purpose", row("用途：购房首付款"), "购房首付款"),
    ],
)
def test_a_label_names_what_stands_after_or_beside_it(name, lines, value):
    assert one(name, lines) == value


def test_two_columns_tell_payer_from_payee():
    lines = [
        *row("申请人", left=0, top=100),
        *row("全称", "华北鼎新机电设备有限公司", left=90, top=80),
        *row("账号", "1120010401002765", left=90, top=120),
        *row("收款人", left=700, top=100),
        *row("全称", "天津滨海恒运物流有限公司", left=790, top=80),
        *row("账号", "0302011729300418", left=790, top=120),
    ]

    assert one("payer_name", lines) == "华北鼎新机电设备有限公司"
    assert one("account", lines) == "1120010401002765"
    assert one("payee_name", lines) == "天津滨海恒运物流有限公司"
    assert one("payee_account", lines) == "0302011729300418"


def boxed(*texts):
    """Return lines of digits in boxes 40 pixels wide, a gap where a text is empty."""
    lines, left = row("亿千百十万千百十元角分", left=900, top=200), 900
    for text in texts:
        if text:
            lines.append(Line(text, 95, (left, 232, 40 * len(text), 30)))
        left += 40 * (len(text) or 1)
    return lines


def test_an_amount_in_boxes_is_read_under_its_heads():
    assert one("amount", boxed("¥328", "65", "0000")) == "3,286,500.00"


def test_an_amount_in_boxes_with_a_digit_missing_is_no_amount():
    assert one("amount", boxed("¥328", "65", "00", "", "0")) is None
    assert one("amount", boxed("¥328", "", "0000")) is None


@pytest.mark.parametrize("text", ["12,34.50", "1,2345.00", "123.4", "12345", "1,23,456.00"])
def test_figures_whose_groups_make_no_sense_are_no_amount(text):
    assert one("amount", row(f"金额小写：{text}")) is None


def test_words_and_figures_must_say_one_amount():
    right = row("金额小写：¥100.00", "大写金额：壹佰元整")
    wrong = row("金额小写：¥1,000.00", "大写金额：壹佰元整")

    assert rules.words_agree(fields=fields_of(lines=right)) is True
    assert rules.words_agree(fields=fields_of(lines=wrong)) is False
    assert rules.words_agree(fields=fields_of(lines=wrong[:1])) is None


def test_a_card_number_is_checked_by_its_last_digit():
    def checked(text):
        return fields_of(lines=row(f"账号：{text}"))[0].checked

    assert checked(ACCOUNT) is True
    assert checked(ACCOUNT[:-1] + "9") is False
    assert checked("1120010401002765") is None


@pytest.mark.parametrize("said", ["叁佰某拾叁万捌仟元整", "某佰叁拾叁万捌仟元整"])
def test_capitals_with_an_unknown_sign_are_no_other_amount(said):
    page = ReadPage(1, tuple(row(said)), fields_of(lines=row(said)))

    for fen in (33_800_000, 338_000_000, 3_800_000):
        [words] = [
            found
            for found in verify(expected={"amount_words": fen}, pages=[page])
            if found.name == "amount_words"
        ]
        assert words.verdict != "same"
        assert words.confidence <= 50, "not sure enough to accuse anybody"


class TestSecondReader:
    """Two engines on one number; what bears a reading out weighs more than an objection."""

    BARE = "1120010401002765"  # a number without a check digit

    @staticmethod
    def sure(text, digits):
        line = Line(text, 95, (0, 0, 300, 24), digits)
        return fields_of(lines=[line])[0].confidence

    def test_agreement_raises_the_confidence(self):
        assert self.sure(f"账号：{ACCOUNT}", ACCOUNT) == 99
        assert self.sure(f"账号：{self.BARE}", self.BARE) == 99

    def test_an_engine_that_was_not_asked_changes_nothing(self):
        assert self.sure(f"账号：{ACCOUNT}", "") == 95

    def test_another_number_lowers_it(self):
        assert self.sure(f"账号：{self.BARE}", self.BARE[:-1] + "9") == 60
        assert self.sure("金额（小写）：¥1,234.50", "123400") == 60

    def test_a_check_digit_stands_against_a_number_without(self):
        assert self.sure(f"账号：{ACCOUNT}", ACCOUNT[:-1] + "9") == 95
        assert self.sure(f"账号：{ACCOUNT}", ACCOUNT[:-2]) == 95

    def test_an_account_of_the_bank_is_checked_as_well(self):
        own = numbering.account_number(prefix="10", serial=4_711)

        assert self.sure(f"账号：{own}", own[:-3] + own[-2:]) == 95
        assert self.sure(f"账号：{own[:-1]}{9 - int(own[-1])}", own) == 60

    def test_two_valid_cards_leave_the_doubt(self):
        another = "6228480402564890026"
        assert fields_of(lines=row(f"账号：{another}"))[0].checked

        assert self.sure(f"账号：{ACCOUNT}", another) == 60

    def test_a_number_that_fails_its_own_check_is_not_borne_out(self):
        assert self.sure(f"账号：{ACCOUNT[:-1]}9", ACCOUNT) == 60

    @pytest.mark.parametrize(
        ("capitals", "sure"), [("壹仟贰佰叁拾肆元伍角", 95), ("壹仟贰佰叁拾肆元整", 60)]
    )
    def test_only_agreeing_capitals_bear_an_amount_out(self, capitals, sure):
        figures = Line("金额（小写）：¥1,234.50", 95, (0, 0, 300, 24), "123400")
        words = Line(f"金额（大写）：{capitals}", 97, (0, 40, 300, 24))

        amounts = [field for field in fields_of(lines=[figures, words]) if field.name == "amount"]

        assert [field.confidence for field in amounts] == [sure]


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("amount", 123450, row("金额小写：¥1,234.50")),
        ("amount", Money(123450), row("¥1,234.50")),
        ("amount", 123450, row("1,234.50")),
        ("amount_words", 123450, row("壹仟贰佰叁拾肆元伍角整")),
        ("account", ACCOUNT, row("账号：6228 4804 0256 4890 018")),
        ("account", ACCOUNT, row("6228480402564890018")),
        ("voucher_no", "07 4471 9023", row("N 07 4471 9023")),
        ("date", "2026-11-23", row("日期：2026年11月23日")),
        ("payee_name", "天津（滨海）物流", row("收款人：天津(滨海)物流")),
        ("branch", "示范银行", row("示范银行 海淀支行")),
    ],
)
def test_what_the_paper_bears_out_is_the_same(name, value, lines):
    assert verdict(name, value, *lines).verdict == rules.SAME


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("amount", 123450, row("金额小写：¥11,234.50")),
        ("amount", 100000, row("金额小写：¥11,000.00")),
        ("amount", 123450, row("金额小写：¥1,234.60", "1,234.50")),
        ("amount_words", 123450, row("大写金额：壹仟贰佰叁拾肆元陆角整")),
        ("account", ACCOUNT, row("账号：6228480402564890081")),
        ("account", ACCOUNT, row("账号：62284804025648900181")),
        ("account", ACCOUNT, row("6228480402564890019")),
        ("voucher_no", "20260000123456", row("凭证号码：20260000123457")),
        ("payee_name", "张三丰", row("收款人：张三封")),
        ("payee_name", "张三", row("收款人：张三丰")),
        ("date", "2026-11-23", row("日期：2026年11月28日")),
        ("account", ACCOUNT, row("账号：6228****0019")),
    ],
)
def test_one_wrong_character_differs(name, value, lines):
    assert verdict(name, value, *lines).verdict == rules.DIFFERS


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("amount", 123450, row("壹仟元整")),
        ("account", ACCOUNT, row("账号：6228****0018")),
        ("account", ACCOUNT, row("电话 010-62345678")),
        ("payee_name", "张三", row("欧阳建国")),
        ("journal_no", "1742", row("第1742号")),
        ("purpose", "货款", []),
    ],
)
def test_what_is_not_there_is_not_found(name, value, lines):
    assert verdict(name, value, *lines).verdict == rules.NOT_FOUND


def test_the_customers_field_wins_over_the_machines_print():
    lines = [*row(f"账号：{ACCOUNT[:-1]}9"), *row(ACCOUNT, top=400)]

    found = verdict("account", ACCOUNT, *lines)

    assert found.verdict == rules.DIFFERS
    assert found.read == f"{ACCOUNT[:-1]}9"


def test_a_barcode_speaks_where_no_label_does():
    code = Code("Code128", "20260000123456", (5, 6, 70, 8))

    found = verdict("voucher_no", "20260000123456", codes=[code])

    assert (found.verdict, found.confidence, found.box) == (rules.SAME, 100, (5, 6, 70, 8))


def test_an_amount_is_looked_for_in_figures_and_in_capitals():
    lines = row("金额小写：¥100.00", "大写金额：壹佰贰拾元整")
    page = ReadPage(1, tuple(lines), fields_of(lines=lines))

    rows = verify(expected={"amount": 10000}, pages=[page])

    assert [(row.name, row.verdict) for row in rows] == [
        ("amount", "same"),
        ("amount_words", "differs"),
    ]


def test_nothing_expected_asks_nothing():
    assert verify(expected={"purpose": "", "payee_name": None}, pages=[]) == ()


@pytest.mark.parametrize("image_class", ["voucher", "id", "seal"])
def test_each_class_asks_for_its_own_permission(image_class):
    rules.check_may_view(image_class=image_class, permissions={f"image_{image_class}_view"})
    with pytest.raises(rules.ClassNotAllowed):
        rules.check_may_view(image_class=image_class, permissions={"home"})
