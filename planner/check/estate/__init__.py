"""What was read of manifests, nodes or a cluster, as the rules ask for it: objects, pod templates, rights, policies."""
