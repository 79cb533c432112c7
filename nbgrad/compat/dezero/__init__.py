"""DeZero's words: what the book builds from step 43 on, standing on nbgrad's engine.

``import nbgrad.compat.dezero as dezero`` in place of ``import dezero``, with
``dezero.functions as F`` and ``dezero.layers as L``.
"""

from nbgrad.engine.arrays import as_array
from nbgrad.engine.function import Function
from nbgrad.engine.grad_mode import Config, no_grad
from nbgrad.engine.variable import Variable, as_variable

from . import dataloaders, datasets, functions, layers, models, optimizers
from .dataloaders import DataLoader, SeqDataLoader
from .layers import Layer
from .models import MLP, Model, Sequential
from .optimizers import SGD, AdaGrad, Adam, MomentumSGD
from .parameter import Parameter
from .train import test_mode, using_config

__all__ = [
    "MLP",
    "SGD",
    "AdaGrad",
    "Adam",
    "Config",
    "DataLoader",
    "Function",
    "Layer",
    "Model",
    "MomentumSGD",
    "Parameter",
    "SeqDataLoader",
    "Sequential",
    "Variable",
    "as_array",
    "as_variable",
    "dataloaders",
    "datasets",
    "functions",
    "layers",
    "models",
    "no_grad",
    "optimizers",
    "test_mode",
    "using_config",
]
