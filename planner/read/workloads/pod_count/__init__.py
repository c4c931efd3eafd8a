"""How many pods a workload has at once: rollouts, autoscalers, Jobs and runs of CronJobs."""
