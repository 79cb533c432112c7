"""The one table of operations; `row` says what a row holds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import activation as act
from . import arithmetic as ari
from . import comparison as com
from . import einsum as ein
from . import exponential as exp
from . import indexing as ind
from . import joining as joi
from . import linear as lin
from . import loss as los
from . import reduction as red
from . import shape as shp
from . import softmax as sof
from . import solving as sol
from . import statistics as sta
from . import trigonometric as tri
from .row import Row, add_row
from .row import sample as s


def _sum_to(x: Any, shape: tuple[int, ...]) -> Any:
    full = (1,) * (x.ndim - len(shape)) + shape
    axes = tuple(i for i, n in enumerate(full) if n != x.shape[i])
    return x.sum(axis=axes, keepdims=True).reshape(shape)


def _erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


def _add_at(x: Any, index: Any, shape: Any) -> Any:
    y = np.zeros(shape)
    np.add.at(y, index, x)
    return y


def _cross_entropy(x: Any, t: Any) -> Any:
    hot = t if np.shape(t) == x.shape else np.eye(x.shape[-1])[t]
    log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return -(hot * log_p).sum(axis=-1).mean()


def _binary_cross_entropy(x: Any, t: Any, from_logits: bool = False) -> Any:
    p = 1 / (1 + np.exp(-x)) if from_logits else x
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


# fmt: off
PAIRS = (s((3, 4), (3, 4)), s((3, 4), (4,)), s((3, 1), (1, 4)), s((), (2, 3)), s((2, 3), 1.5))
POINTS = (s((3, 4)), s(()))
MASK = np.array([[True, False, True], [False, False, True]])
AXES = (s((3, 4)), s((3, 4), axis=0), s((2, 3, 4), axis=(0, -1)), s((3, 4), axis=1, keepdims=True))

ROWS = (
    # -- arithmetic --
    Row("add", ari.Add, ari.add, (np.add,), "+", "gx0 = gy; gx1 = gy", PAIRS, torch="a[0] + a[1]"),
    Row("sub", ari.Sub, ari.sub, (np.subtract,), "−", "gx0 = gy; gx1 = −gy", PAIRS, torch="a[0] - a[1]"),
    Row("mul", ari.Mul, ari.mul, (np.multiply,), "×", "gx0 = gy · x1; gx1 = gy · x0", PAIRS, torch="a[0] * a[1]"),
    Row("div", ari.Div, ari.div, (np.divide,), "÷", "gx0 = gy / x1; gx1 = −gy · y / x1", PAIRS, (0.5, 2.0), torch="a[0] / a[1]"),
    Row("neg", ari.Neg, ari.neg, (np.negative,), "−", "gx = −gy", POINTS, torch="-a[0]"),
    Row("pos", ari.Pos, ari.pos, (np.positive,), "+", "gx = gy", POINTS, torch="+a[0]"),
    Row("pow", ari.Pow, ari.pow_, (np.power,), "xⁿ", "gx0 = gy · x1 · x0^(x1 − 1); gx1 = gy · y · ln x0",
        (*PAIRS, s((2, 3), 3), s((2, 3), -2.0), s(2.5, (3,))), (0.5, 2.0), torch="torch.pow(a[0], a[1])",
        edge="The derivative of x⁰ with respect to x is 0, also at x = 0; that of 0ⁿ with respect to n ≥ 0 is 0."),
    Row("square", ari.Square, ari.square, (np.square,), "x²", "gx = 2 · x · gy", POINTS, torch="torch.square(a[0])"),
    Row("sqrt", ari.Sqrt, ari.sqrt, (np.sqrt,), "√", "gx = gy / (2 · y)", POINTS, (0.5, 2.0), torch="torch.sqrt(a[0])",
        edge="The derivative at 0 is infinite."),
    Row("reciprocal", ari.Reciprocal, ari.reciprocal, (np.reciprocal,), "1/x", "gx = −gy · y²", POINTS, (0.5, 2.0), torch="torch.reciprocal(a[0])"),
    Row("abs", ari.Abs, ari.abs_, (np.absolute, np.fabs), "|x|", "gx = gy · sign x", POINTS, torch="torch.abs(a[0])",
        edge="The derivative at 0 is 0."),
    Row("sign", ari.Sign, ari.sign, (np.sign,), "sign", "gx = 0", POINTS, torch="torch.sign(a[0])",
        edge="The derivative is 0, also at 0."),
    # -- exponentials --
    Row("exp", exp.Exp, exp.exp, (np.exp,), "eˣ", "gx = gy · y", POINTS, torch="torch.exp(a[0])"),
    Row("exp2", exp.Exp2, exp.exp2, (np.exp2,), "2ˣ", "gx = gy · y · ln 2", POINTS, torch="torch.exp2(a[0])"),
    Row("expm1", exp.Expm1, exp.expm1, (np.expm1,), "eˣ−1", "gx = gy · (y + 1)", POINTS, torch="torch.expm1(a[0])"),
    Row("log", exp.Log, exp.log, (np.log,), "ln", "gx = gy / x", POINTS, (0.5, 2.0), torch="torch.log(a[0])"),
    Row("log2", exp.Log2, exp.log2, (np.log2,), "log₂", "gx = gy / (x · ln 2)", POINTS, (0.5, 2.0), torch="torch.log2(a[0])"),
    Row("log10", exp.Log10, exp.log10, (np.log10,), "log₁₀", "gx = gy / (x · ln 10)", POINTS, (0.5, 2.0), torch="torch.log10(a[0])"),
    Row("log1p", exp.Log1p, exp.log1p, (np.log1p,), "ln(1+x)", "gx = gy / (1 + x)", POINTS, (-0.5, 2.0), torch="torch.log1p(a[0])"),
    Row("logaddexp", exp.LogAddExp, exp.logaddexp, (np.logaddexp,), "ln(eˣ+eˣ)", "gx0 = gy · e^(x0 − y); gx1 = gy · e^(x1 − y)", PAIRS, torch="torch.logaddexp(a[0], _t(a[1]))"),
    # -- trigonometry --
    Row("sin", tri.Sin, tri.sin, (np.sin,), "sin", "gx = gy · cos x", POINTS, torch="torch.sin(a[0])"),
    Row("cos", tri.Cos, tri.cos, (np.cos,), "cos", "gx = −gy · sin x", POINTS, torch="torch.cos(a[0])"),
    Row("tan", tri.Tan, tri.tan, (np.tan,), "tan", "gx = gy · (1 + y²)", POINTS, (-1.0, 1.0), torch="torch.tan(a[0])"),
    Row("arcsin", tri.Arcsin, tri.arcsin, (np.arcsin,), "arcsin", "gx = gy / √(1 − x²)", POINTS, (-0.8, 0.8), torch="torch.arcsin(a[0])",
        edge="The derivative at ±1 is infinite."),
    Row("arccos", tri.Arccos, tri.arccos, (np.arccos,), "arccos", "gx = −gy / √(1 − x²)", POINTS, (-0.8, 0.8), torch="torch.arccos(a[0])",
        edge="The derivative at ±1 is infinite."),
    Row("arctan", tri.Arctan, tri.arctan, (np.arctan,), "arctan", "gx = gy / (1 + x²)", POINTS, torch="torch.arctan(a[0])"),
    Row("arctan2", tri.Arctan2, tri.arctan2, (np.arctan2,), "arctan2", "gx0 = gy · x1 / (x0² + x1²); gx1 = −gy · x0 / (x0² + x1²)", PAIRS, (0.5, 2.0), torch="torch.arctan2(a[0], _t(a[1]))",
        edge="There is no derivative at (0, 0): it is nan."),
    Row("sinh", tri.Sinh, tri.sinh, (np.sinh,), "sinh", "gx = gy · cosh x", POINTS, torch="torch.sinh(a[0])"),
    Row("cosh", tri.Cosh, tri.cosh, (np.cosh,), "cosh", "gx = gy · sinh x", POINTS, torch="torch.cosh(a[0])"),
    Row("tanh", tri.Tanh, tri.tanh, (np.tanh,), "tanh", "gx = gy · (1 − y²)", POINTS, torch="torch.tanh(a[0])"),
    # -- activations --
    Row("sigmoid", act.Sigmoid, act.sigmoid, (), "σ", "gx = gy · y · (1 − y)", POINTS, reference=lambda x: 1 / (1 + np.exp(-x)), torch="torch.sigmoid(a[0])"),
    Row("relu", act.Relu, act.relu, (), "relu", "gx = gy where x > 0, else 0", POINTS, reference=lambda x: np.maximum(x, 0), torch="torch.relu(a[0])",
        edge="The derivative at 0 is 0."),
    Row("leaky_relu", act.LeakyRelu, act.leaky_relu, (), "leaky relu", "gx = gy where x > 0, else slope · gy", (*POINTS, s((3, 4), slope=0.2, torch="F.leaky_relu(a[0], 0.2)")),
        reference=lambda x, slope=0.01: np.where(x > 0, x, slope * x), torch="F.leaky_relu(a[0])",
        edge="The derivative at 0 is the slope."),
    Row("softplus", act.Softplus, act.softplus, (), "softplus", "gx = gy · σ(x)", POINTS, reference=lambda x: np.log(1 + np.exp(x)), torch="F.softplus(a[0])"),
    Row("gelu", act.Gelu, act.gelu, (), "gelu", "gx = gy · (Φ(x) + x · φ(x))", POINTS, reference=lambda x: x * (1 + _erf(x / math.sqrt(2))) / 2, torch="F.gelu(a[0])"),
    Row("erf", act.Erf, act.erf, (), "erf", "gx = gy · 2/√π · e^(−x²)", POINTS, reference=_erf, torch="torch.erf(a[0])"),
    # -- choosing --
    Row("maximum", com.Maximum, com.maximum, (np.maximum,), "max", "gx0 = gy where x0 > x1, else 0; gx1 = gy where x1 > x0, else 0", PAIRS, torch="torch.maximum(a[0], _t(a[1]))",
        edge="Where both are equal, each gets half of the gradient."),
    Row("minimum", com.Minimum, com.minimum, (np.minimum,), "min", "gx0 = gy where x0 < x1, else 0; gx1 = gy where x1 < x0, else 0", PAIRS, torch="torch.minimum(a[0], _t(a[1]))",
        edge="Where both are equal, each gets half of the gradient."),
    Row("clip", com.Clip, com.clip, (np.clip,), "clip", "gx = gy where min ≤ x ≤ max, else 0", (s((3, 4), -1.0, 1.0), s((3, 4), -0.5, None), s((3, 4), None, 0.5)), torch="torch.clip(a[0], a[1], a[2])",
        edge="The gradient passes at the bounds themselves."),
    # -- reductions --
    Row("sum", red.Sum, red.sum_, (np.sum, (np.add, "reduce")), "Σ", "gx = gy", AXES, torch="torch.sum(a[0], **k)"),
    Row("mean", red.Mean, red.mean, (np.mean,), "mean", "gx = gy / n", AXES, torch="torch.mean(a[0], **k)"),
    Row("max", red.Max, red.max_, (np.max, np.amax, (np.maximum, "reduce")), "max", "gx = gy where x = y, else 0", AXES, torch="torch.amax(a[0], **k)",
        edge="Equal largest elements share the gradient evenly."),
    Row("min", red.Min, red.min_, (np.min, np.amin, (np.minimum, "reduce")), "min", "gx = gy where x = y, else 0", AXES, torch="torch.amin(a[0], **k)",
        edge="Equal smallest elements share the gradient evenly."),
    Row("prod", sta.Prod, sta.prod, (np.prod, (np.multiply, "reduce")), "Π", "gx = gy · y / x", AXES, torch="_over(torch.prod, a[0], **k)",
        edge="Where x = 0 the derivative is the product of the other elements."),
    Row("var", sta.Var, sta.var, (np.var,), "var", "gx = gy · 2 · (x − mean) / (n − ddof)", (*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.var(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))",
        edge="Of one element it is 0 with derivative 0; with ddof=1 it is nan, as in NumPy and PyTorch."),
    Row("std", sta.Std, sta.std, (np.std,), "std", "gx = gy · (x − mean) / ((n − ddof) · y)", (*AXES, s((3, 4), axis=0, ddof=1)), torch="torch.std(a[0], dim=k.get('axis'), correction=k.get('ddof', 0), keepdim=k.get('keepdims', False))",
        edge="The derivative is 0 where all elements are equal."),
    Row("cumsum", sta.CumSum, sta.cumsum, (np.cumsum, (np.add, "accumulate")), "Σ→", "gx = gy summed from each element on", (s((4,)), s((3, 4), axis=0), s((3, 4), axis=-1), s((2, 3), torch="torch.cumsum(a[0].ravel(), 0)")), torch="torch.cumsum(a[0], k.get('axis', 0))"),
    Row("logsumexp", sof.LogSumExp, sof.logsumexp, (), "ln Σ eˣ", "gx = gy · e^(x − y)", AXES, reference=lambda x, **k: np.log(np.sum(np.exp(x), **k)), torch="torch.logsumexp(a[0], dim=k.get('axis', tuple(range(a[0].ndim))), keepdim=k.get('keepdims', False))"),
    Row("softmax", sof.Softmax, sof.softmax, (), "softmax", "gx = y · (gy − Σ gy · y)", (s((3, 4)), s((3, 4), axis=0), s((5,))), reference=lambda x, axis=-1: np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True), torch="torch.softmax(a[0], k.get('axis', -1))"),
    Row("log_softmax", sof.LogSoftmax, sof.log_softmax, (), "ln softmax", "gx = gy − e^y · Σ gy", (s((3, 4)), s((3, 4), axis=0), s((5,))), reference=lambda x, axis=-1: x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True)), torch="torch.log_softmax(a[0], k.get('axis', -1))"),
    Row("norm", sta.Norm, sta.norm, (np.linalg.norm,), "‖x‖", "gx = gy · x / y", (s((4,)), s((3, 4)), s((3, 4), axis=1), s((3, 4), axis=0, keepdims=True), s((4,), ord=1), s((4,), ord=3), s((3, 4), ord=np.inf, axis=0), s((4,), ord=-np.inf), s((2, 3, 4), axis=(0, 2)), s((3, 4), ord="fro")),
        torch="torch.linalg.norm(a[0], k.get('ord'), k.get('axis'), k.get('keepdims', False))",
        edge="The derivative at 0 is 0; the largest elements of ord=inf share the gradient evenly."),
    # -- linear algebra --
    Row("matmul", lin.MatMul, lin.matmul, (np.matmul,), "@", "gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy",
        (s((2, 3), (3, 4)), s((3,), (3,)), s((3,), (3, 2)), s((2, 3), (3,)), s((5, 2, 3), (3, 4)), s((5, 2, 3), (5, 3, 4)),
         s((2, 1, 2, 3), (5, 3, 2)), s((3,), (5, 3, 2)), s((5, 2, 3), (3,)), s((2, 3), (5, 3, 4))), torch="torch.matmul(a[0], a[1])"),
    Row("dot", lin.Dot, lin.dot, (np.dot,), "·", "gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy",
        (s((3,), (3,)), s((2, 3), (3, 4)), s((2, 3), (3,)), s((3,), (3, 2)), s((), (3,)), s((2, 3, 4), (5, 4, 2), torch="torch.tensordot(a[0], a[1], ([2], [1]))")), torch="torch.matmul(a[0], a[1]) if a[0].ndim else a[0] * a[1]"),
    Row("outer", lin.Outer, lin.outer, (np.outer,), "⊗", "gx0 = gy · x1; gx1 = x0 · gy", (s((3,), (4,)), s((2, 3), (4,), torch="torch.outer(a[0].ravel(), a[1])")), torch="torch.outer(a[0], a[1])"),
    Row("tensordot", lin.TensorDot, lin.tensordot, (np.tensordot,), "tensordot", "gx0 = gy · x1 over x1's free axes; gx1 = x0 · gy over x0's free axes",
        (s((2, 3, 4), (3, 4, 5)), s((2, 3), (4, 5), axes=0), s((2, 3, 4), (4, 3), axes=([1, 2], [1, 0])), s((3, 2), (3, 4), axes=(0, 0), torch="torch.tensordot(a[0], a[1], ([0], [0]))"), s((3,), (3,), axes=1)), torch="torch.tensordot(a[0], a[1], k.get('axes', 2))"),
    Row("einsum", ein.EinSum, ein.einsum, (np.einsum,), "einsum", "gx0 = einsum of gy and the others, to x0's letters; gx1 = einsum of gy and the others, to x1's letters",
        (s("ij,jk->ik", (2, 3), (3, 4)), s("ij,jk", (2, 3), (3, 4)), s("ii->i", (3, 3)), s("ii", (3, 3)), s("ij->j", (2, 3)), s("ij,kl->il", (2, 3), (4, 5)),
         s("i,i,i->", (3,), (3,), (3,)), s("...ij,jk->...ik", (2, 2, 3), (3, 2)), s("...i,...i", (2, 1, 3), (4, 3)), s("iij,jk->ki", (2, 2, 3), (3, 4)), s("iii->i", (2, 2, 2)), s("ba", (2, 3))), torch="torch.einsum(*a)"),
    Row("inv", sol.Inv, sol.inv, (np.linalg.inv,), "x⁻¹", "gx = −yᵀ · gy · yᵀ", (s((3, 3)), s((2, 2, 2))), torch="torch.linalg.inv(a[0])"),
    Row("det", sol.Det, sol.det, (np.linalg.det,), "det", "gx = gy · y · (x⁻¹)ᵀ", (s((3, 3)), s((2, 2, 2))), torch="torch.linalg.det(a[0])",
        edge="Of a singular matrix there is no derivative here: its inverse is needed."),
    Row("solve", sol.Solve, sol.solve, (np.linalg.solve,), "x⁻¹ ·", "gx0 = −gx1 · yᵀ; gx1 = (x0ᵀ)⁻¹ · gy", (s((3, 3), (3,)), s((3, 3), (3, 2)), s((2, 2, 2), (2, 2, 3)), s((2, 2, 2), (1, 2, 1))), torch="torch.linalg.solve(a[0], a[1])"),
    # -- shapes --
    Row("reshape", shp.Reshape, shp.reshape, (np.reshape,), "reshape", "gx = gy in the shape of x", (s((3, 4), [2, 6]), s((3, 4), [-1]), s((1,), []), s((2, 3), [3, 2], order="F", torch="a[0].T.reshape(2, 3).T")), torch="torch.reshape(a[0], a[1])"),
    Row("ravel", shp.Ravel, shp.ravel, (np.ravel,), "ravel", "gx = gy in the shape of x", (s((3, 4)), s(()), s((2, 3), order="F", torch="a[0].T.ravel()")), torch="torch.ravel(a[0])"),
    Row("transpose", shp.Transpose, shp.transpose, (np.transpose,), "xᵀ", "gx = gyᵀ", (s((3, 4)), s((2, 3, 4), axes=(1, 2, 0)), s((2, 3, 4), axes=(-1, 0, 1))), torch="torch.permute(a[0], k.get('axes', (1, 0)))"),
    Row("swapaxes", shp.SwapAxes, shp.swapaxes, (np.swapaxes,), "swap axes", "gx = gy with the axes back", (s((2, 3, 4), 0, -1),), torch="torch.swapaxes(*a)"),
    Row("moveaxis", shp.MoveAxis, shp.moveaxis, (np.moveaxis,), "move axis", "gx = gy with the axes back", (s((2, 3, 4), 0, -1), s((2, 3, 4), [0, 1], [-1, 0])), torch="torch.moveaxis(a[0], *map(_tuple, a[1:]))"),
    Row("squeeze", shp.Squeeze, shp.squeeze, (np.squeeze,), "squeeze", "gx = gy in the shape of x", (s((1, 3, 1)), s((1, 3, 1), axis=0, torch="torch.squeeze(a[0], 0)")), torch="torch.squeeze(a[0])"),
    Row("expand_dims", shp.ExpandDims, shp.expand_dims, (np.expand_dims,), "expand", "gx = gy in the shape of x", (s((3, 4), 1), s((), 0), s((3,), axis=(0, 2), torch="a[0][None, :, None]")), torch="torch.unsqueeze(*a)"),
    Row("broadcast_to", shp.BroadcastTo, shp.broadcast_to, (np.broadcast_to,), "broadcast", "gx = gy summed to the shape of x", (s((3, 1), [2, 3, 4]), s((), [2, 2])), torch="torch.broadcast_to(*a)"),
    Row("sum_to", shp.SumTo, shp.sum_to, (), "sum to", "gx = gy", (s((2, 3, 4), [3, 1]), s((2, 3), []), s((2, 3), [2, 3])), torch="a[0].sum_to_size(a[1])", reference=lambda x, shape: np.asarray(_sum_to(x, tuple(shape)))),
    Row("astype", shp.AsType, shp.astype, (), "astype", "gx = gy", (s((3, 4), np.float64),), torch="a[0].double()", reference=lambda x, dtype: x.astype(dtype)),
    Row("copy", shp.Copy, shp.copy, (np.copy,), "copy", "gx = gy", POINTS, torch="a[0].clone()"),
    # -- picking, joining, repeating --
    Row("getitem", ind.GetItem, ind.getitem, (), "[ ]", "gx = gy at the index, else 0",
        (s((3, 4), 1), s((3, 4), (0, slice(1, 3))), s((3, 4), (..., None, -1)), s((4,), slice(None, None, -1), torch="a[0].flip(0)"), s((3, 4), [0, 2, 0]), s((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))),
         s((3,), np.array([True, False, True])), s((2, 3), np.array([[True, False, True], [False, True, False]])), s((3, 4), (slice(None), [1, 1]))), torch="a[0][a[1]]", reference=lambda x, i: x[i]),
    Row("add_at", ind.AddAt, ind.add_at, (), "add at", "gx = gy[index]", (s((3,), np.array([0, 2, 0]), [4]), s((2, 2), (slice(1, 3),), [4, 2])), reference=_add_at),
    Row("sort", ind.Sort, ind.sort, (np.sort,), "sort", "gx = gy put back in x's order", (s((5,)), s((3, 4), axis=0), s((2, 3), axis=None, torch="torch.sort(a[0].ravel()).values")), torch="torch.sort(a[0], dim=k.get('axis', -1)).values",
        edge="Equal elements keep their order."),
    Row("where", com.Where, com.where, (np.where,), "where", "gx0 = gy where the condition holds, else 0; gx1 = gy where it does not, else 0",
        (s(MASK, (2, 3), (2, 3)), s(MASK, (3,), 0.0), s(True, (2,), (2, 1)), s(MASK, (), (2, 3))), torch="torch.where(torch.as_tensor(a[0]), a[1], torch.as_tensor(a[2], dtype=torch.float64))"),
    Row("concatenate", joi.Concatenate, joi.concatenate, (np.concatenate,), "concat", "gx0 = gy's first part; gx1 = gy's next part", (s([(2, 3), (4, 3)]), s([(2, 3), (2, 1)], axis=-1), s([(2,), (2, 2)], axis=None, torch="torch.cat([t.ravel() for t in a[0]])"), s([(3,)])), torch="torch.concatenate(a[0], **k)"),
    Row("stack", joi.Stack, joi.stack, (np.stack,), "stack", "gx0 = gy's first slice; gx1 = gy's next slice", (s([(2, 3), (2, 3)]), s([(2, 3), (2, 3)], axis=-1), s([(), (), ()])), torch="torch.stack(a[0], dim=k.get('axis', 0))"),
    Row("split", joi.Split, joi.split, (np.split,), "split", "gx = the gys joined", (s((4, 3), 2), s((3, 4), [1, 3], axis=1), s((4,), 1)), torch="torch.tensor_split(a[0], a[1], dim=k.get('axis', 0))"),
    Row("flip", joi.Flip, joi.flip, (np.flip,), "flip", "gx = gy flipped back", (s((3, 4)), s((3, 4), axis=1), s((2, 3, 4), axis=(0, -1))), torch="torch.flip(a[0], _dims(a[0], k.get('axis')))"),
    Row("roll", joi.Roll, joi.roll, (np.roll,), "roll", "gx = gy rolled back", (s((5,), 2), s((3, 4), 1), s((3, 4), -1, axis=1), s((3, 4), shift=(1, -2), axis=(0, 1))), torch="torch.roll(a[0], k.get('shift') or a[1], k.get('axis'))"),
    Row("repeat", joi.Repeat, joi.repeat, (np.repeat,), "repeat", "gx = gy summed over the copies", (s((2, 3), 2), s((2, 3), 2, axis=1), s((3, 2), [1, 0, 2], axis=0)), torch="torch.repeat_interleave(a[0], torch.as_tensor(a[1]), dim=k.get('axis'))"),
    Row("tile", joi.Tile, joi.tile, (np.tile,), "tile", "gx = gy summed over the copies", (s((2, 3), 2), s((2, 3), [2, 1, 3]), s((), 3)), torch="torch.tile(a[0], _dims(a[0], a[1]))"),
    Row("pad", joi.Pad, joi.pad, (np.pad,), "pad", "gx = gy without the margin", (s((2, 3), 1, torch="F.pad(a[0], (1, 1, 1, 1))"), s((3,), [2, 1], constant_values=5.0, torch="F.pad(a[0], (2, 1), value=5.0)"), s((2, 3), pad_width=((0, 1), (2, 0)), torch="F.pad(a[0], (2, 0, 0, 1))"), s((4,), 2, mode="edge", torch="F.pad(a[0][None], (2, 2), mode='replicate')[0]"), s((4,), 2, mode="reflect", torch="F.pad(a[0][None], (2, 2), mode='reflect')[0]"), s((4,), 2, mode="wrap", torch="F.pad(a[0][None], (2, 2), mode='circular')[0]"), s((3, 4), 2, mode="symmetric"))),
    # -- losses --
    Row("mean_squared_error", los.MeanSquaredError, los.mean_squared_error, (), "mse", "gx0 = gy · 2 / n · (x0 − x1); gx1 = gy · 2 / n · (x1 − x0)", (s((3, 4), (3, 4)), s((5,), 1.0), s((), ())), reference=lambda a, b: np.mean((a - b) ** 2), torch="F.mse_loss(a[0], torch.as_tensor(a[1], dtype=torch.float64).broadcast_to(a[0].shape))"),
    Row("softmax_cross_entropy", los.SoftmaxCrossEntropy, los.softmax_cross_entropy, (), "cross entropy", "gx0 = gy / n · (softmax x0 − x1); gx1 = −gy / n · ln softmax x0", (s((3, 4), np.array([1, 0, 3])), s((4,), np.array(2)), s((2, 3, 4), np.array([[1, 0, 3], [2, 2, 0]]), torch="F.cross_entropy(a[0].movedim(-1, 1), torch.as_tensor(a[1]))"), s((3, 4), np.eye(4)[:3])), reference=_cross_entropy, torch="F.cross_entropy(a[0], torch.as_tensor(a[1]))"),
    Row("binary_cross_entropy", los.BinaryCrossEntropy, los.binary_cross_entropy, (), "cross entropy", "gx0 = gy / n · (x0 − x1) / (x0 · (1 − x0)); gx1 = gy / n · ln((1 − x0) / x0)", (s((3, 4), (3, 4)), s((3, 4), 1.0, from_logits=True, torch="F.binary_cross_entropy_with_logits(a[0], torch.ones_like(a[0]))"), s((3,), (3,), from_logits=True, torch="F.binary_cross_entropy_with_logits(a[0], a[1])")), (0.1, 0.9), reference=_binary_cross_entropy, torch="F.binary_cross_entropy(a[0], a[1])",
        edge="Logarithms of probabilities are held at −100, and x · (1 − x) in the rule at 10⁻¹²."),
)
# fmt: on

for _row in ROWS:
    add_row(_row)
