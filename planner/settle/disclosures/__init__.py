"""What a plan does not guarantee, one file for each thing that it says."""
