"""Scans, pages, reading and retrieval."""
