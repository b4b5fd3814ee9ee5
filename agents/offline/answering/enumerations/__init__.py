"""Values that a parameter lists, and what customers call them."""
