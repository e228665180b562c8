"""集中作业: keying, checking and posting for the outlets."""
