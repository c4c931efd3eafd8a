"""Rings are what the policy makes of the groups, and no node is in two."""
