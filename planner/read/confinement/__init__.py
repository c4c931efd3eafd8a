"""How the containers of a pod are confined, as its spec says: what a level may require of them."""
