"""Placements by construction, what they are worth, and how few nodes they can do with."""
