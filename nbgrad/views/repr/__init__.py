"""What a Variable and a Function show in a notebook."""
