"""What one text says by itself, before any tool is looked at."""
