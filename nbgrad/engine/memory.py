"""Memory that one pass frees is kept for the next."""

from __future__ import annotations

import numpy as np

LARGEST = 2**25 - 2**13
"""Bytes of the largest block that glibc learns from: 32 MB, with its own head and page."""


def keep_freed_memory() -> None:
    """Let glibc keep up to 64 MB of freed memory, where it would keep 0.1 to 16.

    It returns what lies free beyond twice the largest block freed so far, and a training loop
    then faults its arrays in again, page by page, in every round. This frees one such block,
    which was never written to and so never had any memory. Other C libraries ignore it, and
    ``MALLOC_TRIM_THRESHOLD_`` overrules it. Source: mallopt(3), M_MMAP_THRESHOLD.
    """
    np.empty(LARGEST, np.uint8)
