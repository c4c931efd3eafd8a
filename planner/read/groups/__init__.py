"""Node groups that may grow, as they are written: our own NodeGroup, and what autoscalers and their providers read."""
