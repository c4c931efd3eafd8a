"""What isolation costs, who causes it, and who pays for which part of a ring."""
