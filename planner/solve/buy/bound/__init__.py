"""How little a purchase can cost: LP relaxation, branch and bound, and certificates that need no solver."""
