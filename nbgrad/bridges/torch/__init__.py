"""PyTorch's passes: its graphs as nbgrad's Trace, exact to the bit."""

from .graph import age
from .history import Recorded
from .passes import graph_of, trace
from .watching import watch
from .why_none import why_none

__all__ = ["Recorded", "age", "graph_of", "trace", "watch", "why_none"]
