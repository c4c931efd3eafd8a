"""Rules about what makes, moves or changes pods behind the templates."""
