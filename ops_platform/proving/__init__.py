"""Proof of the books: any steps in any order, compared with a model that only adds up."""
