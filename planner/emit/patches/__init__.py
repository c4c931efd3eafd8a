"""What becomes of workloads: one patch each, which first makes sure that the manifest is still the same."""
