"""How does the notebook know? The extension, its magics, and what they do to cells."""
