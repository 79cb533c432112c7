"""What nbgrad says when something is wrong, and how it finds that out."""
