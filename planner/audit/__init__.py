"""Holds a plan that somebody hands in against its own inputs: what it says, and what it must not leave out."""
