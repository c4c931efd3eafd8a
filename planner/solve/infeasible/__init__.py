"""Why there is no placement: a minimal conflict, and the cheapest repair."""
