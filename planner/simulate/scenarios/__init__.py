"""What happens to a placed cluster: a node or zone fails, a rollout replaces pods."""
