"""One module per measure of understanding; each has `measure() -> Measured`."""
