"""Rules about tolerations: who is let past taints that are not his."""
