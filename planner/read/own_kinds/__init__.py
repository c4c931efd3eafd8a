"""own_kinds."""
