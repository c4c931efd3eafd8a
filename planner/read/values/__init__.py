"""Values of single fields: quantities, names, selectors, prices, schedules."""
