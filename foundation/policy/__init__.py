"""Dated business numbers and the calendar, changed by two people."""
