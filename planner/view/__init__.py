"""A plan to look at: pictures, a page, graphs for other programs, and the summary on the terminal."""
