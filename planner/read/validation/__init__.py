"""What an API server would refuse, as far as it bears on placement and demand; and fields that it does not know."""
