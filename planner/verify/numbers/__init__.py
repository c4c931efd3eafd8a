"""Numbers that a plan states, counted again: goals, headroom, cost, redundancy."""
