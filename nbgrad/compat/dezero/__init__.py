"""DeZero's words: what the book builds from step 43 on, standing on nbgrad's engine.

``import nbgrad.compat.dezero as dezero`` in place of ``import dezero``, with
``dezero.functions as F`` and ``dezero.layers as L``.
"""

from . import (
    core,
    cuda,
    dataloaders,
    datasets,
    functions,
    layers,
    models,
    optimizers,
    transforms,
    utils,
)
from .core import (
    Config,
    Function,
    Parameter,
    Variable,
    as_array,
    as_variable,
    no_grad,
    setup_variable,
    test_mode,
    using_config,
)
from .dataloaders import DataLoader, SeqDataLoader
from .datasets import Dataset
from .layers import Layer
from .models import MLP, Model, Sequential
from .optimizers import SGD, AdaDelta, AdaGrad, Adam, MomentumSGD

is_simple_core = True
"""What steps 28 and 29 ask before they set another core up: here every step has the same one."""

__all__ = [
    "MLP", "SGD", "AdaDelta", "AdaGrad", "Adam", "Config", "DataLoader", "Dataset", "Function",
    "Layer", "Model", "MomentumSGD", "Parameter", "SeqDataLoader", "Sequential", "Variable",
    "as_array", "as_variable", "core", "cuda", "dataloaders", "datasets", "functions",
    "is_simple_core", "layers", "models", "no_grad", "optimizers", "setup_variable", "test_mode",
    "transforms", "using_config", "utils",
]  # fmt: skip
