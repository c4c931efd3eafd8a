"""What is taken and free in each ring, and what more would fit."""
