"""The policies of a plan as files, for whoever evaluates them."""
