"""The graph of a computation, and its drawings."""
