"""node_pools."""
