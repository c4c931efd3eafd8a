"""Lower bounds on owned nodes: counting, and a relaxation of the whole placement."""
