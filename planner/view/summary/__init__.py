"""The review of a plan: sections of sentences and grids, for a terminal, for Markdown, as data."""
