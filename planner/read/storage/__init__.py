"""Volumes, claims, classes and CSI limits; and data that a pod keeps on its node."""
