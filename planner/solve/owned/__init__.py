"""Placement on nodes that are there: construct, prove, solve exactly, explain."""
