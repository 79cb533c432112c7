"""What happened in a backward pass, as data? Recorder, model, orders, names, narrator, JSON."""

from .api import trace
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
from .trace import Trace

__all__ = [
    "Call",
    "Contribution",
    "FunctionInfo",
    "Source",
    "Step",
    "Summary",
    "Thumb",
    "Trace",
    "VariableInfo",
    "Waiting",
    "trace",
]
