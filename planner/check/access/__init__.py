"""Rules about rights: who reaches other rings through the API server."""
