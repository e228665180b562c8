"""Queues, claiming, clocks of waiting, and background jobs."""
