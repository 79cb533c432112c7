"""Keeping the memory that one pass frees for the next.

glibc returns free memory beyond 0.1 to 16 MB to the system. A training loop then gets its arrays
anew, page by page, in every iteration, which takes up to half of its time. So the first pass that
meets an array of `ASK_FROM` bytes asks the C library to keep some of what is freed. That is the
whole process's memory, so it can be switched off: ``NBGRAD_KEEP_MEMORY=0`` in the environment, or
any of glibc's own settings, leaves the C library as it is.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

ASK_FROM = 2**17
"""Size of an array in bytes from which on a pass asks for it: 128 kB, the least that glibc returns."""
MAX_KEPT = 2**27
"""Bytes of freed memory that the process keeps at most: 128 MB."""
MAX_ON_HEAP = 2**25
"""Size in bytes from which an array has its own mapping, returned at once: glibc's maximum."""

SWITCH = "NBGRAD_KEEP_MEMORY"
_SETTINGS_OF_GLIBC = (
    "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES",
)  # fmt: skip
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


class _State:
    """Whether the C library has been asked."""

    asked = False


state = _State()


def keep_freed_memory() -> None:
    """Let the C library keep some of the memory that is freed, once.

    Does nothing outside Linux, with another C library than glibc, or where the environment
    says otherwise. Source: mallopt(3).
    """
    state.asked = True
    if sys.platform != "linux" or os.environ.get(SWITCH, "1") == "0":
        return
    if any(name in os.environ for name in _SETTINGS_OF_GLIBC):
        return
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, MAX_ON_HEAP)
        mallopt(_TRIM_THRESHOLD, MAX_KEPT)
