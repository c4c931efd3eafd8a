"""What is refused: pods, what makes them, bindings, and the labels and taints of nodes and namespaces."""
