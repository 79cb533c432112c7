"""PyTorch's functions by the names that its users know, with symbol, rule and operands.

A node is called by its C++ class (``AddmmBackward0``); users know ``addmm``. Where an
operation of nbgrad's table means the same, its symbol and rule are used; for some others a
rule stands here; the rest has its name alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from nbgrad.ops.norm import Norm
from nbgrad.ops.row import TABLE


@dataclass(frozen=True)
class Operation:
    """What is known of a PyTorch function.

    Attributes
    ----------
    name : str
        As in ``torch.<name>``.
    symbol : str
    rule : str
        The backward rule, one ``g… = …`` per operand, separated by ``;``; or empty.
    operands : tuple of str
        Names of its differentiable operands, under which PyTorch may have saved them.
    reshapes : bool
        Whether it only arranges the elements of its input in another way.
    """

    name: str
    symbol: str
    rule: str = ""
    operands: tuple[str, ...] = ()
    reshapes: bool = False


# PyTorch's name: an operation of nbgrad's table that means the same.
_SAME = {
    "add": "add", "sub": "sub", "mul": "mul", "div": "div", "neg": "neg", "pow": "pow",
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "log2": "log2",
    "log10": "log10", "exp2": "exp2", "sqrt": "sqrt", "reciprocal": "reciprocal", "abs": "abs",
    "sign": "sign", "sgn": "sign", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin",
    "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "sigmoid": "sigmoid", "relu": "relu", "softplus": "softplus",
    "maximum": "maximum", "minimum": "minimum", "sum": "sum", "mean": "mean", "prod": "prod",
    "var": "var", "std": "std", "cumsum": "cumsum", "logsumexp": "logsumexp",
    "softmax": "softmax", "_softmax": "softmax", "_safe_softmax": "softmax",
    "safe_softmax": "softmax", "log_softmax": "log_softmax", "_log_softmax": "log_softmax",
    "mm": "matmul", "bmm": "matmul", "mv": "matmul", "dot": "dot", "where": "where",
    "view": "reshape", "reshape_alias": "reshape", "unsafe_view": "reshape",
    "_unsafe_view": "reshape", "_reshape_alias": "reshape", "t": "transpose",
    "transpose": "swapaxes", "permute": "transpose", "squeeze": "squeeze",
    "unsqueeze": "expand_dims", "expand": "broadcast_to", "stack": "stack", "cat": "concatenate",
    "split": "split", "split_with_sizes": "split", "unsafe_split": "split", "select": "getitem", "slice": "getitem", "index": "getitem",
    "flip": "flip", "repeat": "tile", "logaddexp": "logaddexp", "hypot": "hypot",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "silu": "silu", "elu": "elu",
    "amax": "max", "amin": "min", "max": "max", "min": "min", "erf": "erf",
}  # fmt: skip

# What nbgrad's table does not have, or writes otherwise: symbol and rule.
_OWN = {
    "addmm": ("b + xW", "gx0 = sum of gy over the rows; gx1 = gy @ x2ᵀ; gx2 = x1ᵀ @ gy"),
    "baddbmm": ("b + xW", "gx0 = gy; gx1 = gy @ x2ᵀ; gx2 = x1ᵀ @ gy"),
    "rsub": ("c − x", "gx = −gy"),
    "mul_scalar": ("×", ""),
    "square": ("x²", "gx = 2 · x · gy"),
    "clone": ("clone", "gx = gy"),
    "contiguous": ("clone", "gx = gy"),
    "alias": ("alias", "gx = gy"),
    "detach": ("detach", ""),
    "leaky_relu": ("leaky relu", "gx = gy where x > 0, else slope · gy"),
    "threshold": ("threshold", "gx = gy where x > threshold, else 0"),
    "hardtanh": ("hardtanh", "gx = gy where x is within the bounds, else 0"),
    "gelu": ("gelu", "gx = gy · (Φ(x) + x · φ(x))"),
    "mse_loss": ("mse loss", "gx0 = 2 · (x0 − x1) · gy / n; gx1 = −2 · (x0 − x1) · gy / n"),
    "nll_loss": ("nll loss", "gx = −gy at each row's class, over the number of rows"),
    "nll_loss2d": ("nll loss", "gx = −gy at each pixel's class, over their number"),
    "binary_cross_entropy": ("bce", "gx = gy · (x − t) / (x · (1 − x)) / n"),
    "binary_cross_entropy_with_logits": ("bce with logits", "gx = gy · (σ(x) − t) / n"),
    "native_layer_norm": ("layer norm", ""),
    "native_batch_norm": ("batch norm", ""),
    "cudnn_batch_norm": ("batch norm", ""),
    "native_group_norm": ("group norm", ""),
    "native_dropout": ("dropout", "gx = gy · mask / (1 − p)"),
    "convolution": ("conv", "gx0 = gy ∗ x1 turned round; gx1 = x0 ∗ gy; gx2 = sum of gy"),
    "embedding": ("embedding", "gx = rows of gy, added at the rows that were looked up"),
    "max_pool2d_with_indices": ("max pool", "gx = gy at each window's largest element"),
    "max_pool3d_with_indices": ("max pool", "gx = gy at each window's largest element"),
    "avg_pool2d": ("avg pool", "gx = gy / n over each window"),
    "unbind": ("unbind", "gx = gy0, gy1, … stacked"),
    "topk": ("top k", "gx = gy at the elements that were taken"),
    "sort": ("sort", "gx = gy, each element back at its place"),
    "cummax": ("cummax", "gx = gy, added at the elements that were largest"),
    "cummin": ("cummin", "gx = gy, added at the elements that were smallest"),
    "unfold": ("unfold", "gx = gy, added up where windows overlap"),
    "vdot": ("·", "gx0 = gy · x1; gx1 = gy · x0"),
    "as_strided": ("as_strided", "gx = gy, added up where elements are shared"),
    "copy_slices": ("in place", "gradients of the written part and of the rest"),
    "copy": ("copy", "gx = gy"),
    "to_copy": ("to", "gx = gy, in x's dtype"),
    "masked_fill": ("masked fill", "gx = gy where nothing was filled in, else 0"),
    "gather": ("gather", "gx = gy, added at the elements that were taken"),
    "index_select": ("index select", "gx = gy, added at the rows that were taken"),
    "scaled_dot_product_flash_attention_for_cpu": ("attention", ""),
    "scaled_dot_product_flash_attention": ("attention", ""),
    "scaled_dot_product_efficient_attention": ("attention", ""),
    "scaled_dot_product_attention_math": ("attention", ""),
    "mkldnn_rnn_layer": ("rnn layer", ""),
    "norm": ("‖x‖", "gx = gy · x / y"),
    "linalg_vector_norm": ("‖x‖", "gx = gy · x / y"),
}

_OPERANDS = {
    "addmm": ("self", "mat1", "mat2"),
    "baddbmm": ("self", "batch1", "batch2"),
    "mm": ("self", "mat2"),
    "bmm": ("self", "mat2"),
    "mv": ("self", "vec"),
    "dot": ("self", "tensor"),
    "pow": ("self", "exponent"),
    "convolution": ("input", "weight", "bias"),
    "native_layer_norm": ("input", "weight", "bias"),
    "native_batch_norm": ("input", "weight", "bias"),
    "mse_loss": ("self", "target"),
    "where": ("self", "other"),
    "linear": ("input", "weight", "bias"),
}

RESHAPING = frozenset(
    ["view", "reshape_alias", "unsafe_view", "t", "transpose", "permute", "squeeze", "unsqueeze",
     "expand", "clone", "contiguous", "alias", "select", "slice", "as_strided", "unbind", "split",
     "split_with_sizes", "stack", "cat", "flip", "movedim", "view_as", "unflatten", "narrow",
     "to_copy", "copy", "repeat", "unsafe_split", "numpy_t", "swapaxes"]
)  # fmt: skip
"""Functions that only arrange elements in another way: folded away until asked for."""

_NODE = re.compile(r"^(?:torch::autograd::)?(.*?)(?:Backward(?:ForCpu)?(\d*)|_backward)?$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """Return PyTorch's function name for a node's: ``AddmmBackward0`` is ``addmm``.

    Examples
    --------
    >>> snake("NativeBatchNormBackward0"), snake("MaxPool2DWithIndicesBackward0")
    ('native_batch_norm', 'max_pool2d_with_indices')
    """
    match = _NODE.match(name)
    stem = match.group(1) if match and match.group(1) else name
    return _HUMP.sub("_", stem).lower().replace("2_d", "2d").replace("3_d", "3d").strip("_")


@cache
def operation(node_name: str) -> Operation:
    """Return what is known of the function that a node of this name goes back through."""
    name = snake(node_name)
    reshapes = name in RESHAPING
    row = TABLE.get(_SAME.get(name, ""))
    if name in _OWN:
        symbol, rule = _OWN[name]
    elif row is not None:
        symbol, rule = row.symbol, row.rule
    else:
        symbol, rule = name, ""
    operands = _OPERANDS.get(name, ("self", "other"))
    return Operation(name, symbol, rule, operands, reshapes)


_SETTINGS = {
    "slope": "negative_slope", "alpha": "alpha", "threshold": "threshold", "p": "p", "ddof": "correction",
}  # fmt: skip
"""Words of rules that are settings, and the names under which nodes save them."""


def as_called(known: Operation, node: Any) -> Operation:
    """Return a function with the rule for the settings that a node saved: ``else 0.2 · gy``."""
    rule = known.rule
    for word, name in _SETTINGS.items():
        if word in rule and hasattr(node, f"_saved_{name}"):
            value = getattr(node, f"_saved_{name}")
            rule = re.sub(rf"\b{word}\b", f"{1 if value is None else value:g}", rule)
    if " / n" in rule and getattr(node, "_saved_reduction", 1) != 1:  # 1 is the mean
        rule = rule.replace(" / n", "")
    if known.symbol == TABLE["norm"].symbol:
        rule = Norm(getattr(node, "_saved_ord", getattr(node, "_saved_p", None))).rule_text(rule)
    return known if rule == known.rule else replace(known, rule=rule)


_INDEXED = re.compile(r"(?<![\w'])([gx]*x)(\d+)(?![A-Za-z0-9_])")


def fitted(rule: str, kept: tuple[int, ...], count: int) -> str:
    """Return a rule for the operands that are shown, numbered anew.

    Parameters
    ----------
    rule : str
        For all operands: ``gx0 = gy · x1; gx1 = gy · x0``.
    kept : tuple of int
        Which operands are shown.
    count : int
        How many operands the function has.

    Returns
    -------
    str
        Empty where a rule needs an operand that is not shown.
    """
    if not rule or kept == tuple(range(count)) or "gx0" not in rule:
        return rule
    place = {old: new for new, old in enumerate(kept)}
    parts = []
    for part in rule.split(";"):
        target, _, text = part.partition("=")
        match = re.fullmatch(r"gx(\d+)", target.strip())
        if match is None or int(match.group(1)) not in place:
            continue
        used = {int(n) for _, n in _INDEXED.findall(text)}
        if not used <= place.keys():
            continue

        def renumber(found: re.Match[str]) -> str:
            n = place[int(found.group(2))]
            return f"{found.group(1)}{n if len(kept) > 1 else ''}"

        parts.append(_INDEXED.sub(renumber, part.strip()))
    return "; ".join(parts)
