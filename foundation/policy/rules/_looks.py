"""The business numbers of second looks: what is drawn, and from which amount two decide."""

from __future__ import annotations

from foundation.policy.rules._numbers import Number

OF_LOOKS: dict[str, Number] = {
    number.code: number
    for number in (
        Number("monitoring.proof_share", int, "‱", "Automatic passes that are keyed again"),
        Number("monitoring.force_second_fen", int, "fen", "Amount from which two match by hand"),
        Number("monitoring.key_cash_fen", int, "fen", "Cash from which it is a key business"),
        Number(
            "monitoring.key_transfer_fen", int, "fen", "Transfers from which they are key business"
        ),
        Number("monitoring.sample_share", int, "‱", "Matched pairs that an auditor sees anyway"),
        Number("monitoring.sample_large_fen", int, "fen", "Amount from which a pair is large"),
        Number("monitoring.sample_large_share", int, "‱", "Of large ones, those seen anyway"),
        Number(
            "monitoring.sample_alert_share",
            int,
            "‱",
            "Of those whose account or teller has an alert, those seen anyway",
        ),
        Number(
            "monitoring.sample_rated_share",
            int,
            "‱",
            "Of those of outlets of higher risk, those seen anyway",
        ),
        Number("monitoring.again_share", int, "‱", "Findings that another auditor sees again"),
    )
}
