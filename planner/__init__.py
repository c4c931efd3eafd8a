"""The verbs: one room per step, and pipeline.py that knows their order."""

VERSION = "0.1.0"
MARK = "# Written by ringfence"
"""How every file begins that `ringfence patch` writes."""
