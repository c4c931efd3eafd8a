"""kube-scheduler, simulated: one scheduling cycle after the other, filters and scores in arrays."""
