"""Files that say what containers use, or should request: metrics.k8s.io, VerticalPodAutoscalers, krr's JSON, and CSV."""
