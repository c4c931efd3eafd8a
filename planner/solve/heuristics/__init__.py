"""Best-fit decreasing, large neighbourhood search, and repairs, on a mutable state."""
