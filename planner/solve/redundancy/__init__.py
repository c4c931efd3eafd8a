"""Placements that survive the loss of any node or zone."""
