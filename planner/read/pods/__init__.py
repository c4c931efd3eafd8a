"""Pod specs as nouns, after the defaults and the admission plug-ins of the API server."""
