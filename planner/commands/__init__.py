"""What a person types: one module for each command, which are options in, exit code and text out."""
