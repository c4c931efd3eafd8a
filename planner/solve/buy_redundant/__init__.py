"""The cheapest purchase of which any node, or zone, may be lost."""
