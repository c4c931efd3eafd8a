"""Oracles: whether a candidate survives arrival orders, tie breaks and failures."""
