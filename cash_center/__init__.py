"""现金中心: vaults, sorting, routes."""
