"""What `bin/bench work` measures: people who claim items, and workers who run jobs."""
