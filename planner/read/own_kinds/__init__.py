"""Ringfence's own kinds: TrustPolicy, NodeShape and IsolationPlan."""
