"""The one table of operations; `Row` says what each field is for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from nbgrad.engine.diagnostics.numpy_warnings import refuse_warnings

from . import accumulation as acc
from . import activation as act
from . import arithmetic as ari
from . import averages as ave
from . import choosing as cho
from . import comparison as com
from . import convolution as con
from . import determinant as det
from . import diagonal as dia
from . import differences as dif
from . import distance as dis
from . import einsum as ein
from . import exponential as exp
from . import factoring as fac
from . import hypotenuse as hyp
from . import indexing as ind
from . import joining as joi
from . import linear as lin
from . import loss as los
from . import matrices as mat
from . import missing as mis
from . import norm as nrm
from . import normalization as nor
from . import order as ord_
from . import padding as pad
from . import pooling as poo
from . import prod as prd
from . import products as pro
from . import rearranging as rea
from . import reduction as red
from . import rounding as rou
from . import sampling as sam
from . import shape as shp
from . import signals as sig
from . import softmax as sof
from . import solving as sol
from . import special as spe
from . import spectral as spc
from . import stacking as stk
from . import statistics as sta
from . import trigonometric as tri
from . import windows as win
from .row import Row, add_row


def _made(
    name: str, function: Callable[..., Any], *twins: Any, also: tuple[str, ...] = (), edge: str = ""
) -> Row:
    """Return the row of a function that is made of other operations."""
    return Row(name, None, function, twins=twins, also=also, edge=edge)


def _norm(part: str) -> str:
    """Return the rule of a norm whose weight and bias have an element for each part."""
    return (
        "gx0 = d / √(var x0 + eps), d = g − mean g − n · mean(g · n), g = gy · x1, n = standardize(x0); "
        f"gx1 = gy · n summed for each {part}, n = standardize(x0); gx2 = gy summed for each {part}"
    )


def _np(*names: str) -> tuple[Any, ...]:
    """Return functions that not every NumPy has (``"linalg.vecdot"``): where missing, by name."""
    found: list[Any] = []
    for name in names:
        module, _, last = name.rpartition(".")
        found.append(getattr(getattr(np, module) if module else np, last, f"np.{name}"))
    return tuple(found)


STEP = "The function is constant between its jumps: the derivative is 0, also at them."
TIES = (
    "Equal elements stand in the order in which they come: the gradient goes to those at the place."
)
SYMMETRIC = "If x is symmetric both triangles share the gradient evenly; else all goes to the one that is read."
EQUAL_VALUES = "Where values are equal, the part that turns their vectors into each other is 0."
MISSING = "The gradient of nan is 0."

# fmt: off
ROWS = (
    # -- arithmetic --
    Row("add", ari.Add, ari.add, twins=(np.add,), symbol="+", rule="gx0 = gy; gx1 = gy"),
    Row("sub", ari.Sub, ari.sub, twins=(np.subtract,), also=("subtract",), symbol="−", rule="gx0 = gy; gx1 = −gy"),
    Row("mul", ari.Mul, ari.mul, twins=(np.multiply,), also=("multiply",), symbol="×", rule="gx0 = gy · x1; gx1 = gy · x0"),
    Row("div", ari.Div, ari.div, twins=(np.divide,), also=("divide", "true_divide"), symbol="÷", rule="gx0 = gy / x1; gx1 = −gy · y / x1"),
    Row("neg", ari.Neg, ari.neg, twins=(np.negative,), also=("negative",), symbol="−", rule="gx = −gy"),
    Row("pos", ari.Pos, ari.pos, twins=(np.positive, np.conjugate, np.real, np.real_if_close), also=("positive",), symbol="+", rule="gx = gy"),
    Row("pow", ari.Pow, ari.pow_, twins=(np.power,), also=("power",), symbol="xⁿ", rule="gx0 = gy · x1 · x0^(x1 − 1); gx1 = gy · y · ln x0",
        edge="The derivative of x⁰ with respect to x is 0, also at x = 0; that of 0ⁿ with respect to n ≥ 0 is 0."),
    Row("square", ari.Square, ari.square, twins=(np.square,), symbol="x²", rule="gx = 2 · x · gy"),
    Row("sqrt", ari.Sqrt, ari.sqrt, twins=(np.sqrt,), symbol="√", rule="gx = gy / (2 · y)",
        edge="The derivative at 0 is infinite."),
    Row("reciprocal", ari.Reciprocal, ari.reciprocal, twins=(np.reciprocal,), symbol="1/x", rule="gx = −gy · y²",
        edge="Of integers it is an integer, whose derivative is 0."),
    Row("abs", ari.Abs, ari.abs_, twins=(np.absolute,), also=("absolute",), symbol="|x|", rule="gx = gy · sign x",
        edge="The derivative at 0 is 0."),
    Row("sign", ari.Sign, ari.sign, twins=(np.sign,), symbol="sign", rule="gx = 0",
        edge="The derivative is 0, also at 0."),
    Row("cbrt", ari.Cbrt, ari.cbrt, twins=(np.cbrt,), symbol="∛", rule="gx = gy / (3 · y²)",
        edge="The derivative at 0 is infinite."),
    _made("fabs", ari.fabs, np.fabs, edge="The derivative at 0 is 0."),
    _made("float_power", ari.float_power, np.float_power),
    # -- exponentials --
    Row("exp", exp.Exp, exp.exp, twins=(np.exp,), symbol="eˣ", rule="gx = gy · y"),
    Row("exp2", exp.Exp2, exp.exp2, twins=(np.exp2,), symbol="2ˣ", rule="gx = gy · y · ln 2"),
    Row("expm1", exp.Expm1, exp.expm1, twins=(np.expm1,), symbol="eˣ−1", rule="gx = gy · e^x"),
    Row("log", exp.Log, exp.log, twins=(np.log,), symbol="ln", rule="gx = gy / x"),
    Row("log2", exp.Log2, exp.log2, twins=(np.log2,), symbol="log₂", rule="gx = gy / (x · ln 2)"),
    Row("log10", exp.Log10, exp.log10, twins=(np.log10,), symbol="log₁₀", rule="gx = gy / (x · ln 10)"),
    Row("log1p", exp.Log1p, exp.log1p, twins=(np.log1p,), symbol="ln(1+x)", rule="gx = gy / (1 + x)"),
    Row("logaddexp", exp.LogAddExp, exp.logaddexp, twins=(np.logaddexp,), symbol="ln(eˣ+eˣ)", rule="gx0 = gy · e^(x0 − y); gx1 = gy · e^(x1 − y)"),
    Row("logaddexp2", exp.LogAddExp2, exp.logaddexp2, twins=(np.logaddexp2,), symbol="log₂(2ˣ+2ˣ)", rule="gx0 = gy · 2^(x0 − y); gx1 = gy · 2^(x1 − y)"),
    Row("xlogy", exp.XLogY, exp.xlogy, symbol="x·ln", rule="gx0 = gy · ln x1; gx1 = gy · x0 / x1",
        edge="Where x0 is 0, the derivative with respect to x0 is 0 for x1 ≤ 0, and that with respect to x1 = 0 is 0."),
    # -- trigonometry --
    Row("sin", tri.Sin, tri.sin, twins=(np.sin,), symbol="sin", rule="gx = gy · cos x"),
    Row("cos", tri.Cos, tri.cos, twins=(np.cos,), symbol="cos", rule="gx = −gy · sin x"),
    Row("tan", tri.Tan, tri.tan, twins=(np.tan,), symbol="tan", rule="gx = gy · (1 + y²)"),
    Row("arcsin", tri.Arcsin, tri.arcsin, twins=(np.arcsin,), also=("asin",), symbol="arcsin", rule="gx = gy / √(1 − x²)",
        edge="The derivative at ±1 is infinite."),
    Row("arccos", tri.Arccos, tri.arccos, twins=(np.arccos,), also=("acos",), symbol="arccos", rule="gx = −gy / √(1 − x²)",
        edge="The derivative at ±1 is infinite."),
    Row("arctan", tri.Arctan, tri.arctan, twins=(np.arctan,), also=("atan",), symbol="arctan", rule="gx = gy / (1 + x²)"),
    Row("arctan2", tri.Arctan2, tri.arctan2, twins=(np.arctan2,), also=("atan2",), symbol="arctan2", rule="gx0 = gy · x1 / (x0² + x1²); gx1 = −gy · x0 / (x0² + x1²)",
        edge="There is no derivative at (0, 0): it is nan."),
    Row("hypot", hyp.Hypot, hyp.hypot, twins=(np.hypot,), symbol="hypot", rule="gx0 = gy · x0 / y; gx1 = gy · x1 / y",
        edge="The derivative at (0, 0) is 0."),
    Row("sinh", tri.Sinh, tri.sinh, twins=(np.sinh,), symbol="sinh", rule="gx = gy · cosh x"),
    Row("cosh", tri.Cosh, tri.cosh, twins=(np.cosh,), symbol="cosh", rule="gx = gy · sinh x"),
    Row("tanh", tri.Tanh, tri.tanh, twins=(np.tanh,), symbol="tanh", rule="gx = gy · (1 − y²)"),
    Row("arcsinh", tri.Arcsinh, tri.arcsinh, twins=(np.arcsinh,), symbol="arcsinh", rule="gx = gy / √(x² + 1)", also=("asinh",)),
    Row("arccosh", tri.Arccosh, tri.arccosh, twins=(np.arccosh,), symbol="arccosh", rule="gx = gy / √(x² − 1)", also=("acosh",),
        edge="The derivative at 1 is infinite."),
    Row("arctanh", tri.Arctanh, tri.arctanh, twins=(np.arctanh,), symbol="arctanh", rule="gx = gy / (1 − x²)", also=("atanh",),
        edge="The derivative at ±1 is infinite."),
    Row("deg2rad", tri.Deg2Rad, tri.deg2rad, twins=(np.deg2rad, np.radians), symbol="° → rad", rule="gx = gy · π / 180", also=("radians",)),
    Row("rad2deg", tri.Rad2Deg, tri.rad2deg, twins=(np.rad2deg, np.degrees), symbol="rad → °", rule="gx = gy · 180 / π", also=("degrees",)),
    Row("sinc", spe.Sinc, spe.sinc, twins=(np.sinc,), symbol="sinc", rule="gx = gy · (cos(π · x) − y) / x",
        edge="At 0 the first derivative is 0 and the second −π²/3."),
    Row("i0", spe.BesselI, spe.i0, twins=(np.i0,), symbol="I₀", rule="gx = gy · I₁(x)"),
    # -- rounding and remainders --
    Row("floor", rou.Floor, rou.floor, twins=(np.floor,), symbol="⌊x⌋", rule="gx = 0", edge=STEP),
    Row("ceil", rou.Ceil, rou.ceil, twins=(np.ceil,), symbol="⌈x⌉", rule="gx = 0", edge=STEP),
    Row("trunc", rou.Trunc, rou.trunc, twins=(np.trunc, *_np("fix")), symbol="trunc", rule="gx = 0", edge=STEP, also=("fix",)),
    Row("rint", rou.Rint, rou.rint, twins=(np.rint,), symbol="rint", rule="gx = 0", edge=STEP),
    Row("round", rou.Round, rou.round_, twins=(np.round, np.around), symbol="round", rule="gx = 0", edge=STEP, also=("around",)),
    Row("floor_divide", rou.FloorDivide, rou.floor_divide, twins=(np.floor_divide,), symbol="//", rule="gx0 = 0; gx1 = 0", edge=STEP),
    Row("remainder", rou.Remainder, rou.remainder, twins=(np.remainder,), symbol="%", rule="gx0 = gy; gx1 = −gy · ⌊x0 / x1⌋", also=("mod",),
        edge="Where y jumps, the derivative is the one on either side."),
    Row("fmod", rou.Fmod, rou.fmod, twins=(np.fmod,), symbol="fmod", rule="gx0 = gy; gx1 = −gy · trunc(x0 / x1)",
        edge="Where y jumps, the derivative is the one on either side."),
    _made("divmod", rou.divmod_, np.divmod, edge="The quotient is constant between its jumps: its derivative is 0."),
    Row("modf", rou.Modf, rou.modf, twins=(np.modf,), symbol="modf", rule="gx = gy0", edge="The whole part is constant between its jumps: its derivative is 0."),
    # -- activations --
    Row("sigmoid", act.Sigmoid, act.sigmoid, symbol="σ", rule="gx = gy · y · (1 − y)"),
    Row("relu", act.Relu, act.relu, symbol="relu", rule="gx = gy where x > 0, else 0",
        edge="The derivative at 0 is 0."),
    Row("leaky_relu", act.LeakyRelu, act.leaky_relu, symbol="leaky relu", rule="gx = gy where x > 0, else slope · gy",
        edge="The derivative at 0 is the slope."),
    Row("softplus", act.Softplus, act.softplus, symbol="softplus", rule="gx = gy · σ(x)"),
    Row("gelu", act.Gelu, act.gelu, symbol="gelu", rule="gx = gy · (Φ(x) + x · φ(x))"),
    Row("erf", act.Erf, act.erf, symbol="erf", rule="gx = gy · 2/√π · e^(−x²)"),
    Row("elu", act.Elu, act.elu, symbol="elu", rule="gx = gy where x > 0, else gy · alpha · e^x",
        edge="The derivative at 0 is alpha."),
    _made("selu", act.selu, edge="The derivative at 0 is that from below."),
    Row("silu", act.Silu, act.silu, symbol="silu", rule="gx = gy · (σ(x) + x · σ(x) · σ(−x))"),
    Row("softsign", act.Softsign, act.softsign, symbol="softsign", rule="gx = gy / (1 + |x|)²"),
    _made("hardtanh", act.hardtanh, edge="The gradient passes at the bounds themselves."),
    Row("glu", act.Glu, act.glu, symbol="glu", rule="gx = gy · σ(b) joined with gy · a · σ(b) · σ(−b), a and b the halves of x"),
    # -- nets --
    Row("conv1d", con.Conv1d, con.conv1d, symbol="conv", rule="gx0 = windows of x1ᵀ · gy, added up; gx1 = gy · windows of x0; gx2 = gy summed for each kernel"),
    Row("conv2d", con.Conv2d, con.conv2d, symbol="conv", rule="gx0 = windows of x1ᵀ · gy, added up; gx1 = gy · windows of x0; gx2 = gy summed for each kernel"),
    Row("conv_transpose2d", con.ConvTranspose2d, con.conv_transpose2d, symbol="convᵀ", rule="gx0 = windows of gy · x1; gx1 = x0 · windows of gy; gx2 = gy summed for each kernel"),
    Row("im2col", win.Im2Col, win.im2col, symbol="im2col", rule="gx = gy added up where the windows stand"),
    Row("col2im", win.Col2Im, win.col2im, symbol="col2im", rule="gx = windows of gy"),
    Row("max_pool2d", poo.MaxPool2d, poo.max_pool2d, symbol="max", rule="gx = gy where x is the largest of its window, else 0",
        edge="Of equal largest elements the first gets the gradient."),
    Row("avg_pool2d", poo.AvgPool2d, poo.avg_pool2d, symbol="mean", rule="gx = gy / n, added up where the windows stand"),
    Row("dropout", nor.Dropout, nor.dropout, symbol="dropout", rule="gx = gy / (1 − p) where x was kept, else 0"),
    Row("standardize", nor.Standardize, nor.standardize, symbol="(x−μ)/σ", rule="gx = d / √(var x + eps), d = gy − mean gy − y · mean(gy · y)"),
    Row("layer_norm", nor.LayerNorm, nor.layer_norm, symbol="layer norm", rule=_norm("feature")),
    Row("batch_norm", nor.BatchNorm, nor.batch_norm, symbol="batch norm", rule=_norm("channel")),
    _made("embedding", ind.embedding),
    # -- choosing --
    Row("maximum", com.Maximum, com.maximum, twins=(np.maximum,), symbol="max", rule="gx0 = gy where x0 > x1, else 0; gx1 = gy where x1 > x0, else 0",
        edge="Where both are equal, each gets half of the gradient; where one is nan, each gets it."),
    Row("minimum", com.Minimum, com.minimum, twins=(np.minimum,), symbol="min", rule="gx0 = gy where x0 < x1, else 0; gx1 = gy where x1 < x0, else 0",
        edge="Where both are equal, each gets half of the gradient; where one is nan, each gets it."),
    Row("clip", com.Clip, com.clip, twins=(np.clip,), symbol="clip", rule="gx = gy where min ≤ x ≤ max, else 0",
        edge="The gradient passes at the bounds themselves."),
    Row("fmax", cho.FMax, cho.fmax, twins=(np.fmax,), symbol="max", rule="gx0 = gy where x0 > x1 or x1 is nan, else 0; gx1 = gy where x1 > x0 or x0 is nan, else 0",
        edge="Where both are equal, each gets half of the gradient."),
    Row("fmin", cho.FMin, cho.fmin, twins=(np.fmin,), symbol="min", rule="gx0 = gy where x0 < x1 or x1 is nan, else 0; gx1 = gy where x1 < x0 or x0 is nan, else 0",
        edge="Where both are equal, each gets half of the gradient."),
    Row("copysign", cho.CopySign, cho.copysign, twins=(np.copysign,), symbol="±|x|", rule="gx0 = gy where x0 and x1 have the same sign, else −gy; gx1 = 0",
        edge="The derivative at x0 = 0 is 0."),
    Row("heaviside", cho.Heaviside, cho.heaviside, twins=(np.heaviside,), symbol="H", rule="gx0 = 0; gx1 = gy where x0 = 0, else 0", edge=STEP),
    Row("nan_to_num", cho.NanToNum, cho.nan_to_num, twins=(np.nan_to_num,), symbol="nan → 0", rule="gx = gy where x is finite, else 0",
        edge="What was put in the place of nan or an infinity is a constant."),
    _made("select", cho.select, np.select),
    _made("piecewise", cho.piecewise, np.piecewise),
    # -- reductions --
    Row("sum", red.Sum, red.sum_, twins=(np.sum, (np.add, "reduce")), symbol="Σ", rule="gx = gy"),
    Row("mean", red.Mean, red.mean, twins=(np.mean,), symbol="mean", rule="gx = gy / n"),
    Row("max", red.Max, red.max_, twins=(np.max, np.amax, (np.maximum, "reduce")), also=("amax",), symbol="max", rule="gx = gy where x = y, else 0",
        edge="Equal largest elements share the gradient evenly."),
    Row("min", red.Min, red.min_, twins=(np.min, np.amin, (np.minimum, "reduce")), also=("amin",), symbol="min", rule="gx = gy where x = y, else 0",
        edge="Equal smallest elements share the gradient evenly."),
    Row("prod", prd.Prod, prd.prod, twins=(np.prod, (np.multiply, "reduce")), symbol="Π", rule="gx = gy · Π of the others",
        edge="Where x = 0 the derivative is the product of the other elements."),
    Row("var", sta.Var, sta.var, twins=(np.var,), symbol="var", rule="gx = gy · 2 · (x − mean x) / (n − ddof)",
        edge="Of one element it is 0 with derivative 0; with ddof=1 it is nan, as in NumPy and PyTorch."),
    Row("std", sta.Std, sta.std, twins=(np.std,), symbol="std", rule="gx = gy · (x − mean x) / ((n − ddof) · y)",
        edge="The derivative is 0 where all elements are equal."),
    Row("cumsum", sta.CumSum, sta.cumsum, twins=(np.cumsum, (np.add, "accumulate")), symbol="Σ→", rule="gx = gy summed from each element on"),
    Row("logsumexp", sof.LogSumExp, sof.logsumexp, twins=("np.logaddexp.reduce",), symbol="ln Σ eˣ", rule="gx = gy · e^(x − y)"),
    Row("softmax", sof.Softmax, sof.softmax, symbol="softmax", rule="gx = y · (gy − Σ gy · y)"),
    Row("log_softmax", sof.LogSoftmax, sof.log_softmax, symbol="ln softmax", rule="gx = gy − e^y · Σ gy"),
    Row("norm", nrm.Norm, nrm.norm, twins=(np.linalg.norm, "np.hypot.reduce"), symbol="‖x‖", rule="gx = gy · x / y",
        edge="The derivative at 0 is 0; the largest elements of ord=inf share the gradient evenly."),
    Row("cumprod", acc.CumProd, acc.cumprod, twins=(np.cumprod, (np.multiply, "accumulate")), symbol="Π→", rule="gx = (gy · y summed from each element on) / x",
        edge="Where x = 0 the derivative is the product of the other elements."),
    Row("cummax", acc.CumMax, acc.cummax, twins=((np.maximum, "accumulate"),), symbol="max→", rule="gx = gy summed while x is the largest so far",
        edge="Of equal largest elements the first gets the gradient."),
    Row("cummin", acc.CumMin, acc.cummin, twins=((np.minimum, "accumulate"),), symbol="min→", rule="gx = gy summed while x is the smallest so far",
        edge="Of equal smallest elements the first gets the gradient."),
    _made("cumulative_sum", acc.cumulative_sum, *_np("cumulative_sum")),
    _made("cumulative_prod", acc.cumulative_prod, *_np("cumulative_prod")),
    # -- order statistics --
    Row("median", ord_.Median, ord_.median, twins=(np.median,), symbol="median", rule="gx = gy at the middle, half of it to each of two, else 0", edge=TIES),
    Row("quantile", ord_.Quantile, ord_.quantile, twins=(np.quantile,), symbol="quantile", rule="gx = gy at the elements interpolated, by their weights, else 0", edge=TIES),
    Row("percentile", ord_.Percentile, ord_.percentile, twins=(np.percentile,), symbol="percentile", rule="gx = gy at the elements interpolated, by their weights, else 0", edge=TIES),
    Row("nanmedian", ord_.NanMedian, ord_.nanmedian, twins=(np.nanmedian,), symbol="median", rule="gx = gy at the middle, half of it to each of two, else 0", edge=TIES),
    Row("nanquantile", ord_.NanQuantile, ord_.nanquantile, twins=(np.nanquantile,), symbol="quantile", rule="gx = gy at the elements interpolated, by their weights, else 0", edge=TIES),
    Row("nanpercentile", ord_.NanPercentile, ord_.nanpercentile, twins=(np.nanpercentile,), symbol="percentile", rule="gx = gy at the elements interpolated, by their weights, else 0", edge=TIES),
    # -- without nan --
    _made("nansum", mis.nansum, np.nansum, edge=MISSING),
    _made("nanprod", mis.nanprod, np.nanprod, edge=MISSING),
    _made("nanmean", mis.nanmean, np.nanmean, edge=MISSING),
    _made("nanvar", mis.nanvar, np.nanvar, edge=MISSING),
    _made("nanstd", mis.nanstd, np.nanstd, edge=MISSING),
    _made("nanmax", mis.nanmax, np.nanmax, edge=MISSING),
    _made("nanmin", mis.nanmin, np.nanmin, edge=MISSING),
    _made("nancumsum", mis.nancumsum, np.nancumsum, edge=MISSING),
    _made("nancumprod", mis.nancumprod, np.nancumprod, edge=MISSING),
    # -- averages --
    _made("average", ave.average, np.average),
    _made("ptp", ave.ptp, np.ptp, edge="Equal extremes share the gradient evenly."),
    _made("cov", ave.cov, np.cov),
    _made("corrcoef", ave.corrcoef, np.corrcoef),
    _made("vector_norm", nrm.vector_norm, *_np("linalg.vector_norm"), edge="The derivative at 0 is 0."),
    # -- linear algebra --
    Row("matmul", lin.MatMul, lin.matmul, twins=(np.matmul, *_np("linalg.matmul")), symbol="@", rule="gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy"),
    Row("dot", lin.Dot, lin.dot, twins=(np.dot,), symbol="·", rule="gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy"),
    Row("outer", lin.Outer, lin.outer, twins=(np.outer, *_np("linalg.outer")), symbol="⊗", rule="gx0 = gy · x1; gx1 = x0 · gy"),
    Row("tensordot", lin.TensorDot, lin.tensordot, twins=(np.tensordot, *_np("linalg.tensordot")), symbol="tensordot",
        rule="gx0 = gy · x1 over x1's free axes; gx1 = x0 · gy over x0's free axes"),
    _made("inner", pro.inner, np.inner),
    _made("vdot", pro.vdot, np.vdot),
    _made("vecdot", pro.vecdot, *_np("vecdot", "linalg.vecdot")),
    _made("matvec", pro.matvec, *_np("matvec")),
    _made("vecmat", pro.vecmat, *_np("vecmat")),
    Row("einsum", ein.EinSum, ein.einsum, twins=(np.einsum,), symbol="einsum",
        rule="gxi = einsum of gy and the others, to xi's letters"),
    Row("inv", sol.Inv, sol.inv, twins=(np.linalg.inv,), symbol="x⁻¹", rule="gx = −yᵀ · gy · yᵀ"),
    Row("det", det.Det, det.det, twins=(np.linalg.det,), symbol="det", rule="gx = gy · the cofactors of x"),
    Row("solve", sol.Solve, sol.solve, twins=(np.linalg.solve,), symbol="x⁻¹ ·", rule="gx0 = −gx1 · yᵀ; gx1 = (x0ᵀ)⁻¹ · gy"),
    Row("slogdet", det.SlogDet, det.slogdet, twins=(np.linalg.slogdet,), symbol="ln|det|", rule="gx = gy1 · (x⁻¹)ᵀ",
        edge="The derivative at a singular matrix is nan."),
    Row("pinv", sol.Pinv, sol.pinv, twins=(np.linalg.pinv,), symbol="x⁺", rule="gx = −yᵀ · gy · yᵀ + (I − x · y) · gyᵀ · y · yᵀ + yᵀ · y · gyᵀ · (I − y · x)",
        edge="The derivative is the one among matrices of the same rank."),
    Row("lstsq", sol.Lstsq, mat.lstsq, twins=(np.linalg.lstsq,), symbol="x⁺ ·", rule="gx0 = −gx1 · yᵀ + (x1 − x0 · y) · gyᵀ · x0⁺ · (x0⁺)ᵀ + (x0⁺)ᵀ · y · (gy − x0⁺ · x0 · gy)ᵀ; gx1 = (x0⁺)ᵀ · gy",
        edge="The derivative is the one among matrices of the same rank."),
    Row("cholesky", fac.Cholesky, fac.cholesky, twins=(np.linalg.cholesky,), symbol="chol", rule="gx = (s + sᵀ) / 2, s = (y⁻¹)ᵀ · (lower(yᵀ · gy), its diagonal halved) · y⁻¹", edge=SYMMETRIC),
    Row("qr", fac.QR, fac.qr, twins=(np.linalg.qr,), symbol="QR", rule="gx = (gy0 + y0 · m) · (y1⁻¹)ᵀ, m the lower triangle of y1 · gy1ᵀ − gy0ᵀ · y0, mirrored",
        edge="A matrix of less than full rank has no derivative."),
    Row("eigh", spc.Eigh, spc.eigh, twins=(np.linalg.eigh,), symbol="eigh", rule="gx = y1 · (diag gy0 + (y1ᵀ · gy1)ᵢⱼ / (y0ⱼ − y0ᵢ) for i ≠ j) · y1ᵀ", edge=f"{EQUAL_VALUES} {SYMMETRIC}"),
    Row("eigvalsh", spc.Eigvalsh, spc.eigvalsh, twins=(np.linalg.eigvalsh,), symbol="eigvalsh", rule="gx = v · diag gy · vᵀ, v the eigenvectors of x", edge=f"{EQUAL_VALUES} {SYMMETRIC}"),
    Row("svd", spc.Svd, spc.svd, twins=(np.linalg.svd,), symbol="SVD", rule="gx = y0 · (diag gy1 + turns of y0 and y2 by gy0 and gy2 / (y1ⱼ ∓ y1ᵢ)) · y2", edge=f"{EQUAL_VALUES} A division by a singular value of 0 gives 0."),
    Row("svdvals", spc.Svdvals, spc.svdvals, twins=_np("linalg.svdvals"), symbol="svdvals", rule="gx = u · diag gy · vᵀ, u and v the singular vectors of x",
        edge="At equal values each has the derivative along the vector that LAPACK returns; that of 0 is u · vᵀ too."),
    _made("matrix_power", mat.matrix_power, np.linalg.matrix_power),
    _made("multi_dot", mat.multi_dot, np.linalg.multi_dot),
    _made("kron", mat.kron, np.kron),
    _made("cross", mat.cross, np.cross),
    _made("matrix_norm", mat.matrix_norm, *_np("linalg.matrix_norm")),
    _made("cond", mat.cond, np.linalg.cond),
    _made("tensorinv", mat.tensorinv, np.linalg.tensorinv),
    _made("tensorsolve", mat.tensorsolve, np.linalg.tensorsolve),
    # -- shapes --
    Row("reshape", shp.Reshape, shp.reshape, twins=(np.reshape,), symbol="reshape", rule="gx = gy in the shape of x"),
    Row("ravel", shp.Ravel, shp.ravel, twins=(np.ravel,), symbol="ravel", rule="gx = gy in the shape of x"),
    Row("transpose", shp.Transpose, shp.transpose, twins=(np.transpose,), also=("permute_dims",), symbol="xᵀ", rule="gx = gyᵀ"),
    Row("swapaxes", shp.SwapAxes, shp.swapaxes, twins=(np.swapaxes,), symbol="swap axes", rule="gx = gy with the axes back"),
    Row("moveaxis", shp.MoveAxis, shp.moveaxis, twins=(np.moveaxis,), symbol="move axis", rule="gx = gy with the axes back"),
    Row("squeeze", shp.Squeeze, shp.squeeze, twins=(np.squeeze,), symbol="squeeze", rule="gx = gy in the shape of x"),
    Row("expand_dims", shp.ExpandDims, shp.expand_dims, twins=(np.expand_dims,), symbol="expand", rule="gx = gy in the shape of x"),
    Row("broadcast_to", shp.BroadcastTo, shp.broadcast_to, twins=(np.broadcast_to,), symbol="broadcast", rule="gx = gy summed to the shape of x"),
    Row("sum_to", shp.SumTo, shp.sum_to, symbol="sum to", rule="gx = gy"),
    Row("astype", shp.AsType, shp.astype, twins=_np("astype"), symbol="astype", rule="gx = gy",
        edge="Of an integer dtype, which cuts fractions off, 0."),
    Row("copy", shp.Copy, shp.copy, twins=(np.copy,), symbol="copy", rule="gx = gy"),
    # -- picking, joining, repeating --
    Row("getitem", ind.GetItem, ind.getitem, symbol="[ ]", rule="gx = gy at the index, else 0"),
    Row("add_at", ind.AddAt, ind.add_at, symbol="add at", rule="gx = gy[index]"),
    Row("sort", ind.Sort, ind.sort, twins=(np.sort,), symbol="sort", rule="gx = gy put back in x's order",
        edge="Equal elements keep their order."),
    Row("where", com.Where, com.where, twins=(np.where,), symbol="where",
        rule="gx0 = gy where the condition holds, else 0; gx1 = gy where the condition does not hold, else 0"),
    Row("concatenate", joi.Concatenate, joi.concatenate, twins=(np.concatenate,), also=("concat",), symbol="concat", rule="gxi = gy's part for xi"),
    Row("stack", joi.Stack, joi.stack, twins=(np.stack,), symbol="stack", rule="gxi = gy's slice for xi"),
    Row("split", joi.Split, joi.split, twins=(np.split,), symbol="split", rule="gx = gy0, gy1, … joined"),
    _made("flipud", joi.flipud, np.flipud),
    _made("fliplr", joi.fliplr, np.fliplr),
    Row("flip", joi.Flip, joi.flip, twins=(np.flip,), symbol="flip", rule="gx = gy flipped back"),
    Row("roll", joi.Roll, joi.roll, twins=(np.roll,), symbol="roll", rule="gx = gy rolled back"),
    Row("repeat", joi.Repeat, joi.repeat, twins=(np.repeat,), symbol="repeat", rule="gx = gy summed over the copies"),
    Row("tile", joi.Tile, joi.tile, twins=(np.tile,), symbol="tile", rule="gx = gy summed over the copies"),
    Row("pad", pad.Pad, pad.pad, twins=(np.pad,), symbol="pad", rule="gx = gy without the margin"),
    # -- rearranging --
    _made("take", rea.take, np.take),
    _made("take_along_axis", rea.take_along_axis, np.take_along_axis),
    _made("put_along_axis", rea.put_along_axis, edge="The gradient of what is put in goes to the values, not to x."),
    _made("insert", rea.insert, np.insert),
    _made("delete", rea.delete, np.delete),
    _made("resize", rea.resize, np.resize),
    _made("compress", rea.compress, np.compress),
    _made("extract", rea.extract, np.extract),
    _made("choose", rea.choose, np.choose),
    _made("fill_diagonal", rea.fill_diagonal, edge="The gradient of what is put in goes to the values, not to x."),
    _made("rot90", rea.rot90, np.rot90),
    _made("rollaxis", rea.rollaxis, np.rollaxis),
    _made("matrix_transpose", rea.matrix_transpose, *_np("matrix_transpose", "linalg.matrix_transpose")),
    _made("full", rea.full),
    Row("sliding_window_view", rea.SlidingWindow, rea.sliding_window_view, twins=(np.lib.stride_tricks.sliding_window_view,), symbol="windows", rule="gx = gy summed over the windows"),
    # -- short forms of joining and splitting --
    _made("array", stk.array),
    _made("atleast_1d", stk.atleast_1d, np.atleast_1d),
    _made("atleast_2d", stk.atleast_2d, np.atleast_2d),
    _made("atleast_3d", stk.atleast_3d, np.atleast_3d),
    _made("vstack", stk.vstack, np.vstack),
    _made("hstack", stk.hstack, np.hstack),
    _made("dstack", stk.dstack, np.dstack),
    _made("column_stack", stk.column_stack, np.column_stack),
    _made("append", stk.append, np.append),
    _made("block", stk.block, np.block),
    _made("array_split", stk.array_split, np.array_split),
    _made("hsplit", stk.hsplit, np.hsplit),
    _made("vsplit", stk.vsplit, np.vsplit),
    _made("dsplit", stk.dsplit, np.dsplit),
    _made("unstack", stk.unstack, *_np("unstack")),
    _made("broadcast_arrays", stk.broadcast_arrays, np.broadcast_arrays),
    _made("meshgrid", stk.meshgrid, np.meshgrid),
    # -- diagonals --
    _made("diagonal", dia.diagonal, np.diagonal),
    _made("diag", dia.diag, np.diag),
    _made("diagflat", dia.diagflat, np.diagflat),
    _made("tril", dia.tril, np.tril),
    _made("triu", dia.triu, np.triu),
    # -- sampled values --
    Row("linspace", sam.LinSpace, sam.linspace, twins=(np.linspace,), symbol="linspace", rule="gx0 = Σ gy · (x1 − y) / (x1 − x0); gx1 = Σ gy · (y − x0) / (x1 − x0)"),
    Row("geomspace", sam.GeomSpace, sam.geomspace, twins=(np.geomspace,), symbol="geomspace", rule="gx0 = Σ gy · y / x0 · ln(x1 / y) / ln(x1 / x0); gx1 = Σ gy · y / x1 · ln(y / x0) / ln(x1 / x0)"),
    _made("logspace", sam.logspace, np.logspace),
    Row("interp", sam.Interp, sam.interp, twins=(np.interp,), symbol="interp", rule="gx0 = gy · slope; gx1 = −gx0 shared by both points; gx2 = gy shared by both points",
        edge="At a point the slope is that of the line on its right, at the last one that on its left; 0 outside."),
    _made("polyval", sam.polyval, np.polyval),
    Row("convolve", sig.Convolve, sig.convolve, twins=(np.convolve,), symbol="∗", rule="gx0 = gy correlated with x1; gx1 = gy correlated with x0"),
    _made("correlate", sig.correlate, np.correlate),
    Row("unwrap", sig.Unwrap, sig.unwrap, twins=(np.unwrap,), symbol="unwrap", rule="gx = gy",
        edge="The multiples of the period are constants."),
    _made("diff", dif.diff, np.diff),
    _made("ediff1d", dif.ediff1d, np.ediff1d),
    _made("trapezoid", dif.trapezoid, *_np("trapezoid", "trapz")),
    _made("gradient", dif.gradient, np.gradient),
    # -- losses --
    Row("mean_squared_error", dis.MeanSquaredError, dis.mean_squared_error, symbol="mse",
        rule="gx0 = gy · 2 / n · (x0 − x1); gx1 = gy · 2 / n · (x1 − x0)"),
    Row("softmax_cross_entropy", los.SoftmaxCrossEntropy, los.softmax_cross_entropy, symbol="cross entropy",
        rule="gx0 = gy / n · (softmax x0 − x1 as probabilities); gx1 = −gy / n · ln softmax x0"),
    Row("binary_cross_entropy", los.BinaryCrossEntropy, los.binary_cross_entropy, symbol="cross entropy",
        rule="gx0 = gy / n · (x0 − x1) / (x0 · (1 − x0)); gx1 = gy / n · ln((1 − x0) / x0)",
        edge="Logarithms of probabilities are held at −100, and x · (1 − x) in the rule at 10⁻¹²."),
    Row("huber_loss", dis.HuberLoss, dis.huber_loss, also=("huber",), symbol="huber",
        rule="gx0 = gy / n · clip(x0 − x1, −delta, delta); gx1 = gy / n · clip(x1 − x0, −delta, delta)"),
    Row("l1_loss", dis.L1Loss, dis.l1_loss, symbol="l1",
        rule="gx0 = gy / n · sign(x0 − x1); gx1 = gy / n · sign(x1 − x0)", edge="The derivative at 0 is 0."),
    Row("nll_loss", los.NegativeLogLikelihood, los.nll_loss, symbol="nll", rule="gx0 = −gy / n where the class is x1, else 0; gx1 = 0"),
    Row("kl_div", dis.KLDivergence, dis.kl_div, symbol="KL", rule="gx0 = −gy / n · x1; gx1 = gy / n · (ln x1 + 1 − x0)",
        edge="Where t = 0 the derivative of t · ln t is 0."),
    Row("cosine_similarity", dis.CosineSimilarity, dis.cosine_similarity, symbol="cos",
        rule="gx0 = gy · (x1 / ‖x1‖ − y · x0 / ‖x0‖) / ‖x0‖; gx1 = gy · (x0 / ‖x0‖ − y · x1 / ‖x1‖) / ‖x1‖",
        edge="A vector shorter than eps counts as one of that length."),
)
# fmt: on

for _row in ROWS:
    refuse_warnings(vars(sys.modules[(_row.operation or _row.function).__module__]))
    add_row(_row)
