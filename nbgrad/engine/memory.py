"""Memory that one pass frees is kept for the next."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

KEPT = 2**27
"""Bytes of freed memory that the process keeps at most: 128 MB."""
LARGEST = 2**25
"""Bytes from which an array has memory of its own, given back at once: glibc allows no more."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
_ASKED = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES")


def keep_freed_memory() -> None:
    """Let the C library keep some of the memory that is freed.

    glibc gives back what lies free beyond 0.1 to 16 MB, and a training loop then faults its
    arrays in again, page by page, in every round: up to half of its time. The environment
    overrules this; other C libraries are left as they are. Source: mallopt(3).
    """
    if sys.platform != "linux" or any(name in os.environ for name in _ASKED):
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, LARGEST)
        mallopt(_TRIM_THRESHOLD, KEPT)
