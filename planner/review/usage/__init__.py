"""What pods use beside what they request, where somebody has measured it."""
