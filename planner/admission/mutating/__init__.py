"""What is added: the ring of pods and of what makes them, where only one can be meant, and of nodes that join."""
