"""The layout of a graph in generation columns."""

from .layout import place

__all__ = ["place"]
