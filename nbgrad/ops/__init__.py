"""Which operations exist? One short class each, in one file per family, and one table."""

from . import composite, plain, table  # noqa: F401 (they register what they hold)
from .activation import erf, gelu, leaky_relu, relu, sigmoid, softplus
from .arithmetic import abs_ as abs
from .arithmetic import add, div, mul, neg, pos, reciprocal, sign, sqrt, square, sub
from .arithmetic import pow_ as pow
from .comparison import clip, maximum, minimum, where
from .einsum import einsum
from .exponential import exp, exp2, expm1, log, log1p, log2, log10, logaddexp
from .indexing import add_at, getitem, sort
from .joining import concatenate, flip, pad, repeat, roll, split, stack, tile
from .linear import dot, matmul, outer, tensordot
from .loss import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from .reduction import max_ as max
from .reduction import mean
from .reduction import min_ as min
from .reduction import sum_ as sum
from .shape import (
    astype,
    broadcast_to,
    copy,
    expand_dims,
    moveaxis,
    ravel,
    reshape,
    squeeze,
    sum_to,
    swapaxes,
    transpose,
)
from .softmax import log_softmax, logsumexp, softmax
from .solving import det, inv, solve
from .statistics import cumsum, norm, prod, std, var
from .trigonometric import arccos, arcsin, arctan, arctan2, cos, cosh, sin, sinh, tan, tanh

__all__ = [
    "abs",
    "add",
    "add_at",
    "arccos",
    "arcsin",
    "arctan",
    "arctan2",
    "astype",
    "binary_cross_entropy",
    "broadcast_to",
    "clip",
    "concatenate",
    "copy",
    "cos",
    "cosh",
    "cumsum",
    "det",
    "div",
    "dot",
    "einsum",
    "erf",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "flip",
    "gelu",
    "getitem",
    "inv",
    "leaky_relu",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "mean_squared_error",
    "min",
    "minimum",
    "moveaxis",
    "mul",
    "neg",
    "norm",
    "outer",
    "pad",
    "pos",
    "pow",
    "prod",
    "ravel",
    "reciprocal",
    "relu",
    "repeat",
    "reshape",
    "roll",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "solve",
    "sort",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "sub",
    "sum",
    "sum_to",
    "swapaxes",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "transpose",
    "var",
    "where",
]
