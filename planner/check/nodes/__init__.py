"""Rules about nodes and the pools that they come from."""
