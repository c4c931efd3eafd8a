"""What every search needs around it: deadline, budget, interrupt, workers, and thin layers over CP-SAT and GLOP."""
