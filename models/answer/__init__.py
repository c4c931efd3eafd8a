"""What a plan answers: the plan itself, findings about it, what simulation foresees, and explanations."""
