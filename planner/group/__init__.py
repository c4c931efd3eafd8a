"""Which groups share a ring: search, bound, and the curve of cost against sharing."""
