"""Batches of a dataset, one after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class DataLoader:
    """Yields batches (x, t) of arrays; each ``for`` over it is one epoch.

    Parameters
    ----------
    dataset : sequence of (example, label)
    batch_size : int
    shuffle : bool
    rng : int or numpy.random.Generator, optional
        A seed, or where the order is drawn from; NumPy's global state by default, as in the book.
    """

    def __init__(
        self, dataset: Any, batch_size: int, shuffle: bool = True, rng: Any = None
    ) -> None:
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.rng = np.random if rng is None else np.random.default_rng(rng)
        self.max_iter = math.ceil(len(dataset) / batch_size)
        self.reset()

    def reset(self) -> None:
        """Start an epoch."""
        n = len(self.dataset)
        self.iteration = 0
        self.index = self.rng.permutation(n) if self.shuffle else np.arange(n)

    def __iter__(self) -> DataLoader:
        return self

    def __len__(self) -> int:
        return self.max_iter

    def __next__(self) -> tuple[Any, Any]:
        if self.iteration >= self.max_iter:
            self.reset()
            raise StopIteration
        indices = self.next_indices()
        self.iteration += 1
        return self.batch(indices)

    def next_indices(self) -> Any:
        """Return the indices of the next batch."""
        start = self.iteration * self.batch_size
        return self.index[start : start + self.batch_size]

    def next(self) -> tuple[Any, Any]:
        """Return the next batch."""
        return self.__next__()

    def batch(self, indices: Any) -> tuple[Any, Any]:
        """Return the examples and labels at indices as arrays."""
        pairs = [self.dataset[int(i)] for i in indices]
        return np.array([x for x, _ in pairs]), np.array([t for _, t in pairs])


class SeqDataLoader(DataLoader):
    """Yields batches of sequences: each row goes on where it was in the batch before."""

    def __init__(self, dataset: Any, batch_size: int) -> None:
        super().__init__(dataset, batch_size, shuffle=False)

    def next_indices(self) -> Any:
        """Return the index of each row in the next batch."""
        jump = len(self.dataset) // self.batch_size
        return (np.arange(self.batch_size) * jump + self.iteration) % len(self.dataset)
