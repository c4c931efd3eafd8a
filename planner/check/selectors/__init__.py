"""Rules about selectors, affinity and node names: who goes where he chooses."""
