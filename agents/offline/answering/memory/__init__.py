"""What a conversation is about so far."""
