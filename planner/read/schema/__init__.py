"""Which fields of which kinds are read, as msgspec structs."""
