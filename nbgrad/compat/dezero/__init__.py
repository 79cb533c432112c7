"""DeZero's words: what the book builds from step 43 on, standing on nbgrad's engine.

``import nbgrad.compat.dezero as dezero`` in place of ``import dezero``, with
``dezero.functions as F`` and ``dezero.layers as L``.
"""

from nbgrad.engine.arrays import as_array
from nbgrad.engine.function import Function
from nbgrad.engine.grad_mode import Config, no_grad
from nbgrad.engine.variable import Variable, as_variable

from . import cuda, dataloaders, datasets, functions, layers, models, optimizers, transforms, utils
from .dataloaders import DataLoader, SeqDataLoader
from .datasets import Dataset
from .layers import Layer
from .models import MLP, Model, Sequential
from .optimizers import SGD, AdaDelta, AdaGrad, Adam, MomentumSGD
from .parameter import Parameter
from .train import test_mode, using_config

is_simple_core = True
"""What steps 28 and 29 ask before they set another core up: here every step has the same one."""

__all__ = [
    "MLP", "SGD", "AdaDelta", "AdaGrad", "Adam", "Config", "DataLoader", "Dataset", "Function",
    "Layer", "Model", "MomentumSGD", "Parameter", "SeqDataLoader", "Sequential", "Variable",
    "as_array", "as_variable", "cuda", "dataloaders", "datasets", "functions", "is_simple_core",
    "layers", "models", "no_grad", "optimizers", "test_mode", "transforms", "using_config",
    "utils",
]  # fmt: skip
