"""A Problem in arrays, its equivalence classes, its variants, and whether an assignment of it is valid."""
