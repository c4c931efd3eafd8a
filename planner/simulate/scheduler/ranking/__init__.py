"""Which feasible node kube-scheduler likes best: scores, what is kept of them from pod to pod, and look-up tables."""
