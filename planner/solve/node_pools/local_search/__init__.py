"""Local search against a crude greedy scheduler."""
