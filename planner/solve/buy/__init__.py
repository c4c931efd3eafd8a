"""Which nodes to use and to buy: classes merged into types, nodes and offers into kinds, and a proof of how little it costs."""
