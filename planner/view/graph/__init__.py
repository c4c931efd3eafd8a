"""The plan as a graph in formats of other programs, and as PNG."""
