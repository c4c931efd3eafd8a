"""Column generation with diving: patterns of pods on a node as columns (Gilmore and Gomory, 1961)."""
