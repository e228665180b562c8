"""The labels of Chinese vouchers: which field each of them names, and of what kind it is."""

from __future__ import annotations

import re

NUMBER, AMOUNT, WORDS, DATE, NAME, TEXT = "number", "amount", "words", "date", "name", "text"
KINDS = {
    "voucher_no": NUMBER,
    "account": NUMBER,
    "payee_account": NUMBER,
    "journal_no": NUMBER,
    "teller": NUMBER,
    "id_number": TEXT,
    "mobile": TEXT,
    "amount": AMOUNT,
    "amount_words": WORDS,
    "date": DATE,
    "payer_name": NAME,
    "payee_name": NAME,
    "purpose": TEXT,
}
# Longer labels first: 收款人账号 is not 账号. `party` is decided by where the label stands.
LABELS: tuple[tuple[str, str], ...] = (
    ("(?:收款人|收款方|转入|对方|收款)(?:账号|帐号|卡号|账户)", "payee_account"),
    (
        "(?:付款人|付款方|出票人|申请人|汇款人|转出|取款|存款|付款)(?:账号|帐号|卡号|账户)",
        "account",
    ),
    ("(?:收款人|收款方|转入|对方|收款)(?:户名|全称|名称|姓名)", "payee_name"),
    (
        "(?:付款人|付款方|出票人|申请人|汇款人|转出|付款|存款人|取款人)(?:户名|全称|名称|姓名)",
        "payer_name",
    ),
    ("(?:账|帐|卡)[/及]?(?:卡)?号码?|账户", "party:account"),
    ("户名|全称|客户名称|客户姓名|姓名", "party:name"),
    ("(?:收款人|收款方|收款单位)(?!签|开)", "payee_name"),
    ("(?:付款人|付款方|出票人|申请人|汇款人|付款单位)(?!签|开)", "payer_name"),
    (
        (
            "(?:凭证|票据|支票|业务|申请书|单据)(?:号码|编号|号)|编号|№"
            "|(?<![A-Za-z])N[oO0]?[.:： ]+(?=[0-9])"
        ),
        "voucher_no",
    ),
    ("(?:交易|日志|主机|会计|核心)?流水号?|日志号", "journal_no"),
    ("交易柜员|柜员号?|操作员|经办柜员", "teller"),
    ("金额?[(（]?大写[)）]?|(?:人民币)?[(（]大写[)）]|大写金额", "amount_words"),
    ("人民币(?=[零壹贰叁肆伍陆柒捌玖])", "amount_words"),
    ("金额?[(（]?小写[)）]?|(?:人民币)?[(（]小写[)）]|小写金额", "amount"),
    ("交易金额|转账金额|取款金额|存款金额|汇款金额|发生额|金额|[¥￥](?=[0-9])", "amount"),
    ("(?:申请|交易|出票|委托|记账|业务|签发)?日期", "date"),
    ("证件号码?|身份证号码?", "id_number"),
    ("用途|附言|摘要", "purpose"),
)
OTHER_LABELS = (
    "代理人|经办人?|存款人|取款人|资金来源|客户声明|银行打印|开户行|开户银行|付款行|收款行|支付密码|"
    "附加信息|业务类型|业务种类|交易码|交易代码|机构|网点|币种|余额|手续费|终端|会计主管|授权|复核|"
    "记账|客户签章|客户签名|签名|备注|证件类型|证件种类|交易时间|时间|第.联"
)
PAYEE_SIDE = re.compile("收款人|收款方|收款单位")
PAYER_SIDE = re.compile("付款人|付款方|出票人|申请人|汇款人|付款单位")
# A label begins a line or follows a value; inside a sentence the same word is only a word, unless
# a colon or a figure makes it a label.
LABEL = re.compile(
    "|".join(
        f"(?P<l{place}>(?<![\u4e00-\u9fff、，。])(?:{pattern})|(?:{pattern})(?=[:：]|[¥￥]?[0-9]))"
        for place, (pattern, _) in enumerate(LABELS)
    )
    + f"|(?P<other>{OTHER_LABELS})"
)
