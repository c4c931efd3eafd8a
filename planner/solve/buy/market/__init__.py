"""The instance of a purchase: pod classes, node kinds and which rules bind them."""
