"""How does it differentiate? Variables, functions, the pass and the grad mode."""
