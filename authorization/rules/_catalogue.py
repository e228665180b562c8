"""The catalogue of counter transactions: their codes, names and groups (DOMAIN §4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.kernel.errors import Refused

AT_ONCE, CENTRAL = "rt", "central"


class UnknownTradeCode(Refused):
    """The catalogue has no such transaction, or this form does not take it."""

    code = "E2001"
    text = "Transaction code %(trade_code)s cannot be entered here."


@dataclass(frozen=True)
class Group:
    """A kind of business that transactions belong to."""

    code: str
    name: str


GROUPS: dict[str, Group] = {
    group.code: group
    for group in (
        Group("CASH", "Cash over the counter"),
        Group("XFER", "Transfers"),
        Group("PAY", "Payments between banks"),
        Group("BILL", "Bills and slips"),
        Group("BATCH", "Batches"),
        Group("ACCT", "Accounts of customers"),
        Group("CUST", "Data of customers"),
        Group("SPEC", "Losses and PINs"),
        Group("LAW", "Competent authorities"),
        Group("CORR", "Corrections and waivers"),
        Group("INT", "Internal postings"),
        Group("VCHR", "Blank vouchers"),
        Group("CHAN", "Channels"),
        Group("VAULT", "Cash boxes"),
        Group("CERT", "Certificates"),
    )
}
CORRECTIONS = "CORR"


@dataclass(frozen=True)
class TradeCode:
    """One counter transaction: what never changes of it; what may change is a rule's.

    `has_payer` and `needs_payee` say whose accounts a form asks for; where one is missing it is the
    outlet's cash. `opens` is said of what makes the payee's account itself, `takes_back` of what
    undoes another item, whose accounts turned round are its own; its voucher is a red one, on the
    form of that item.
    """

    code: str
    name: str
    group: str
    cash: str = "none"
    mode: str = AT_ONCE
    voucher_kind: str = ""
    has_payer: bool = True
    needs_payee: bool = False
    opens: bool = False
    takes_back: bool = False

    @property
    def plain(self) -> bool:
        """Return whether it only moves money between accounts and cash that are there."""
        return not (self.opens or self.takes_back)


CATALOGUE: dict[str, TradeCode] = {
    trade.code: trade
    for trade in (
        TradeCode(
            "1001",
            "Personal cash deposit",
            "CASH",
            cash="in",
            voucher_kind="deposit",
            has_payer=False,
            needs_payee=True,
        ),
        TradeCode(
            "1002", "Personal cash withdrawal", "CASH", cash="out", voucher_kind="withdrawal"
        ),
        TradeCode("1003", "Corporate cash deposit", "CASH", cash="in"),
        TradeCode("1004", "Corporate cash cheque", "CASH", cash="out"),
        TradeCode("1005", "Exchange of damaged notes", "CASH", cash="both"),
        TradeCode("1006", "Seizure of counterfeit notes", "CASH"),
        TradeCode(
            "1101", "Personal in-bank transfer", "XFER", voucher_kind="transfer", needs_payee=True
        ),
        TradeCode("1102", "Personal interbank remittance", "XFER", mode=CENTRAL),
        TradeCode("1103", "Corporate in-bank transfer", "XFER", mode=CENTRAL),
        TradeCode("1104", "Corporate remittance by HVPS", "PAY", mode=CENTRAL),
        TradeCode("1105", "Corporate remittance by BEPS", "PAY", mode=CENTRAL),
        TradeCode("1106", "Deposit of a transfer cheque", "BILL", mode=CENTRAL),
        TradeCode("1107", "POS settlement slip", "BILL", mode=CENTRAL),
        TradeCode("1108", "Payroll batch", "BATCH", mode=CENTRAL),
        TradeCode("1109", "Batch of direct debits", "BATCH", mode=CENTRAL),
        TradeCode("1201", "Opening of a personal account", "ACCT"),
        TradeCode(
            "1202",
            "Four-in-one opening",
            "ACCT",
            voucher_kind="opening",
            has_payer=False,
            opens=True,
        ),
        TradeCode("1203", "Closing of a personal account", "ACCT"),
        TradeCode("1204", "Opening of a corporate account", "ACCT", mode=CENTRAL),
        TradeCode("1205", "Change of a corporate account", "ACCT", mode=CENTRAL),
        TradeCode("1206", "Closing of a corporate account", "ACCT", mode=CENTRAL),
        TradeCode("1207", "Change of customer data", "CUST"),
        TradeCode("1208", "Change of the specimen seal", "CUST", mode=CENTRAL),
        TradeCode("1209", "Activation of a dormant account", "ACCT"),
        TradeCode("1301", "Oral report of loss", "SPEC"),
        TradeCode("1302", "Written report of loss", "SPEC"),
        TradeCode("1303", "Reissue after loss", "SPEC"),
        TradeCode("1304", "Reset of a PIN", "SPEC"),
        TradeCode("1305", "Unlocking of a card or passbook", "SPEC"),
        TradeCode("1306", "Judicial freeze, release or deduction", "LAW"),
        TradeCode("1307", "Enquiry of a competent authority", "LAW"),
        TradeCode("1401", "Same-day cancellation", "CORR", voucher_kind="red", takes_back=True),
        TradeCode("1402", "Reversal on a later day", "CORR", voucher_kind="red", takes_back=True),
        TradeCode("1403", "Waiver of a fee", "CORR"),
        TradeCode("1404", "Posting on an internal account", "INT"),
        TradeCode("1405", "Posting to suspense", "INT"),
        TradeCode("1406", "Clearing of suspense", "INT"),
        TradeCode("1501", "Issue of blank vouchers", "VCHR"),
        TradeCode("1502", "Sale of blank vouchers", "VCHR"),
        TradeCode("1503", "Voiding of blank vouchers", "VCHR"),
        TradeCode("1504", "Issue of a promissory note", "BILL"),
        TradeCode("1505", "Issue or payment of a draft", "BILL"),
        TradeCode("1601", "Sign-up for internet banking", "CHAN"),
        TradeCode("1602", "Change of SMS alerts", "CHAN"),
        TradeCode("1603", "Change of limits", "CHAN"),
        TradeCode("1701", "Issue or return of a cash box", "VAULT"),
        TradeCode("1702", "Cash from teller to teller", "VAULT"),
        TradeCode("1703", "Cash between outlets of a branch", "VAULT"),
        TradeCode("1801", "Manual credit of an inward payment", "PAY", mode=CENTRAL),
        TradeCode("1802", "Return of a remittance", "PAY", mode=CENTRAL),
        TradeCode("1803", "Enquiry or reply", "PAY", mode=CENTRAL),
        TradeCode("1901", "Certificate of deposit balance", "CERT"),
        TradeCode("1902", "Audit confirmation letter", "CERT", mode=CENTRAL),
    )
}
# Those of them that a form takes.
TRADE_CODES: dict[str, TradeCode] = {
    code: trade for code, trade in CATALOGUE.items() if trade.voucher_kind
}
# Those into which cash comes, and those that make an account.
CASH_IN = tuple(code for code, trade in TRADE_CODES.items() if not trade.has_payer)
OPENS = tuple(code for code, trade in TRADE_CODES.items() if trade.opens)


def trade(code: str) -> TradeCode:
    """Return the transaction of the catalogue; refuse one that no form takes."""
    if code not in TRADE_CODES:
        raise UnknownTradeCode(trade_code=code)
    return TRADE_CODES[code]
