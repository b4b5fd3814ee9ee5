"""Tools and their parameters, as the agent pass sees them."""
