"""A plan in five stages, each a folder that is applied, looked at and undone by itself."""
