"""Threshold accepting over pools of equal nodes (Dueck and Scheuer, 1990)."""
