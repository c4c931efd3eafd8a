"""Rules about what taints and drains do to pods that run."""
