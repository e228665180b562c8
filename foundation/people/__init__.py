"""Institutions, staff and what they may do."""
