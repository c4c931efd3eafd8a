"""What the solver is given and what it answers: numbers and indices, without Kubernetes in them."""
