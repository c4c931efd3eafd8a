"""Moves: ways to change a candidate that kube-scheduler does not carry out."""
