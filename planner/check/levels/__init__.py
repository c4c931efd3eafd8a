"""Rules about the policy: who has which level, and who could give himself another."""
