"""Vector bin packing: heuristics that fill nodes, and ruin and recreate on top (Schrimpf et al., 2000)."""
