"""Rules about admission: policies that exist and keep nobody out."""
