"""What happened in a backward pass, as data? Recorder, model, orders, names, narrator, JSON."""

from .model import (
    Call,
    Contribution,
    FunctionInfo,
    Source,
    Step,
    Summary,
    Thumb,
    VariableInfo,
    Waiting,
)
from .trace import Trace, trace

__all__ = [
    "Call", "Contribution", "FunctionInfo", "Source", "Step", "Summary", "Thumb", "Trace",
    "VariableInfo", "Waiting", "trace",
]  # fmt: skip
