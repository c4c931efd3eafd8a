"""What Kubernetes has: nodes, pods, workloads, volumes, labels and amounts, in Kubernetes' own words."""
