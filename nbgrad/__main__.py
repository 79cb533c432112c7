"""``python -m nbgrad``: see `nbgrad.cli`."""

from __future__ import annotations

import sys

from nbgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
