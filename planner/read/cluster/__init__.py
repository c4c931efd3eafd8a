"""Puts a Cluster together from documents, and names what is in them and is not planned."""
