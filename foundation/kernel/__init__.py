"""Pure Python that everything may use; no Django, no tables."""
