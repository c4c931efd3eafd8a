"""One ring as an instance of the pool problem: pods, shapes, stock."""
