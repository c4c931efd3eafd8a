"""The filters of kube-scheduler, one file for each plug-in, named as it is."""
