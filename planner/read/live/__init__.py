"""A running cluster as documents: kubeconfig, login, discovery, lists, and what may go wrong with each."""
