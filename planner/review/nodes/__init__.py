"""Which nodes a ring could do without, and what keeps the others."""
