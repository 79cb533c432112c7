"""What happens in a pass, in sentences."""
