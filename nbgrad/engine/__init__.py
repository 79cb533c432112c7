"""How does it differentiate? Variables, functions, the pass and the grad mode."""

# With the package, so that the first backward() of a program does not wait for it.
from . import backward as _backward  # noqa: F401
