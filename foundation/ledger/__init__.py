"""Accounts, entries, postings and the journal."""
