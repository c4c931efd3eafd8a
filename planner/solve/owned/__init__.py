"""owned."""
