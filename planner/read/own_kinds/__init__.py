"""Ringfence's own kinds: TrustPolicy, NodeShape, NodeGroup and IsolationPlan."""
