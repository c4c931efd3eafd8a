"""The plan as one SVG picture."""
