"""Words: what a text is made of, whatever it is about."""
