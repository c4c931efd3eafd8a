"""YAML and JSON as kubectl reads them, and what is wrong with them in words."""
