"""Rules about pods on nodes of every ring, and what they could do there."""
