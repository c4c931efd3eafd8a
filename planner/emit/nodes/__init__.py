"""What becomes of nodes: scripts that relabel those that are there, and pools for those that are bought."""
