"""The forms, as plain data: where each label, cell, amount grid, print and stamp stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ops_platform.demo.vouchers.ink import Box, Colour

GREY, BLUE, GREEN, BROWN = (48, 48, 52), (30, 60, 118), (26, 92, 62), (128, 44, 36)


@dataclass(frozen=True)
class Cell:
    """A framed cell: a label of some width at its left, then room for one field."""

    box: Box
    label: str
    label_width: int
    field: str = ""

    @property
    def room(self) -> Box:
        """Return the part of the cell that is left for the field."""
        x, y, w, h = self.box
        return (x + self.label_width, y, w - self.label_width, h)


@dataclass(frozen=True)
class Layout:
    """One form. `journal_at` is where the teller's printer prints after posting."""

    title: str
    cells: tuple[Cell, ...]
    labels: tuple[tuple[int, int, str], ...] = ()
    open_fields: tuple[tuple[str, Box], ...] = ()
    grid: Box | None = None
    journal_at: Box | None = None
    stamps_at: tuple[tuple[int, int], ...] = ()
    company_seal_at: tuple[int, int] | None = None
    size: tuple[int, int] = (1640, 940)
    colour: Colour = GREY
    paper: Colour = (252, 251, 246)
    guilloche: bool = False
    printed_in_full: bool = False


def _rows(top: int, height: int, *rows: Iterable[tuple[str, int, str, int]]) -> tuple[Cell, ...]:
    """Return rows of cells under each other; a cell is label, label width, field, width."""
    cells = []
    for number, row in enumerate(rows):
        x = 60
        for label, label_width, field, width in row:
            cells.append(Cell((x, top + number * height, width, height), label, label_width, field))
            x += width
    return tuple(cells)


def _party(x: int, top: int, heading: str, prefix: str) -> tuple[Cell, ...]:
    """Return the block of payer or payee: name, account, bank beside an upright heading."""
    return (
        Cell((x, top, 56, 228), heading, 56),
        Cell((x + 56, top, 704, 76), "全　称", 130, f"{prefix}name"),
        Cell((x + 56, top + 76, 704, 76), "账　号", 130, f"{prefix}account"),
        Cell((x + 56, top + 152, 704, 76), "开户行", 130, f"{prefix}bank"),
    )


DATE = ("date", (150, 116, 380, 48))
NUMBER = ("voucher_no", (1270, 116, 310, 48))
HEAD = ((110, 140, "日期"), (1200, 140, "凭证号码"))
FOOT = ((140, 888, "客户签名"), (700, 888, "经办"), (1000, 888, "复核"), (1300, 888, "授权"))
SIGNATURE = ("signature", (220, 850, 320, 76))

LAYOUTS: dict[str, Layout] = {
    "withdrawal": Layout(
        title="示范银行　取 款 凭 条",
        cells=(
            *_rows(
                176,
                78,
                (("户　名", 140, "name", 900), ("币　种", 140, "currency", 620)),
                (("账号/卡号", 180, "account", 1520),),
                (("金额(大写)", 180, "amount_words", 980), ("(小写)", 120, "amount", 540)),
                (("证件号码", 180, "id_number", 980), ("代理人", 120, "agent", 540)),
            ),
            Cell((60, 488, 1520, 350), "银行打印", 120),
        ),
        labels=HEAD + FOOT,
        open_fields=(DATE, NUMBER, SIGNATURE),
        journal_at=(200, 510, 1340, 300),
        stamps_at=((1330, 700),),
        paper=(253, 247, 247),
    ),
    "deposit": Layout(
        title="示范银行　存 款 凭 条",
        cells=(
            Cell((60, 176, 1520, 270), "银行打印", 120),
            *_rows(
                446,
                78,
                (("户　名", 140, "name", 900), ("币　种", 140, "currency", 620)),
                (("账号/卡号", 180, "account", 1520),),
                (("金额(大写)", 180, "amount_words", 980), ("(小写)", 120, "amount", 540)),
                (("资金来源", 180, "purpose", 980), ("存款人", 120, "agent", 540)),
            ),
        ),
        labels=HEAD + FOOT,
        open_fields=(DATE, NUMBER, SIGNATURE),
        journal_at=(200, 190, 1340, 240),
        stamps_at=((1360, 330),),
        colour=BLUE,
        paper=(246, 249, 253),
    ),
    "opening": Layout(
        title="示范银行　个 人 开 户 及 综 合 签 约 申 请 书",
        cells=(
            *_rows(
                176,
                78,
                (("户　名", 140, "name", 900), ("币　种", 140, "currency", 620)),
                (("证件号码", 180, "id_number", 980), ("手机号码", 140, "mobile", 540)),
                (("联系地址", 180, "address", 1520),),
                (("金额(大写)", 180, "amount_words", 980), ("(小写)", 120, "amount", 540)),
                (("签约产品", 180, "products", 1520),),
            ),
            Cell((60, 566, 1520, 272), "银行打印", 120),
        ),
        labels=HEAD + FOOT,
        open_fields=(DATE, NUMBER, SIGNATURE),
        journal_at=(200, 584, 1340, 230),
        stamps_at=((1330, 720),),
        colour=BLUE,
        paper=(249, 250, 253),
    ),
    "transfer": Layout(
        title="示范银行　转 账 凭 证（业 务 委 托 书）",
        cells=(
            *_party(60, 176, "付\n款\n人", ""),
            *_party(820, 176, "收\n款\n人", "payee_"),
            Cell((60, 404, 980, 112), "金额(大写)", 180, "amount_words"),
            Cell((1040, 404, 540, 112), "(小写)", 120, "amount"),
            *_rows(516, 74, (("用　途", 180, "purpose", 1520),)),
            Cell((60, 590, 1520, 250), "银行打印", 120),
        ),
        labels=HEAD + FOOT,
        open_fields=(DATE, NUMBER, SIGNATURE),
        journal_at=(200, 604, 1340, 230),
        stamps_at=((1380, 730),),
        paper=(251, 251, 248),
    ),
    "receipt": Layout(
        title="示范银行　个 人 业 务 凭 证",
        cells=(
            Cell((60, 176, 1520, 560), "", 0),
            Cell((60, 736, 1520, 104), "客户声明", 180),
        ),
        labels=(
            *HEAD,
            *FOOT,
            (890, 788, "本人已核对以上银行打印内容，确认办理的业务种类、账号、户名和金额无误。"),
        ),
        open_fields=(DATE, NUMBER, SIGNATURE),
        journal_at=(110, 200, 1420, 520),
        stamps_at=((1340, 600),),
        colour=GREEN,
        paper=(250, 253, 250),
        printed_in_full=True,
    ),
    "application": Layout(
        title="示范银行　结 算 业 务 申 请 书",
        cells=(
            *_rows(176, 62, (("业务类型", 180, "service", 1060), ("支付密码", 140, "", 460))),
            *_party(60, 238, "申\n请\n人", ""),
            *_party(820, 238, "收\n款\n人", "payee_"),
            Cell((60, 466, 820, 112), "金额(大写)", 180, "amount_words"),
            Cell((880, 466, 700, 112), "", 0),
            Cell((60, 578, 760, 262), "附加信息及用途", 240, "purpose"),
            Cell((820, 578, 760, 262), "", 0),
        ),
        labels=(*HEAD, *FOOT[1:], (250, 888, "申请人签章见上")),
        open_fields=(DATE, NUMBER),
        grid=(900, 472, 660, 100),
        journal_at=(836, 590, 730, 240),
        stamps_at=((1400, 760),),
        company_seal_at=(560, 740),
        colour=BROWN,
        paper=(253, 250, 245),
    ),
    "cheque": Layout(
        title="示范银行　转 账 支 票",
        size=(1640, 680),
        cells=(Cell((60, 272, 1520, 112), "人民币\n(大写)", 130, "amount_words"),),
        labels=(
            (150, 166, "出票日期(大写)"),
            (1010, 166, "付款行名称"),
            (110, 230, "收款人"),
            (1020, 230, "出票人账号"),
            (90, 424, "用途"),
            (150, 476, "上列款项请从"),
            (150, 528, "我账户内支付"),
            (140, 604, "出票人签章"),
            (1130, 640, "复核"),
            (1400, 640, "记账"),
            (1180, 70, "支票号码"),
        ),
        open_fields=(
            ("date_words", (260, 140, 560, 52)),
            ("bank", (1100, 140, 480, 52)),
            ("payee_name", (170, 204, 660, 52)),
            ("account", (1130, 204, 450, 52)),
            ("purpose", (130, 398, 400, 52)),
            ("voucher_no", (1260, 44, 320, 52)),
        ),
        grid=(960, 278, 610, 100),
        journal_at=(700, 400, 880, 210),
        stamps_at=((1440, 540),),
        company_seal_at=(440, 520),
        colour=GREEN,
        paper=(240, 248, 243),
        guilloche=True,
    ),
}
