"""Improves a candidate until simulation finds no counter-example: moves propose, oracles judge."""
