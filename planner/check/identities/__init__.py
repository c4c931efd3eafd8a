"""Rules about rights by which somebody becomes somebody else, who may more than he."""
