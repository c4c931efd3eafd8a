"""The placement as a CP-SAT model, goal after goal, and set partitioning with no-good cuts."""
