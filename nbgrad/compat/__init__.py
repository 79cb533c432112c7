"""Other libraries' words for what nbgrad does."""
