"""What is refused says what to do next: in the text itself, or in a hint beside it."""

from foundation.kernel import errors

# Their texts say by themselves what is asked for, or which bounds to keep to.
SAY_IT = {
    "E2001", "E2007", "E2017", "E2018", "E2019", "E2024", "E2025", "E2027", "E2028", "E2030",
    "E2031", "E2034", "E2052", "E2054", "E2065", "E2066", "E2068", "E2071", "E2073", "E2074",
    "E2081", "E2083", "E2085", "E2087", "E2093", "E2095", "E2096", "E2106", "E2107", "E2108",
    "E2109",
}  # fmt: skip


def test_every_other_refusal_of_the_centre_has_advice():
    of_the_centre = {
        code: refusal
        for code, refusal in errors.refusals().items()
        if refusal.__module__.startswith("authorization.")
    }

    without = {code for code, refusal in of_the_centre.items() if not refusal.hint}

    assert without == SAY_IT
    assert len(of_the_centre) > 100
