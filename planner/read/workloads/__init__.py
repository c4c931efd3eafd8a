"""Controllers as workloads: who owns which pods, how many there are at most, and how a rollout replaces them."""
