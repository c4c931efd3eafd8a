"""What a placement should be good at, one file per goal, in their order."""
