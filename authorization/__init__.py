"""集中授权: remote authorization of counter transactions."""
