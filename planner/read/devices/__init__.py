"""Devices of dynamic resource allocation: which a claim may have, and how many a node offers."""
