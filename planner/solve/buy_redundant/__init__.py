"""buy_redundant."""
