"""Which object makes which: by owner references, by equal templates, and by the DaemonSets that pods point to."""
