"""银企对账: statements, replies, differences."""
