"""Rows for tests: one module an app, one function a thing."""
