"""An IsolationPlan read back: its shape, the ranges of its fields, and whether its names lead somewhere."""
