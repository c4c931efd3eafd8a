"""What sharing saves, point by point."""
