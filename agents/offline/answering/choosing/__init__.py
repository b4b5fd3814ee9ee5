"""Which tool a text asks for."""
