"""PyTorch is an optional peer: where it is not installed these tests have nothing to say."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed here")
