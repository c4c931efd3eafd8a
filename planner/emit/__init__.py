"""Writes a plan down: as a document, as patches of workloads, as scripts for nodes."""
