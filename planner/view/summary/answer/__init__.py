"""The one screen that `plan` answers with: decisions, changes, nodes of each ring, and what may go wrong."""
