"""Measurements: each module measures one thing beside its peer and returns rows."""
