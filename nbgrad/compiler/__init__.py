"""How does it run as fast as NumPy by hand? A function recorded once, and run as straight-line NumPy.

`record` notes what a run of the function does, `guards` what it reads outside, `backpass`
follows the backward pass, `memory` and `emit` write both as Python, `run` calls it.
"""

from .run import CompiledFunction
from .run import compile_ as compile  # noqa: A004 - as PyTorch and re name it

__all__ = ["CompiledFunction", "compile"]
