"""What every test shares: the database plugin here, the guards beside it."""

pytest_plugins = ["tests.database"]
