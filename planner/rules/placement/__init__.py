"""Rules over many pods and nodes at once: filters together, counters, affinity orders and failures."""
