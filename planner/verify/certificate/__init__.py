"""Certificates checked in whole numbers, without a solver."""
