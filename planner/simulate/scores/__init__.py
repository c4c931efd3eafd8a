"""How kube-scheduler weighs nodes: one file per plug-in, with the plug-in's name; numbers in, scores from 0 to 100 out."""

MOST = 100
"""kube-scheduler's own: the best score that a plug-in can give."""

WEIGHTS = {
    "TaintToleration": 3,
    "NodeAffinity": 2,
    "NodeResourcesFit": 1,
    "PodTopologySpread": 2,
    "InterPodAffinity": 2,
    "NodeResourcesBalancedAllocation": 1,
    "VolumeBinding": 1,
}
"""What each plug-in counts for in the default profile; ImageLocality (1) is left out, for nothing is known of images."""
