"""Programs that try to break out, break, or cheat, and the protocol that runs them."""
