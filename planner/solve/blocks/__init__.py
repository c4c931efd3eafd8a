"""Nodes that share a ring: which ring each block gets is decided first, by sums, and then whether its pods can be placed."""
