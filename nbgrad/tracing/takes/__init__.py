"""Many passes over one graph, as data: over time, for other values, on several ranks."""

from .history import History
from .series import Series, series
from .sweep import sweep

__all__ = ["History", "Series", "series", "sweep"]
