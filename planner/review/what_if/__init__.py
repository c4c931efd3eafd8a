"""What if: full plans of a changed input."""
