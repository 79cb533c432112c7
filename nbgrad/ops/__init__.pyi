"""The public functions. Made from the table in `table.py` by `python -m nbgrad.ops.stub`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from numpy.typing import ArrayLike

from nbgrad.engine.variable import Variable

from . import composite as composite
from . import in_place as in_place
from . import plain as plain
from . import scipy_special as scipy_special
from . import table as table
from .row import PUBLIC as PUBLIC

Operand: TypeAlias = Variable | ArrayLike
"""A Variable, an array, a number, or a list of numbers."""
Axis: TypeAlias = int | Sequence[int] | None

__all__ = [
    "abs", "absolute", "acos", "acosh", "add", "add_at", "amax", "amin", "append", "arccos",
    "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "around", "array",
    "array_split", "asin", "asinh", "astype", "atan", "atan2", "atanh", "atleast_1d", "atleast_2d",
    "atleast_3d", "average", "avg_pool2d", "batch_norm", "binary_cross_entropy", "block",
    "broadcast_arrays", "broadcast_to", "cbrt", "ceil", "cholesky", "choose", "clip", "col2im",
    "column_stack", "compress", "concat", "concatenate", "cond", "conv1d", "conv2d",
    "conv_transpose2d", "convolve", "copy", "copysign", "corrcoef", "correlate", "cos", "cosh",
    "cosine_similarity", "cov", "cross", "cummax", "cummin", "cumprod", "cumsum", "cumulative_prod",
    "cumulative_sum", "deg2rad", "degrees", "delete", "det", "diag", "diagflat", "diagonal", "diff",
    "div", "divide", "divmod", "dot", "dropout", "dsplit", "dstack", "ediff1d", "eigh", "eigvalsh",
    "einsum", "elu", "embedding", "erf", "exp", "exp2", "expand_dims", "expm1", "extract", "fabs",
    "fill_diagonal", "fix", "flip", "fliplr", "flipud", "float_power", "floor", "floor_divide",
    "fmax", "fmin", "fmod", "full", "gelu", "geomspace", "getitem", "glu", "gradient", "hardtanh",
    "heaviside", "hsplit", "hstack", "huber", "huber_loss", "hypot", "i0", "im2col", "inner",
    "insert", "interp", "inv", "kl_div", "kron", "l1_loss", "layer_norm", "leaky_relu", "linspace",
    "log", "log10", "log1p", "log2", "log_softmax", "logaddexp", "logaddexp2", "logspace",
    "logsumexp", "lstsq", "matmul", "matrix_norm", "matrix_power", "matrix_transpose", "matvec",
    "max", "max_pool2d", "maximum", "mean", "mean_squared_error", "median", "meshgrid", "min",
    "minimum", "mod", "modf", "moveaxis", "mul", "multi_dot", "multiply", "nan_to_num",
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile",
    "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "neg", "negative", "nll_loss", "norm",
    "outer", "pad", "percentile", "permute_dims", "piecewise", "pinv", "polyval", "pos", "positive",
    "pow", "power", "prod", "ptp", "put_along_axis", "qr", "quantile", "rad2deg", "radians",
    "ravel", "reciprocal", "relu", "remainder", "repeat", "reshape", "resize", "rint", "roll",
    "rollaxis", "rot90", "round", "select", "selu", "sigmoid", "sign", "silu", "sin", "sinc",
    "sinh", "sliding_window_view", "slogdet", "softmax", "softmax_cross_entropy", "softplus",
    "softsign", "solve", "sort", "split", "sqrt", "square", "squeeze", "stack", "standardize",
    "std", "sub", "subtract", "sum", "sum_to", "svd", "svdvals", "swapaxes", "take",
    "take_along_axis", "tan", "tanh", "tensordot", "tensorinv", "tensorsolve", "tile", "transpose",
    "trapezoid", "tril", "triu", "true_divide", "trunc", "unstack", "unwrap", "var", "vdot",
    "vecdot", "vecmat", "vector_norm", "vsplit", "vstack", "where", "xlogy",
]

def abs(x: Operand) -> Variable:
    """Absolute value, elementwise: |x|.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · sign x``.

    The derivative at 0 is 0.

    The same on a Variable: ``np.absolute``.
    """

def add(x0: Operand, x1: Operand) -> Variable:
    """Sum of two operands, elementwise: x0 + x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy; gx1 = gy``.

    The same on a Variable: ``np.add``.
    """

def add_at(x: Operand, index: Any, shape: tuple[int, ...]) -> Variable:
    """Make zeros and add x at an index: what undoes `getitem`.

    Parameters
    ----------
    x : Variable or array
        Of the shape of ``zeros[index]``, or broadcasting to it.
    index
        As in `getitem`.
    shape : tuple of int
        Of the result.

    Raises
    ------
    OperationIndexError, ShapeError
        If there is no such index, or x does not fit it.

    Notes
    -----
    Backward: ``gx = gy[index]``.
    """

def append(arr: Operand, values: Operand, axis: int | None = None) -> Variable:
    """Append values to the end of an array.

    Parameters
    ----------
    arr : Variable, array or number, any shape
    values : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.append``.
    """

def arccos(x: Operand) -> Variable:
    """Inverse cosine, elementwise, for -1 ≤ x ≤ 1.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = −gy / √(1 − x²)``.

    The derivative at ±1 is infinite.

    The same on a Variable: ``np.arccos``.
    """

def arccosh(x: Operand) -> Variable:
    """Inverse hyperbolic cosine, elementwise, for x ≥ 1.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / √(x² − 1)``.

    The derivative at 1 is infinite.

    The same on a Variable: ``np.arccosh``.
    """

def arcsin(x: Operand) -> Variable:
    """Inverse sine, elementwise, for -1 ≤ x ≤ 1.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / √(1 − x²)``.

    The derivative at ±1 is infinite.

    The same on a Variable: ``np.arcsin``.
    """

def arcsinh(x: Operand) -> Variable:
    """Inverse hyperbolic sine, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / √(x² + 1)``.

    The same on a Variable: ``np.arcsinh``.
    """

def arctan(x: Operand) -> Variable:
    """Inverse tangent, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (1 + x²)``.

    The same on a Variable: ``np.arctan``.
    """

def arctan2(x0: Operand, x1: Operand) -> Variable:
    """Angle of the point (x1, x0), elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · x1 / (x0² + x1²); gx1 = −gy · x0 / (x0² + x1²)``.

    There is no derivative at (0, 0): it is nan.

    The same on a Variable: ``np.arctan2``.
    """

def arctanh(x: Operand) -> Variable:
    """Inverse hyperbolic tangent, elementwise, for -1 ≤ x ≤ 1.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (1 − x²)``.

    The derivative at ±1 is infinite.

    The same on a Variable: ``np.arctanh``.
    """

def array(x: Any, dtype: Any = None) -> Variable:
    """Make one Variable of nested lists of Variables, arrays and numbers.

    ``np.array`` cannot do this: an array holds no graph.

    Parameters
    ----------
    x : Variable, array, number, or nested list of them
        The items of a list have one shape.
    dtype : floating dtype, optional

    Returns
    -------
    Variable

    Raises
    ------
    ShapeError
        If the items of a list differ in shape.

    Notes
    -----
    Made of other operations: a graph shows those.
    """

def array_split(ary: Operand, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array into parts of nearly equal length.

    Parameters
    ----------
    ary : Variable, array or number, any shape
    indices_or_sections : int or sequence of int
        How many parts, or where to split.
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.array_split``.
    """

def astype(x: Operand, dtype: Any) -> Any:
    """Convert to another dtype; the gradient is converted back.

    Parameters
    ----------
    x : Variable, array or number, any shape
    dtype : dtype
        Floating; or integer, which cuts fractions off and has the gradient 0.

    Returns
    -------
    Variable; for bool an array of truth values, as of a comparison

    Raises
    ------
    OperandError
        For any other dtype.

    Notes
    -----
    Backward: ``gx = gy``.

    Of an integer dtype, which cuts fractions off, 0.

    The same on a Variable: ``np.astype``.
    """

def atleast_1d(*arrays: Operand) -> Any:
    """View inputs as arrays of one dimension or more.

    Parameters
    ----------
    *arrays : Variable, array or number, any shape

    Returns
    -------
    Variable, or a tuple of them for several arrays

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.atleast_1d``.
    """

def atleast_2d(*arrays: Operand) -> Any:
    """View inputs as arrays of two dimensions or more: a vector as one row.

    Parameters
    ----------
    *arrays : Variable, array or number, any shape

    Returns
    -------
    Variable, or a tuple of them for several arrays

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.atleast_2d``.
    """

def atleast_3d(*arrays: Operand) -> Any:
    """View inputs as arrays of three dimensions or more: (n,) as (1, n, 1), (n, m) as (n, m, 1).

    Parameters
    ----------
    *arrays : Variable, array or number, any shape

    Returns
    -------
    Variable, or a tuple of them for several arrays

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.atleast_3d``.
    """

def average(a: Operand, axis: Axis = None, weights: Operand | None = None, returned: bool = False, keepdims: bool = False) -> Any:
    """Weighted average over axes: Σ w · a / Σ w.

    Parameters
    ----------
    a : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    weights : Variable or array, optional
        Of a's shape, or of the shape of the axes alone; the mean without weights if left out.
    returned : bool
        Return the sum of the weights too.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable, or a pair of them with ``returned``

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If the weights have neither a's shape nor that of the axes.
    ZeroWeightsError
        If the weights have the sum 0.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.average``.
    """

def avg_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Mean of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padding counts as zeros.

    Raises
    ------
    ShapeError
        If the window does not fit.

    Notes
    -----
    Backward: ``gx = gy / n, added up where the windows stand``.
    """

def batch_norm(x: Operand, weight: Operand | None = None, bias: Operand | None = None, mean: Operand | None = None, var: Operand | None = None, eps: float = 1e-05) -> Variable:
    """Batch normalization: mean 0 and variance 1 of each channel over the batch.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, ...)
    weight, bias : Variable or array, shape (channels,), optional
        The scale and shift after it.
    mean, var : Variable or array, shape (channels,), optional
        Statistics to use in place of the batch's, as in prediction.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If x has no axis of channels.

    Notes
    -----
    Backward: ``gx0 = d / √(var x0 + eps), d = g − mean g − n · mean(g · n), g = gy · x1, n = standardize(x0); gx1 = gy · n summed for each channel, n = standardize(x0); gx2 = gy summed for each channel``.
    """

def binary_cross_entropy(x: Operand, t: Operand, from_logits: bool = False, *, pos_weight: Any = None, reduction: str = 'mean') -> Variable:
    """Mean of -(t · ln p + (1 - t) · ln(1 - p)).

    Parameters
    ----------
    x : Variable or array, any shape
        Probabilities p (as PyTorch's ``binary_cross_entropy``: logarithms are held at -100);
        with ``from_logits`` scores whose sigmoid is p, which is exact for any score.
    t : Variable or array
        Targets from 0 to 1, of x's shape.
    from_logits : bool
    pos_weight : number or array, that broadcasts to x, optional
        By what the first term is multiplied: more than 1 for a rare class.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Returns
    -------
    Variable, shape ()
        Of x's shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.
    ShapeError
        If the shapes do not fit, or a probability is not between 0 and 1.

    Notes
    -----
    Backward: ``gx0 = gy / n · (x0 − x1) / (x0 · (1 − x0)); gx1 = gy / n · ln((1 − x0) / x0)``.

    Logarithms of probabilities are held at −100, and x · (1 − x) in the rule at 10⁻¹².
    """

def block(arrays: Any) -> Variable:
    """Assemble an array from nested lists of blocks, the innermost along the last axis.

    Parameters
    ----------
    arrays : nested list of Variables, arrays and numbers

    Raises
    ------
    ShapeError
        If blocks do not fit together, or the lists are not equally deep.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.block``.
    """

def broadcast_arrays(*args: Operand) -> tuple[Variable, ...]:
    """Broadcast arrays against each other.

    Parameters
    ----------
    *args : Variable, array or number, any shape

    Raises
    ------
    ShapeError
        If they do not broadcast.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.broadcast_arrays``.
    """

def broadcast_to(x: Operand, shape: Any) -> Variable:
    """Repeat x along axes to a shape that it broadcasts to.

    Parameters
    ----------
    x : Variable, array or number, any shape
    shape : int or tuple of int

    Returns
    -------
    Variable
        A read-only view of x's array.

    Raises
    ------
    ShapeError
        If x does not broadcast to that shape.

    Notes
    -----
    Backward: ``gx = gy summed to the shape of x``.

    The same on a Variable: ``np.broadcast_to``.
    """

def cbrt(x: Operand) -> Variable:
    """Cube root, elementwise: ∛x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (3 · y²)``.

    The derivative at 0 is infinite.

    The same on a Variable: ``np.cbrt``.
    """

def ceil(x: Operand) -> Variable:
    """Smallest integer that is not below x, elementwise: ⌈x⌉.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.ceil``.
    """

def cholesky(x: Operand, upper: bool = False) -> Variable:
    """Cholesky factor of a positive definite matrix: y · yᵀ = x.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; the lower triangle is read.
    upper : bool
        Read the upper triangle and return the upper factor, with yᵀ · y = x.

    Raises
    ------
    ShapeError
        If x is not square.
    MatrixError
        If x is not positive definite.

    Notes
    -----
    Backward: ``gx = (s + sᵀ) / 2, s = (y⁻¹)ᵀ · (lower(yᵀ · gy), its diagonal halved) · y⁻¹``.

    If x is symmetric both triangles share the gradient evenly; else all goes to the one that is read.

    The same on a Variable: ``np.linalg.cholesky``.
    """

def choose(a: Any, choices: Any, mode: str = 'raise') -> Variable:
    """Construct an array from an array of indices and a list of arrays to choose from.

    Parameters
    ----------
    a : array of int
        From 0 to one less than there are choices.
    choices : sequence of Variables, arrays and numbers
        They broadcast with a.
    mode : {"raise", "wrap", "clip"}
        What to do with other numbers.

    Raises
    ------
    OperationIndexError
        For other numbers, if the mode is "raise".

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.choose``.
    """

def clip(x: Operand, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Variable:
    """Limit the elements to an interval.

    Parameters
    ----------
    x : Variable, array or number, any shape
    a_min, a_max : Variable, array or number, optional
        The bounds; `min` and `max` are the same. A Variable gets the gradient of the
        elements that it replaces.

    Raises
    ------
    ShapeError
        If the bounds do not broadcast with x.

    Notes
    -----
    Backward: ``gx = gy where min ≤ x ≤ max, else 0``.

    The gradient passes at the bounds themselves.

    The same on a Variable: ``np.clip``.
    """

def col2im(x: Operand, size: tuple[int, int], kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Variable:
    """Add windows up where they stand: what undoes `im2col`.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, kh, kw, rows, columns)
        Or one that broadcasts to it.
    size : pair of int
        Height and width of the result.
    kernel_size, stride, padding, dilation : int or pair of int
        As in `conv2d`.

    Raises
    ------
    ShapeError
        If x does not have the shape of windows.

    Notes
    -----
    Backward: ``gx = windows of gy``.
    """

def column_stack(tup: Sequence[Operand]) -> Variable:
    """Stack vectors as columns, and matrices by their columns.

    Parameters
    ----------
    tup : sequence of Variables, arrays and numbers

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.column_stack``.
    """

def compress(condition: Any, x: Operand, axis: int | None = None) -> Variable:
    """Select the elements along an axis that satisfy a condition.

    Parameters
    ----------
    condition : array of bool, of one dimension
    x : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.compress``.
    """

def concatenate(arrays: Sequence[Operand], axis: int | None = 0, *, dtype: Any = None, casting: str = 'same_kind') -> Variable:
    """Join arrays one after the other along an axis that they have.

    Parameters
    ----------
    arrays : sequence of Variables and arrays
        Of one shape but for that axis.
    axis : int or None
        None joins their elements in one dimension.
    dtype : floating dtype, optional
        Of the result.
    casting : {"same_kind", "safe", "no", "equiv", "unsafe"}
        Which conversions to dtype are allowed.

    Raises
    ------
    ShapeError, AxisError
        If the shapes do not fit, or there is no such axis.
    DataTypeError
        If casting does not allow the conversion to dtype.

    Notes
    -----
    Backward: ``gxi = gy's part for xi``.

    The same on a Variable: ``np.concatenate``.
    """

def cond(x: Operand, p: Any = None) -> Variable:
    """Condition number of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    p : {None, 1, -1, 2, -2, inf, -inf, "fro", "nuc"}
        In which norm; by default the largest singular value over the smallest.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.cond``.
    """

def conv1d(x: Operand, weight: Operand, bias: Operand | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Variable:
    """Convolution along one axis, as in nets: the kernels are not reversed.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, length)
    weight : Variable or array, shape (kernels, channels / groups, k)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation : int
        The step of the window, zeros at either end, and the step within the window.
    groups : int
        Into how many parts channels and kernels are divided, each convolved by itself.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx0 = windows of x1ᵀ · gy, added up; gx1 = gy · windows of x0; gx2 = gy summed for each kernel``.
    """

def conv2d(x: Operand, weight: Operand, bias: Operand | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Variable:
    """Convolution over two axes, as in nets: the kernels are not reversed.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    weight : Variable or array, shape (kernels, channels / groups, kh, kw)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation : int or pair of int
        The step of the window, zeros on each side, and the step within the window.
    groups : int
        Into how many parts channels and kernels are divided, each convolved by itself.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx0 = windows of x1ᵀ · gy, added up; gx1 = gy · windows of x0; gx2 = gy summed for each kernel``.
    """

def conv_transpose2d(x: Operand, weight: Operand, bias: Operand | None = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1, dilation: Any = 1) -> Variable:
    """Transposed convolution over two axes: from a small picture to a large one.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    weight : Variable or array, shape (channels, kernels / groups, kh, kw)
    bias : Variable or array, shape (kernels,), optional
    stride, padding, dilation, groups
        Of the convolution that leads back.
    output_padding : int or pair of int
        Rows and columns added below and to the right.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx0 = windows of gy · x1; gx1 = x0 · windows of gy; gx2 = gy summed for each kernel``.
    """

def convolve(a: Operand, v: Operand, mode: str = 'full') -> Variable:
    """Convolution of two signals: Σ a[n - k] · v[k].

    Parameters
    ----------
    a, v : Variable or array, of one dimension
    mode : {"full", "same", "valid"}
        All places where they overlap, as many as the longer signal has, or only those of full
        overlap.

    Raises
    ------
    ShapeError
        If a signal is empty or has more than one dimension, or for another mode.

    Notes
    -----
    Backward: ``gx0 = gy correlated with x1; gx1 = gy correlated with x0``.

    The same on a Variable: ``np.convolve``.
    """

def copy(x: Operand, order: str = 'K') -> Variable:
    """Values in an array of their own.

    Parameters
    ----------
    x : Variable, array or number, any shape
    order : {"K", "A", "C", "F"}
        The layout in memory, as in NumPy.

    Notes
    -----
    Backward: ``gx = gy``.

    The same on a Variable: ``np.copy``.
    """

def copysign(x0: Operand, x1: Operand) -> Variable:
    """Magnitude of the first operand with the sign of the second, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where x0 and x1 have the same sign, else −gy; gx1 = 0``.

    The derivative at x0 = 0 is 0.

    The same on a Variable: ``np.copysign``.
    """

def corrcoef(x: Operand, y: Operand | None = None, rowvar: bool = True, *, dtype: Any = None) -> Variable:
    """Correlation coefficients: covariances divided by both standard deviations.

    Parameters
    ----------
    x : Variable or array, shape (variables, observations) or (observations,)
    y : Variable or array, optional
        Further variables.
    rowvar : bool
        False if the variables are the columns.
    dtype : floating dtype, optional
        Convert the observations to it first.

    Returns
    -------
    Variable, shape (variables, variables), or () for one

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.corrcoef``.
    """

def correlate(a: Operand, v: Operand, mode: str = 'valid') -> Variable:
    """Correlation of two signals: Σ a[n + k] · v[k].

    Parameters
    ----------
    a, v : Variable or array, of one dimension
    mode : {"valid", "same", "full"}
        Only the places of full overlap, as many as the longer signal has, or all.

    Raises
    ------
    ShapeError
        If a signal is empty or has more than one dimension, or for another mode.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.correlate``.
    """

def cos(x: Operand) -> Variable:
    """Cosine of an angle in radians, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = −gy · sin x``.

    The same on a Variable: ``np.cos``.
    """

def cosh(x: Operand) -> Variable:
    """Hyperbolic cosine, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · sinh x``.

    The same on a Variable: ``np.cosh``.
    """

def cosine_similarity(x0: Operand, x1: Operand, axis: int = -1, eps: float = 1e-08) -> Variable:
    """Cosine of the angle between vectors along an axis.

    Parameters
    ----------
    x0, x1 : Variable or array
        That broadcast.
    axis : int
    eps : float
        Shorter vectors count as this long.

    Returns
    -------
    Variable
        Of the shape that both broadcast to, without the axis.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx0 = gy · (x1 / ‖x1‖ − y · x0 / ‖x0‖) / ‖x0‖; gx1 = gy · (x0 / ‖x0‖ − y · x1 / ‖x1‖) / ‖x1‖``.

    A vector shorter than eps counts as one of that length.
    """

def cov(m: Operand, y: Operand | None = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None, aweights: Operand | None = None, *, dtype: Any = None) -> Variable:
    """Covariance matrix of variables, each with its observations.

    Parameters
    ----------
    m : Variable or array, shape (variables, observations) or (observations,)
    y : Variable or array, optional
        Further variables.
    rowvar : bool
        False if the variables are the columns.
    bias : bool
        Divide by n in place of n - 1.
    ddof : int, optional
        Divide by n - ddof.
    fweights : array of int, optional
        How often each observation counts.
    aweights : Variable or array, optional
        How much each observation counts.
    dtype : floating dtype, optional
        Convert the observations to it first.

    Returns
    -------
    Variable, shape (variables, variables), or () for one

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.cov``.
    """

def cross(a: Operand, b: Operand, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Variable:
    """Cross product of vectors with three elements.

    Parameters
    ----------
    a, b : Variable or array
        That broadcast, with three elements along an axis.
    axisa, axisb, axisc : int
        The axis of a, of b and of the result.
    axis : int, optional
        All three.

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If a vector does not have three elements.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.cross``.
    """

def cummax(x: Operand, axis: int = 0) -> Variable:
    """Cumulative maximum along an axis.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy summed while x is the largest so far``.

    Of equal largest elements the first gets the gradient.

    The same on a Variable: ``np.maximum.accumulate``.
    """

def cummin(x: Operand, axis: int = 0) -> Variable:
    """Cumulative minimum along an axis.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy summed while x is the smallest so far``.

    Of equal smallest elements the first gets the gradient.

    The same on a Variable: ``np.minimum.accumulate``.
    """

def cumprod(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative product along an axis. Its derivatives are right for zeros too.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.
    dtype : floating dtype, optional
        Convert x to it first.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = (gy · y summed from each element on) / x``.

    Where x = 0 the derivative is the product of the other elements.

    The same on a Variable: ``np.cumprod``, ``np.multiply.accumulate``.
    """

def cumsum(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative sum along an axis.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.
    dtype : floating dtype, optional
        Convert x to it first.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy summed from each element on``.

    The same on a Variable: ``np.cumsum``, ``np.add.accumulate``.
    """

def cumulative_prod(x: Operand, axis: int | None = None, *, dtype: Any = None, include_initial: bool = False) -> Variable:
    """Cumulative product along an axis, as `cumprod`.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    axis : int, optional
        It may be left out for one dimension.
    dtype : floating dtype, optional
        Convert x to it first.
    include_initial : bool
        Begin with a 1.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.cumulative_prod``.
    """

def cumulative_sum(x: Operand, axis: int | None = None, *, dtype: Any = None, include_initial: bool = False) -> Variable:
    """Cumulative sum along an axis, as `cumsum`.

    Parameters
    ----------
    x : Variable or array of one dimension or more
    axis : int, optional
        It may be left out for one dimension.
    dtype : floating dtype, optional
        Convert x to it first.
    include_initial : bool
        Begin with a 0.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.cumulative_sum``.
    """

def deg2rad(x: Operand) -> Variable:
    """Degrees to radians, elementwise: π/180 · x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · π / 180``.

    The same on a Variable: ``np.deg2rad``, ``np.radians``.
    """

def delete(x: Operand, obj: Any, axis: int | None = None) -> Variable:
    """Delete the elements at given indices along an axis.

    Parameters
    ----------
    x : Variable, array or number, any shape
    obj : int, slice, array of int or of bool
        Which places.
    axis : int, optional
        Without it, the elements are taken in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.delete``.
    """

def det(x: Operand) -> Variable:
    """Determinant of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx = gy · the cofactors of x``.

    The same on a Variable: ``np.linalg.det``.
    """

def diag(v: Operand, k: int = 0) -> Variable:
    """Diagonal of a matrix, or a matrix with that diagonal.

    Parameters
    ----------
    v : Variable or array, shape (n, m) or (n,)
    k : int
        Which diagonal: above the main one if positive.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.diag``.
    """

def diagflat(v: Operand, k: int = 0) -> Variable:
    """Matrix with the elements of an array on its diagonal.

    Parameters
    ----------
    v : Variable, array or number, any shape
    k : int
        Which diagonal: above the main one if positive.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.diagflat``.
    """

def diagonal(a: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """Elements whose two indices differ by an offset.

    Parameters
    ----------
    a : Variable or array of two dimensions or more
    offset : int
        Above the main diagonal if positive.
    axis1, axis2 : int
        The axes of the matrices.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.diagonal``.
    """

def diff(a: Operand, n: int = 1, axis: int = -1, prepend: Operand | None = None, append: Operand | None = None) -> Variable:
    """Differences of neighbouring elements along an axis.

    Parameters
    ----------
    a : Variable or array of one dimension or more
    n : int
        How many times.
    axis : int
    prepend, append : Variable, array or number, optional
        What stands before and after the values.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.diff``.
    """

def div(x0: Operand, x1: Operand) -> Variable:
    """Quotient of two operands, elementwise: x0 / x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy / x1; gx1 = −gy · y / x1``.

    The same on a Variable: ``np.divide``.
    """

def divmod(x0: Operand, x1: Operand) -> tuple[Variable, Variable]:
    """Quotient rounded down and remainder, elementwise: ``x0 // x1`` and ``x0 % x1``.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    tuple of two Variables

    Notes
    -----
    Made of other operations: a graph shows those.

    The quotient is constant between its jumps: its derivative is 0.

    The same on a Variable: ``np.divmod``.
    """

def dot(x0: Operand, x1: Operand) -> Variable:
    """Dot product, as `numpy.dot`: of vectors, of matrices, or with a number.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Summed over x0's last axis and x1's last but one (its only one, if it has one).

    Raises
    ------
    ShapeError
        If these axes differ in length.

    Notes
    -----
    Backward: ``gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy``.

    The same on a Variable: ``np.dot``.
    """

def dropout(x: Operand, p: float = 0.5, training: bool = True, rng: Any = None) -> Variable:
    """Set elements to 0 with probability p and scale the others, so that the mean stays.

    Parameters
    ----------
    x : Variable, array or number, any shape
    p : float
        From 0 to 1.
    training : bool
        If False, return x.
    rng : int or numpy.random.Generator, optional
        A seed, or where to draw from; by default nbgrad's own generator, which leaves
        ``numpy.random`` as it is.

    Raises
    ------
    OperandError
        If p is not from 0 to 1.

    Notes
    -----
    Backward: ``gx = gy / (1 − p) where x was kept, else 0``.
    """

def dsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array along the third axis.

    Parameters
    ----------
    ary : Variable or array of three dimensions or more
    indices_or_sections : int or sequence of int
        How many equal parts, or where to split.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.dsplit``.
    """

def dstack(tup: Sequence[Operand]) -> Variable:
    """Stack arrays along the third axis.

    Parameters
    ----------
    tup : sequence of Variables, arrays and numbers

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.dstack``.
    """

def ediff1d(ary: Operand, to_end: Operand | None = None, to_begin: Operand | None = None) -> Variable:
    """Differences of neighbouring elements, in one dimension.

    Parameters
    ----------
    ary : Variable, array or number, any shape
    to_end, to_begin : Variable, array or number, optional
        What is put after and before the differences.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.ediff1d``.
    """

def eigh(x: Operand, UPLO: str = 'L') -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; one triangle is read.
    UPLO : {"L", "U"}
        Which triangle.

    Returns
    -------
    EighResult of Variables eigenvalues, shape (..., n), and eigenvectors, shape (..., n, n)

    Raises
    ------
    ShapeError
        If x is not square.

    Notes
    -----
    Of equal eigenvalues any basis is right, and no gradient turns one into another. What does not
    depend on the basis has its gradient, but for a function v · g(w) · vᵀ of the matrix: where
    eigenvalues may be equal, compute that one from x, with `inv`, `matrix_power`, or ``expm`` and
    ``sqrtm`` of ``nbgrad.compat.scipy.linalg``.

    Backward: ``gx = y1 · (diag gy0 + (y1ᵀ · gy1)ᵢⱼ / (y0ⱼ − y0ᵢ) for i ≠ j) · y1ᵀ``.

    Where values are equal, the part that turns their vectors into each other is 0. If x is symmetric both triangles share the gradient evenly; else all goes to the one that is read.

    The same on a Variable: ``np.linalg.eigh``.
    """

def eigvalsh(x: Operand, UPLO: str = 'L') -> Variable:
    """Eigenvalues of a symmetric matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)
        Symmetric; one triangle is read.
    UPLO : {"L", "U"}
        Which triangle.

    Raises
    ------
    ShapeError
        If x is not square.

    Notes
    -----
    Backward: ``gx = v · diag gy · vᵀ, v the eigenvectors of x``.

    Where values are equal, the part that turns their vectors into each other is 0. If x is symmetric both triangles share the gradient evenly; else all goes to the one that is read.

    The same on a Variable: ``np.linalg.eigvalsh``.
    """

def einsum(*operands: Any, optimize: Any = False) -> Variable:
    """Sum of products over named axes: ``einsum("ij,jk->ik", a, b)`` is a @ b.

    Parameters
    ----------
    *operands
        The subscripts, then Variables and arrays; or each operand followed by the list of
        its axes' numbers, as `numpy.einsum` allows.
    optimize : bool or str
        How to order the products of three or more operands.

    Raises
    ------
    ShapeError
        If the subscripts do not fit the operands.
    OperandError
        If there are no subscripts.

    Notes
    -----
    Backward: ``gxi = einsum of gy and the others, to xi's letters``.

    The same on a Variable: ``np.einsum``.
    """

def elu(x: Operand, alpha: Operand = 1.0) -> Variable:
    """Exponential linear unit, elementwise: x where x > 0, else alpha · (eˣ - 1).

    Parameters
    ----------
    x : Variable, array or number, any shape
    alpha : Variable, array or number, any shape

    Notes
    -----
    Backward: ``gx = gy where x > 0, else gy · alpha · e^x``.

    The derivative at 0 is alpha.
    """

def embedding(indices: Operand, weight: Operand) -> Variable:
    """Rows of a table, one for each index: the vectors of words.

    Parameters
    ----------
    indices : array of int, any shape
    weight : Variable or array, shape (words, features)

    Returns
    -------
    Variable, shape (*indices.shape, features)

    Raises
    ------
    OperationIndexError
        If there is no such row.

    Notes
    -----
    Made of other operations: a graph shows those.
    """

def erf(x: Operand) -> Variable:
    """Error function, elementwise, to double precision.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · 2/√π · e^(−x²)``.
    """

def exp(x: Operand) -> Variable:
    """Exponential, elementwise: eˣ.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · y``.

    The same on a Variable: ``np.exp``.
    """

def exp2(x: Operand) -> Variable:
    """Power of two, elementwise: 2ˣ.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · y · ln 2``.

    The same on a Variable: ``np.exp2``.
    """

def expand_dims(x: Operand, axis: Any) -> Variable:
    """Insert axes of length one.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int
        Their places in the result.

    Raises
    ------
    AxisError
        If the result does not have them.

    Notes
    -----
    Backward: ``gx = gy in the shape of x``.

    The same on a Variable: ``np.expand_dims``.
    """

def expm1(x: Operand) -> Variable:
    """Exponential minus one, elementwise: eˣ - 1, exact for small x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · e^x``.

    The same on a Variable: ``np.expm1``.
    """

def extract(condition: Any, x: Operand) -> Variable:
    """Select the elements that satisfy a condition, in one dimension.

    Parameters
    ----------
    condition : array of bool, of as many elements
    x : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.extract``.
    """

def fabs(x: Operand) -> Variable:
    """Absolute value as a floating number, elementwise: |x|.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The derivative at 0 is 0.

    The same on a Variable: ``np.fabs``.
    """

def fill_diagonal(x: Operand, val: Operand, wrap: bool = False) -> Variable:
    """Return a copy with values on the main diagonal.

    NumPy's function of this name writes into its array, which a graph cannot remember.

    Parameters
    ----------
    x : Variable or array of two dimensions or more
        Of equal lengths, if there are more than two.
    val : Variable, array or number
        Taken from the first on again where there are not enough.
    wrap : bool
        Go on after the end of a tall matrix.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of what is put in goes to the values, not to x.
    """

def flip(x: Operand, axis: Any = None) -> Variable:
    """Reverse the order of elements along axes; all of them by default.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy flipped back``.

    The same on a Variable: ``np.flip``.
    """

def fliplr(m: Operand) -> Variable:
    """Reverse the columns.

    Parameters
    ----------
    m : Variable or array of two dimensions or more

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.fliplr``.
    """

def flipud(m: Operand) -> Variable:
    """Reverse the rows.

    Parameters
    ----------
    m : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.flipud``.
    """

def float_power(x0: Operand, x1: Operand) -> Variable:
    """First operand to the power of the second in float64 or wider, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        float64, or longdouble if an operand is.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.float_power``.
    """

def floor(x: Operand) -> Variable:
    """Largest integer that is not above x, elementwise: ⌊x⌋.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.floor``.
    """

def floor_divide(x0: Operand, x1: Operand) -> Variable:
    """Quotient rounded down, elementwise: ⌊x0 / x1⌋, or x0 // x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = 0; gx1 = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.floor_divide``.
    """

def fmax(x0: Operand, x1: Operand) -> Variable:
    """Larger of two operands, elementwise, ignoring nan.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where x0 > x1 or x1 is nan, else 0; gx1 = gy where x1 > x0 or x0 is nan, else 0``.

    Where both are equal, each gets half of the gradient.

    The same on a Variable: ``np.fmax``.
    """

def fmin(x0: Operand, x1: Operand) -> Variable:
    """Smaller of two operands, elementwise, ignoring nan.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where x0 < x1 or x1 is nan, else 0; gx1 = gy where x1 < x0 or x0 is nan, else 0``.

    Where both are equal, each gets half of the gradient.

    The same on a Variable: ``np.fmin``.
    """

def fmod(x0: Operand, x1: Operand) -> Variable:
    """Remainder of the truncated quotient, elementwise, with the sign of x0, as in C.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy; gx1 = −gy · trunc(x0 / x1)``.

    Where y jumps, the derivative is the one on either side.

    The same on a Variable: ``np.fmod``.
    """

def full(shape: int | tuple[int, ...], fill_value: Operand, dtype: Any = None) -> Variable:
    """Make an array of one value, or of values that broadcast to a shape.

    Parameters
    ----------
    shape : int or tuple of int
    fill_value : Variable, array or number, any shape
    dtype : floating dtype, optional

    Notes
    -----
    Made of other operations: a graph shows those.
    """

def gelu(x: Operand) -> Variable:
    """Gaussian error linear unit, elementwise: x · Φ(x), not approximated.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · (Φ(x) + x · φ(x))``.
    """

def geomspace(start: Operand, stop: Operand, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Variable:
    """Numbers spaced evenly on a logarithmic scale: a geometric progression.

    Parameters
    ----------
    start, stop : Variable, array or number, that broadcast
    num : int
        How many.
    endpoint : bool
        Whether the last one is ``stop``.
    dtype : floating dtype, optional
    axis : int
        Along which axis of the result, if the ends are arrays.

    Returns
    -------
    Variable

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx0 = Σ gy · y / x0 · ln(x1 / y) / ln(x1 / x0); gx1 = Σ gy · y / x1 · ln(y / x0) / ln(x1 / x0)``.

    The same on a Variable: ``np.geomspace``.
    """

def getitem(x: Operand, index: Any) -> Variable:
    """Index an array: ``x[index]``, with NumPy's basic, advanced and boolean indexing.

    Parameters
    ----------
    x : Variable, array or number, any shape
    index : int, slice, ``...``, None, array or sequence of int or bool, or a tuple of them
        An element that is picked twice gets both gradients.

    Returns
    -------
    Variable
        A view of x's array for basic indexing.

    Raises
    ------
    OperationIndexError
        If x does not have the index.

    Notes
    -----
    Backward: ``gx = gy at the index, else 0``.
    """

def glu(x: Operand, axis: int = -1) -> Variable:
    """Gated linear unit: the first half along an axis times the sigmoid of the second.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int

    Raises
    ------
    AxisError
        If there is no such axis.
    ShapeError
        If the axis has an odd length.

    Notes
    -----
    Backward: ``gx = gy · σ(b) joined with gy · a · σ(b) · σ(−b), a and b the halves of x``.
    """

def gradient(f: Operand, *varargs: Operand, axis: int | tuple[int, ...] | None = None, edge_order: int = 1) -> Any:
    """Gradient of sampled values: central differences, one-sided ones at the ends.

    This is NumPy's `gradient`. `grad` is the derivative of a function.

    Parameters
    ----------
    f : Variable or array of one dimension or more
    *varargs : Variable, array or number
        Distance of the samples, or their coordinates: one for all axes, or one for each.
    axis : int or tuple of int, optional
        Along which axes; all by default.
    edge_order : {1, 2}
        Order of the differences at the ends.

    Returns
    -------
    Variable, or a tuple of them for several axes

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If an axis has fewer than ``edge_order + 1`` samples.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.gradient``.
    """

def hardtanh(x: Operand, min: float = -1.0, max: float = 1.0) -> Variable:
    """Clip to a range, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape
    min : float
    max : float

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient passes at the bounds themselves.
    """

def heaviside(x0: Operand, x1: Operand) -> Variable:
    """Unit step, elementwise: 0 for x0 < 0, 1 for x0 > 0, x1 at 0.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = 0; gx1 = gy where x0 = 0, else 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.heaviside``.
    """

def hsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array column-wise: along the second axis, a vector along its only one.

    Parameters
    ----------
    ary : Variable, array or number, any shape
    indices_or_sections : int or sequence of int
        How many equal parts, or where to split.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.hsplit``.
    """

def hstack(tup: Sequence[Operand], *, dtype: Any = None, casting: str = 'same_kind') -> Variable:
    """Stack arrays column-wise: along the second axis, vectors along their only one.

    Parameters
    ----------
    tup : sequence of Variables, arrays and numbers
    dtype : floating dtype, optional
        Of the result.
    casting : {"same_kind", "safe", "no", "equiv", "unsafe"}
        Which conversions to dtype are allowed.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.hstack``.
    """

def huber_loss(x0: Operand, x1: Operand, delta: Operand = 1.0, reduction: str = 'mean') -> Variable:
    """Huber loss: half the squared difference up to delta, and linear beyond.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    delta : Variable, array or float
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Returns
    -------
    Variable, shape ()
        Of the elements' shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.

    Notes
    -----
    Backward: ``gx0 = gy / n · clip(x0 − x1, −delta, delta); gx1 = gy / n · clip(x1 − x0, −delta, delta)``.
    """

def hypot(x0: Operand, x1: Operand) -> Variable:
    """Length of the hypotenuse, elementwise: √(x0² + x1²).

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · x0 / y; gx1 = gy · x1 / y``.

    The derivative at (0, 0) is 0.

    The same on a Variable: ``np.hypot``.
    """

def i0(x: Operand) -> Variable:
    """Modified Bessel function of the first kind and order 0, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · I₁(x)``.

    The same on a Variable: ``np.i0``.
    """

def im2col(x: Operand, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Variable:
    """Windows of pictures, laid out as axes of their own.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding, dilation : int or pair of int
        As in `conv2d`.

    Returns
    -------
    Variable, shape (batch, channels, kh, kw, rows, columns)

    Raises
    ------
    ShapeError
        If the window does not fit.

    Notes
    -----
    Backward: ``gx = gy added up where the windows stand``.
    """

def inner(a: Operand, b: Operand) -> Variable:
    """Products summed over the last axes.

    Parameters
    ----------
    a : Variable, array or number, any shape
    b : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.inner``.
    """

def insert(x: Operand, obj: Any, values: Operand, axis: int | None = None) -> Variable:
    """Insert values before given indices along an axis.

    Parameters
    ----------
    x : Variable, array or number, any shape
    obj : int, slice or array of int
        Before which places.
    values : Variable, array or number
        Broadcast to what is put in.
    axis : int, optional
        Without it, the elements are taken in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.insert``.
    """

def interp(x: Operand, xp: Operand, fp: Operand, left: float | None = None, right: float | None = None, period: float | None = None) -> Variable:
    """One-dimensional linear interpolation between points.

    Parameters
    ----------
    x : Variable, array or number, any shape
    xp, fp : Variable or array, shape (n,) with n ≥ 2
        The points, with ascending ``xp``. Their gradients are computed too.
    left, right : number, optional
        What stands before the first and after the last point; their values by default.
    period : number, optional
        With it, the points are repeated, and need not ascend.

    Raises
    ------
    ShapeError
        If ``xp`` and ``fp`` are not of one length, or there are fewer than two points.

    Notes
    -----
    Backward: ``gx0 = gy · slope; gx1 = −gx0 shared by both points; gx2 = gy shared by both points``.

    At a point the slope is that of the line on its right, at the last one that on its left; 0 outside.

    The same on a Variable: ``np.interp``.
    """

def inv(x: Operand) -> Variable:
    """Inverse of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    MatrixError
        If a matrix is singular.

    Notes
    -----
    Backward: ``gx = −yᵀ · gy · yᵀ``.

    The same on a Variable: ``np.linalg.inv``.
    """

def kl_div(x: Operand, t: Operand, reduction: str = 'mean') -> Variable:
    """Kullback-Leibler divergence t · (ln t - x) of distributions, x as logarithms.

    Parameters
    ----------
    x, t : Variable or array
        Logarithms of predicted probabilities, and probabilities, of one shape.
    reduction : {"mean", "sum", "batchmean", "none"}
        The mathematical divergence is "batchmean", a sum divided by the length of the first axis.

    Returns
    -------
    Variable, shape ()
        Of the elements' shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.

    Notes
    -----
    Backward: ``gx0 = −gy / n · x1; gx1 = gy / n · (ln x1 + 1 − x0)``.

    Where t = 0 the derivative of t · ln t is 0.
    """

def kron(a: Operand, b: Operand) -> Variable:
    """Kronecker product: a matrix of copies of b, each times an element of a.

    Parameters
    ----------
    a : Variable, array or number, any shape
    b : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.kron``.
    """

def l1_loss(x0: Operand, x1: Operand, reduction: str = 'mean') -> Variable:
    """Absolute error |x0 - x1|.

    Parameters
    ----------
    x0, x1 : Variable, array or number
        Predictions and targets, of one shape.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Returns
    -------
    Variable, shape ()
        Of the elements' shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.

    Notes
    -----
    Backward: ``gx0 = gy / n · sign(x0 − x1); gx1 = gy / n · sign(x1 − x0)``.

    The derivative at 0 is 0.
    """

def layer_norm(x: Operand, weight: Operand | None = None, bias: Operand | None = None, axis: Axis = -1, eps: float = 1e-05) -> Variable:
    """Layer normalization: mean 0 and variance 1 over the features of each example.

    Parameters
    ----------
    x : Variable, array or number, any shape
    weight, bias : Variable or array, optional
        The scale and shift after it; they broadcast to x.
    axis : int or tuple of int
        The features: the last axis by default.
    eps : float
        Added to the variance.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx0 = d / √(var x0 + eps), d = g − mean g − n · mean(g · n), g = gy · x1, n = standardize(x0); gx1 = gy · n summed for each feature, n = standardize(x0); gx2 = gy summed for each feature``.
    """

def leaky_relu(x: Operand, slope: float = 0.01) -> Variable:
    """Leaky rectifier, elementwise: x where x > 0, else slope · x.

    Parameters
    ----------
    x : Variable, array or number, any shape
    slope : float

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy where x > 0, else slope · gy``.

    The derivative at 0 is the slope.
    """

def linspace(start: Operand, stop: Operand, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0) -> Any:
    """Numbers evenly spaced over an interval.

    Parameters
    ----------
    start, stop : Variable, array or number, that broadcast
    num : int
        How many.
    endpoint : bool
        Whether the last one is ``stop``.
    retstep : bool
        Return the distance too.
    dtype : floating dtype, optional
    axis : int
        Along which axis of the result, if the ends are arrays.

    Returns
    -------
    Variable, or a pair of them with ``retstep``

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx0 = Σ gy · (x1 − y) / (x1 − x0); gx1 = Σ gy · (y − x0) / (x1 − x0)``.

    The same on a Variable: ``np.linspace``.
    """

def log(x: Operand) -> Variable:
    """Natural logarithm, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / x``.

    The same on a Variable: ``np.log``.
    """

def log10(x: Operand) -> Variable:
    """Logarithm to base 10, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (x · ln 10)``.

    The same on a Variable: ``np.log10``.
    """

def log1p(x: Operand) -> Variable:
    """Natural logarithm of 1 + x, elementwise, exact for small x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (1 + x)``.

    The same on a Variable: ``np.log1p``.
    """

def log2(x: Operand) -> Variable:
    """Logarithm to base 2, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (x · ln 2)``.

    The same on a Variable: ``np.log2``.
    """

def log_softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Logarithm of `softmax`, finite also where softmax rounds to 0.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, tuple of int or None

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy − e^y · Σ gy``.
    """

def logaddexp(x0: Operand, x1: Operand) -> Variable:
    """ln(e^x0 + e^x1), elementwise, without overflow.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · e^(x0 − y); gx1 = gy · e^(x1 − y)``.

    The same on a Variable: ``np.logaddexp``.
    """

def logaddexp2(x0: Operand, x1: Operand) -> Variable:
    """log₂(2^x0 + 2^x1), elementwise, without overflow.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · 2^(x0 − y); gx1 = gy · 2^(x1 − y)``.

    The same on a Variable: ``np.logaddexp2``.
    """

def logspace(start: Operand, stop: Operand, num: int = 50, endpoint: bool = True, base: Operand = 10.0, dtype: Any = None, axis: int = 0) -> Variable:
    """Numbers spaced evenly on a logarithmic scale, from base ** start to base ** stop.

    Parameters
    ----------
    start, stop : Variable, array or number, that broadcast
    num : int
        How many.
    endpoint : bool
        Whether the last one is ``stop``.
    base : Variable, array or number
    dtype : floating dtype, optional
    axis : int
        Along which axis of the result, if the ends are arrays.

    Returns
    -------
    Variable

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.logspace``.
    """

def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Logarithm of the sum of exponentials over axes, without overflow.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy · e^(x − y)``.

    The same on a Variable: ``np.logaddexp.reduce``.
    """

def lstsq(x0: Operand, x1: Operand, rcond: float | None = None) -> Any:
    """Least-squares solution y of x0 @ y = x1.

    Parameters
    ----------
    x0 : Variable or array, shape (n, m)
    x1 : Variable or array, shape (n,) or (n, k)
    rcond : float, optional
        Singular values below this share of the largest count as 0.

    Returns
    -------
    LstsqResult of Variables x, residuals, rank (a constant), s
        As in NumPy: the sums of squares of what is left, the rank and the singular values of x0.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx0 = −gx1 · yᵀ + (x1 − x0 · y) · gyᵀ · x0⁺ · (x0⁺)ᵀ + (x0⁺)ᵀ · y · (gy − x0⁺ · x0 · gy)ᵀ; gx1 = (x0⁺)ᵀ · gy``.

    The derivative is the one among matrices of the same rank.

    The same on a Variable: ``np.linalg.lstsq``.
    """

def matmul(x0: Operand, x1: Operand) -> Variable:
    """Matrix product: x0 @ x1.

    Parameters
    ----------
    x0 : Variable or array, shape (..., n, k) or (k,)
    x1 : Variable or array, shape (..., k, m) or (k,)
        Leading axes broadcast.

    Returns
    -------
    Variable, shape (..., n, m)
        Without the axis that a one-dimensional operand lacks.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Backward: ``gx0 = gy · x1ᵀ; gx1 = x0ᵀ · gy``.

    The same on a Variable: ``np.matmul``, ``np.linalg.matmul``.
    """

def matrix_norm(x: Operand, keepdims: bool = False, ord: Any = 'fro') -> Variable:
    """Norm of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    keepdims : bool
        Keep the reduced axes with length one.
    ord : {"fro", "nuc", 1, -1, 2, -2, inf, -inf}
        "nuc" is the sum, 2 the largest and -2 the smallest of the singular values; 1 and inf
        are the largest sum of a column and of a row.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.matrix_norm``.
    """

def matrix_power(x: Operand, n: int) -> Variable:
    """Product of n times a matrix; of its inverse for n < 0.

    Parameters
    ----------
    x : Variable or array, shape (..., m, m)
    n : int

    Raises
    ------
    ShapeError
        If x is not square.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.matrix_power``.
    """

def matrix_transpose(x: Operand) -> Variable:
    """Interchange the last two axes.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.matrix_transpose``, ``np.linalg.matrix_transpose``.
    """

def matvec(x1: Operand, x2: Operand) -> Variable:
    """Matrices times vectors.

    Parameters
    ----------
    x1 : Variable or array, shape (..., n, m)
    x2 : Variable or array, shape (..., m)

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.matvec``.
    """

def max(x: Operand, axis: Axis = None, keepdims: bool = False, *, initial: Operand | None = None, where: Any = None) -> Variable:
    """Largest element over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If there is no element, or ``where`` is given without ``initial``.

    Notes
    -----
    Backward: ``gx = gy where x = y, else 0``.

    Equal largest elements share the gradient evenly.

    The same on a Variable: ``np.max``, ``np.amax``, ``np.maximum.reduce``.
    """

def max_pool2d(x: Operand, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Variable:
    """Largest element of each window of pictures.

    Parameters
    ----------
    x : Variable or array, shape (batch, channels, height, width)
    kernel_size, stride, padding : int or pair of int
        The stride is the window's size by default; padded places are never the largest.

    Raises
    ------
    ShapeError
        If the window does not fit.

    Notes
    -----
    Backward: ``gx = gy where x is the largest of its window, else 0``.

    Of equal largest elements the first gets the gradient.
    """

def maximum(x0: Operand, x1: Operand) -> Variable:
    """Larger of two operands, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where x0 > x1, else 0; gx1 = gy where x1 > x0, else 0``.

    Where both are equal, each gets half of the gradient; where one is nan, each gets it.

    The same on a Variable: ``np.maximum``.
    """

def mean(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, where: Any = None) -> Variable:
    """Arithmetic mean over axes; of no elements it is nan, as in NumPy.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy / n``.

    The same on a Variable: ``np.mean``.
    """

def mean_squared_error(x0: Operand, x1: Operand, *, reduction: str = 'mean') -> Variable:
    """Mean of the squared differences of all elements, as PyTorch's ``mse_loss``.

    Parameters
    ----------
    x0, x1 : Variable or array
        Predictions and targets, of one shape; one of them may broadcast to the other.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Returns
    -------
    Variable, shape ()
        Of the elements' shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.
    ShapeError
        If the shapes do not fit, or are (n, 1) and (n,), which would compare all with all.

    Notes
    -----
    Backward: ``gx0 = gy · 2 / n · (x0 − x1); gx1 = gy · 2 / n · (x1 − x0)``.
    """

def median(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Median over axes: the element in the middle, or the mean of the two in the middle.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the middle, half of it to each of two, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.median``.
    """

def meshgrid(*xi: Operand, sparse: bool = False, indexing: str = 'xy') -> tuple[Variable, ...]:
    """Coordinate matrices of a grid, from coordinate vectors.

    Parameters
    ----------
    *xi : Variable, array or number, of one dimension
    sparse : bool
        Leave axes of length one in place of repeated values.
    indexing : {"xy", "ij"}
        "xy" puts the second array along the first axis, as plots do.

    Returns
    -------
    tuple of Variable
        One for each array.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.meshgrid``.
    """

def min(x: Operand, axis: Axis = None, keepdims: bool = False, *, initial: Operand | None = None, where: Any = None) -> Variable:
    """Smallest element over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If there is no element, or ``where`` is given without ``initial``.

    Notes
    -----
    Backward: ``gx = gy where x = y, else 0``.

    Equal smallest elements share the gradient evenly.

    The same on a Variable: ``np.min``, ``np.amin``, ``np.minimum.reduce``.
    """

def minimum(x0: Operand, x1: Operand) -> Variable:
    """Smaller of two operands, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where x0 < x1, else 0; gx1 = gy where x1 < x0, else 0``.

    Where both are equal, each gets half of the gradient; where one is nan, each gets it.

    The same on a Variable: ``np.minimum``.
    """

def modf(x: Operand) -> tuple[Variable, Variable]:
    """Fraction and whole part, elementwise, both with the sign of x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    tuple of two Variables

    Notes
    -----
    Backward: ``gx = gy0``.

    The whole part is constant between its jumps: its derivative is 0.

    The same on a Variable: ``np.modf``.
    """

def moveaxis(x: Operand, source: Any, destination: Any) -> Variable:
    """Move axes to other places; the others keep their order.

    Parameters
    ----------
    x : Variable, array or number, any shape
    source, destination : int or tuple of int

    Raises
    ------
    AxisError, ShapeError
        If x does not have the axes, or their numbers differ.

    Notes
    -----
    Backward: ``gx = gy with the axes back``.

    The same on a Variable: ``np.moveaxis``.
    """

def mul(x0: Operand, x1: Operand) -> Variable:
    """Product of two operands, elementwise: x0 · x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · x1; gx1 = gy · x0``.

    The same on a Variable: ``np.multiply``.
    """

def multi_dot(arrays: Sequence[Operand]) -> Variable:
    """Product of several matrices, in the order that takes the fewest multiplications.

    Parameters
    ----------
    arrays : sequence of Variable or array
        Matrices; the first and the last may be vectors.

    Raises
    ------
    ShapeError
        For fewer than two.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.multi_dot``.
    """

def nan_to_num(x: Operand, copy: bool = True, nan: Operand = 0.0, posinf: Operand | None = None, neginf: Operand | None = None) -> Variable:
    """Replace nan by zero and infinities by large finite numbers.

    Parameters
    ----------
    x : Variable, array or number, any shape
    copy : bool
        True: the result is always a new array.
    nan, posinf, neginf : Variable, array or number, optional
        What stands for nan, inf and -inf; the largest numbers of the dtype for infinities.

    Raises
    ------
    InPlaceError
        For ``copy=False``.

    Notes
    -----
    Backward: ``gx = gy where x is finite, else 0``.

    What was put in the place of nan or an infinity is a constant.

    The same on a Variable: ``np.nan_to_num``.
    """

def nancumprod(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative product along an axis, with nan as 1.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.
    dtype : floating dtype, optional
        Convert x to it first.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nancumprod``.
    """

def nancumsum(x: Operand, axis: int | None = None, *, dtype: Any = None) -> Variable:
    """Cumulative sum along an axis, with nan as 0.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, optional
        Without it, the elements are taken in one dimension.
    dtype : floating dtype, optional
        Convert x to it first.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nancumsum``.
    """

def nanmax(x: Operand, axis: Axis = None, keepdims: bool = False, *, initial: Operand | None = None, where: Any = None) -> Variable:
    """Largest element over axes, ignoring nan; nan where all elements are.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanmax``.
    """

def nanmean(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, where: Any = None) -> Variable:
    """Arithmetic mean over axes, ignoring nan; nan where all elements are.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanmean``.
    """

def nanmedian(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Median over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the middle, half of it to each of two, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.nanmedian``.
    """

def nanmin(x: Operand, axis: Axis = None, keepdims: bool = False, *, initial: Operand | None = None, where: Any = None) -> Variable:
    """Smallest element over axes, ignoring nan; nan where all elements are.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanmin``.
    """

def nanpercentile(x: Operand, q: Any, axis: Axis = None, method: str = 'linear', keepdims: bool = False, *, weights: Any = None) -> Variable:
    """The q-th percentile over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    q : Variable, float or array of floats
        From 0 to 100; of several, the result has a leading axis. Its gradient is the slope between the
        elements: at an element that on its right, at the last one that on its left.
    axis : int or tuple of int, optional
        Over which axes; all by default.
    method : str
        How to interpolate between two elements, by NumPy's names: "linear", "lower",
        "higher", "nearest", "midpoint", "median_unbiased", …
    keepdims : bool
        Keep the reduced axes with length one.
    weights : array, of x's shape or, for one axis, of its length, optional
        How much each element counts; with method="inverted_cdf" and NumPy 2. They get no gradient.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the elements interpolated, by their weights, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.nanpercentile``.
    """

def nanprod(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, initial: Operand | None = None, where: Any = None) -> Variable:
    """Product over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanprod``.
    """

def nanquantile(x: Operand, q: Any, axis: Axis = None, method: str = 'linear', keepdims: bool = False, *, weights: Any = None) -> Variable:
    """The q-th quantile over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    q : Variable, float or array of floats
        From 0 to 1; of several, the result has a leading axis. Its gradient is the slope between the
        elements: at an element that on its right, at the last one that on its left.
    axis : int or tuple of int, optional
        Over which axes; all by default.
    method : str
        How to interpolate between two elements, by NumPy's names: "linear", "lower",
        "higher", "nearest", "midpoint", "median_unbiased", …
    keepdims : bool
        Keep the reduced axes with length one.
    weights : array, of x's shape or, for one axis, of its length, optional
        How much each element counts; with method="inverted_cdf" and NumPy 2. They get no gradient.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the elements interpolated, by their weights, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.nanquantile``.
    """

def nanstd(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *, correction: float | None = None, dtype: Any = None, where: Any = None, mean: Any = None) -> Variable:
    """Standard deviation over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    ddof : number
        1 for the sample's estimate, as PyTorch's default.
    keepdims : bool
        Keep the reduced axes with length one.
    correction : number, optional
        Another name of ddof.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.
    mean : Variable or array, optional
        The mean, if it is known: of the shape that keepdims=True gives.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanstd``.
    """

def nansum(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, initial: Operand | None = None, where: Any = None) -> Variable:
    """Sum over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nansum``.
    """

def nanvar(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *, correction: float | None = None, dtype: Any = None, where: Any = None, mean: Any = None) -> Variable:
    """Variance over axes, ignoring nan.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    ddof : number
        1 for the sample's estimate, as PyTorch's default.
    keepdims : bool
        Keep the reduced axes with length one.
    correction : number, optional
        Another name of ddof.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.
    mean : Variable or array, optional
        The mean, if it is known: of the shape that keepdims=True gives.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of nan is 0.

    The same on a Variable: ``np.nanvar``.
    """

def neg(x: Operand) -> Variable:
    """Negative, elementwise: -x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = −gy``.

    The same on a Variable: ``np.negative``.
    """

def nll_loss(x: Operand, t: Operand, reduction: str = 'mean') -> Variable:
    """Negative log-likelihood of labels, from the logarithms of probabilities.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Logarithms, as `log_softmax` gives.
    t : array of int, shape (...)
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all elements.

    Returns
    -------
    Variable, shape ()
        Of the elements' shape with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.
    ShapeError, OperationIndexError
        If the labels do not fit, or a class is not there.

    Notes
    -----
    Backward: ``gx0 = −gy / n where the class is x1, else 0; gx1 = 0``.
    """

def norm(x: Operand, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Norm of a vector over axes: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    x : Variable, array or number, any shape
    ord : number, inf, -inf, "fro" or "nuc", optional
        p; 2 by default. Of a matrix (two axes): None, "fro", "nuc", 1, -1, 2, -2, inf, -inf.
    axis : int or pair of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    OperandError
        For a matrix norm that there is not.
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy · x / y``.

    The derivative at 0 is 0; the largest elements of ord=inf share the gradient evenly.

    The same on a Variable: ``np.linalg.norm``, ``np.hypot.reduce``.
    """

def outer(x0: Operand, x1: Operand) -> Variable:
    """Product of each element of one operand with each of the other.

    Parameters
    ----------
    x0, x1 : Variable or array, any shape
        Taken in one dimension.

    Returns
    -------
    Variable, shape (n, m)

    Notes
    -----
    Backward: ``gx0 = gy · x1; gx1 = x0 · gy``.

    The same on a Variable: ``np.outer``, ``np.linalg.outer``.
    """

def pad(x: Operand, pad_width: Any, mode: str = 'constant', *, constant_values: Operand = 0, end_values: Any = 0, stat_length: Any = None) -> Variable:
    """Pad an array.

    Parameters
    ----------
    x : Variable, array or number, any shape
    pad_width : int, (before, after), or one such pair for each axis
        Or a dictionary from axes to them.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "mean", "median", "minimum"}
    constant_values : number or Variable, or as many numbers as `pad_width`
        What a constant margin holds.
    end_values : number or Variable, or as many numbers as `pad_width`
        Where a linear ramp ends.
    stat_length : int, or as many as `pad_width`, optional
        Of how many elements next to the margin a statistic is; of all by default.

    Raises
    ------
    ShapeError
        If the widths do not fit the axes, or for another mode.
    OperandError
        If a statistic or a ramp has no elements to start from.

    Notes
    -----
    Backward: ``gx = gy without the margin``.

    The same on a Variable: ``np.pad``.
    """

def percentile(x: Operand, q: Any, axis: Axis = None, method: str = 'linear', keepdims: bool = False, *, weights: Any = None) -> Variable:
    """The q-th percentile over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    q : Variable, float or array of floats
        From 0 to 100; of several, the result has a leading axis. Its gradient is the slope between the
        elements: at an element that on its right, at the last one that on its left.
    axis : int or tuple of int, optional
        Over which axes; all by default.
    method : str
        How to interpolate between two elements, by NumPy's names: "linear", "lower",
        "higher", "nearest", "midpoint", "median_unbiased", …
    keepdims : bool
        Keep the reduced axes with length one.
    weights : array, of x's shape or, for one axis, of its length, optional
        How much each element counts; with method="inverted_cdf" and NumPy 2. They get no gradient.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the elements interpolated, by their weights, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.percentile``.
    """

def piecewise(x: Operand, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Variable:
    """Evaluate a piecewise-defined function; where several conditions hold, the last one counts.

    Parameters
    ----------
    x : Variable, array or number, any shape
    condlist : sequence of arrays of bool, of x's shape
    funclist : sequence of callables, Variables and numbers
        One for each condition, and perhaps one more for the elements where none holds. A
        function is called with these elements alone, and with the further arguments.
    *args, **kw
        For the functions.

    Raises
    ------
    OperandError
        If there is neither one function for each condition nor one more.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.piecewise``.
    """

def pinv(x: Operand, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Variable:
    """Pseudoinverse of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    rcond : float or array, optional
        Singular values below this share of the largest count as 0.
    hermitian : bool
        Whether x is symmetric; its lower triangle is read.
    rtol : float or array, optional
        Another name of rcond.

    Raises
    ------
    OperandError
        If both rcond and rtol are given.

    Notes
    -----
    Backward: ``gx = −yᵀ · gy · yᵀ + (I − x · y) · gyᵀ · y · yᵀ + yᵀ · y · gyᵀ · (I − y · x)``.

    The derivative is the one among matrices of the same rank.

    The same on a Variable: ``np.linalg.pinv``.
    """

def polyval(p: Operand, x: Operand) -> Variable:
    """Evaluate a polynomial, by Horner's rule.

    Parameters
    ----------
    p : Variable or array, shape (n,)
        The coefficients, that of the highest power first.
    x : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.polyval``.
    """

def pos(x: Operand) -> Variable:
    """The same values in a new array: +x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy``.

    The same on a Variable: ``np.positive``, ``np.conjugate``, ``np.real``, ``np.real_if_close``.
    """

def pow(x0: Operand, x1: Operand) -> Variable:
    """First operand to the power of the second, elementwise.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · x1 · x0^(x1 − 1); gx1 = gy · y · ln x0``.

    The derivative of x⁰ with respect to x is 0, also at x = 0; that of 0ⁿ with respect to n ≥ 0 is 0.

    The same on a Variable: ``np.power``.
    """

def prod(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, initial: Operand | None = None, where: Any = None) -> Variable:
    """Product over axes. Its derivatives are right for zeros among the elements too.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy · Π of the others``.

    Where x = 0 the derivative is the product of the other elements.

    The same on a Variable: ``np.prod``, ``np.multiply.reduce``.
    """

def ptp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Range over axes: the largest element minus the smallest (peak to peak).

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    Equal extremes share the gradient evenly.

    The same on a Variable: ``np.ptp``.
    """

def put_along_axis(x: Operand, indices: Any, values: Operand, axis: int | None = -1) -> Variable:
    """Return a copy with values at given indices along an axis.

    NumPy's function of this name writes into its array, which a graph cannot remember.

    Parameters
    ----------
    x : Variable, array or number, any shape
    indices : array of int
        Of as many dimensions as x. Of two values for one place the last one counts.
    values : Variable, array or number
        Broadcast to ``indices``.
    axis : int or None
        None counts among the elements in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The gradient of what is put in goes to the values, not to x.
    """

def qr(x: Operand, mode: str = 'reduced') -> Any:
    """Factors of a matrix: q with orthonormal columns and r, an upper triangle.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    mode : {"reduced", "complete", "r"}
        As in NumPy: k = min(n, m) columns of q, all n, or r alone.

    Returns
    -------
    QRResult of Variables Q, R; with ``mode="r"`` a Variable

    Raises
    ------
    OperandError
        For another mode.

    Notes
    -----
    Backward: ``gx = (gy0 + y0 · m) · (y1⁻¹)ᵀ, m the lower triangle of y1 · gy1ᵀ − gy0ᵀ · y0, mirrored``.

    A matrix of less than full rank has no derivative.

    The same on a Variable: ``np.linalg.qr``.
    """

def quantile(x: Operand, q: Any, axis: Axis = None, method: str = 'linear', keepdims: bool = False, *, weights: Any = None) -> Variable:
    """The q-th quantile over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    q : Variable, float or array of floats
        From 0 to 1; of several, the result has a leading axis. Its gradient is the slope between the
        elements: at an element that on its right, at the last one that on its left.
    axis : int or tuple of int, optional
        Over which axes; all by default.
    method : str
        How to interpolate between two elements, by NumPy's names: "linear", "lower",
        "higher", "nearest", "midpoint", "median_unbiased", …
    keepdims : bool
        Keep the reduced axes with length one.
    weights : array, of x's shape or, for one axis, of its length, optional
        How much each element counts; with method="inverted_cdf" and NumPy 2. They get no gradient.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy at the elements interpolated, by their weights, else 0``.

    Equal elements stand in the order in which they come: the gradient goes to those at the place.

    The same on a Variable: ``np.quantile``.
    """

def rad2deg(x: Operand) -> Variable:
    """Radians to degrees, elementwise: 180/π · x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · 180 / π``.

    The same on a Variable: ``np.rad2deg``, ``np.degrees``.
    """

def ravel(x: Operand, order: str = 'C') -> Variable:
    """Return the elements in one dimension.

    Parameters
    ----------
    x : Variable, array or number, any shape
    order : {"C", "F", "A", "K"}
        "F" reads with the first index changing fastest; "A" does where the array of x lies in
        memory like that, and "K" reads in the order of the memory.

    Returns
    -------
    Variable, shape (n,)

    Notes
    -----
    Backward: ``gx = gy in the shape of x``.

    The same on a Variable: ``np.ravel``.
    """

def reciprocal(x: Operand) -> Variable:
    """Reciprocal, elementwise: 1 / x; of integers without the fraction.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = −gy · y²``.

    Of integers it is an integer, whose derivative is 0.

    The same on a Variable: ``np.reciprocal``.
    """

def relu(x: Operand) -> Variable:
    """Rectifier, elementwise: max(x, 0).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy where x > 0, else 0``.

    The derivative at 0 is 0.
    """

def remainder(x0: Operand, x1: Operand) -> Variable:
    """Remainder of ``x0 // x1``, elementwise, with the sign of x1: x0 % x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy; gx1 = −gy · ⌊x0 / x1⌋``.

    Where y jumps, the derivative is the one on either side.

    The same on a Variable: ``np.remainder``.
    """

def repeat(x: Operand, repeats: Any, axis: int | None = None) -> Variable:
    """Repeat each element.

    Parameters
    ----------
    x : Variable, array or number, any shape
    repeats : int or array of int
        How often: the same for all, or one number for each along the axis.
    axis : int, optional
        Without it, the elements are taken in one dimension.

    Raises
    ------
    ShapeError, AxisError
        If the numbers do not fit the axis, or there is no such axis.

    Notes
    -----
    Backward: ``gx = gy summed over the copies``.

    The same on a Variable: ``np.repeat``.
    """

def reshape(x: Operand, shape: Any, order: str = 'C') -> Variable:
    """Give the elements a new shape; one entry may be -1.

    Parameters
    ----------
    x : Variable, array or number, any shape
    shape : int or tuple of int
        With as many elements as x.
    order : {"C", "F", "A"}
        "F" reads and writes with the first index changing fastest; "A" does where the array of
        x lies in memory like that.

    Returns
    -------
    Variable
        A view of x's array where NumPy gives one.

    Raises
    ------
    ShapeError
        If the number of elements differs.

    Notes
    -----
    Backward: ``gx = gy in the shape of x``.

    The same on a Variable: ``np.reshape``.
    """

def resize(x: Operand, new_shape: int | tuple[int, ...]) -> Variable:
    """Return the elements in a new shape, repeated as often as needed.

    Parameters
    ----------
    x : Variable, array or number, any shape
    new_shape : int or tuple of int

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.resize``.
    """

def rint(x: Operand) -> Variable:
    """Nearest integer, elementwise; of two equally near the even one.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.rint``.
    """

def roll(x: Operand, shift: Any, axis: Any = None) -> Variable:
    """Roll elements along axes: those beyond the last place come in at the first.

    Parameters
    ----------
    x : Variable, array or number, any shape
    shift : int or tuple of int
    axis : int or tuple of int, optional
        Without it, the elements are shifted in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy rolled back``.

    The same on a Variable: ``np.roll``.
    """

def rollaxis(x: Operand, axis: int, start: int = 0) -> Variable:
    """Roll an axis backwards, until it lies before a given position.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis, start : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.rollaxis``.
    """

def rot90(m: Operand, k: int = 1, axes: tuple[int, int] = ...) -> Variable:
    """Rotate by 90 degrees in the plane of two axes.

    Parameters
    ----------
    m : Variable or array of two dimensions or more
    k : int
        How many times; from the first axis towards the second.
    axes : pair of int

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.rot90``.
    """

def round(x: Operand, decimals: int = 0) -> Variable:
    """Round to a number of decimals, elementwise; of two equally near to the even one.

    Parameters
    ----------
    x : Variable, array or number, any shape
    decimals : int
        Negative to round to tens, hundreds, ….

    Notes
    -----
    Backward: ``gx = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.round``, ``np.around``.
    """

def select(condlist: Sequence[Any], choicelist: Sequence[Operand], default: Operand = 0) -> Variable:
    """Choose each element by the first condition that holds.

    Parameters
    ----------
    condlist : sequence of arrays of bool
    choicelist : sequence of Variables, arrays and numbers
        One for each condition; they broadcast with the conditions.
    default : Variable, array or number
        What stands where no condition holds.

    Raises
    ------
    ShapeError
        If the numbers of conditions and choices differ, or they do not broadcast.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.select``.
    """

def selu(x: Operand) -> Variable:
    """Self-normalizing unit, elementwise: scale · elu(x, alpha) with fixed numbers.

    Source: G. Klambauer et al., Self-normalizing neural networks, arXiv:1706.02515 (2017).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Notes
    -----
    Made of other operations: a graph shows those.

    The derivative at 0 is that from below.
    """

def sigmoid(x: Operand) -> Variable:
    """Logistic function, elementwise: 1 / (1 + e⁻ˣ).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · y · (1 − y)``.
    """

def sign(x: Operand) -> Variable:
    """Sign, elementwise: -1, 0 or 1. Its derivative is 0.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 0``.

    The derivative is 0, also at 0.

    The same on a Variable: ``np.sign``.
    """

def silu(x: Operand) -> Variable:
    """Sigmoid-weighted unit (swish), elementwise: x · σ(x).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · (σ(x) + x · σ(x) · σ(−x))``.
    """

def sin(x: Operand) -> Variable:
    """Sine of an angle in radians, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · cos x``.

    The same on a Variable: ``np.sin``.
    """

def sinc(x: Operand) -> Variable:
    """Normalised sinc function, elementwise: sin(πx) / (πx), and 1 at 0.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · (cos(π · x) − y) / x``.

    At 0 the first derivative is 0 and the second −π²/3.

    The same on a Variable: ``np.sinc``.
    """

def sinh(x: Operand) -> Variable:
    """Hyperbolic sine, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · cosh x``.

    The same on a Variable: ``np.sinh``.
    """

def sliding_window_view(x: Operand, window_shape: Any, axis: Any = None) -> Variable:
    """Sliding windows over an array, along new axes at the end.

    Parameters
    ----------
    x : Variable, array or number, any shape
    window_shape : int or tuple of int
    axis : int or tuple of int, optional
        Along which axes they slide; all by default.

    Returns
    -------
    Variable
        A read-only view of x's array.

    Raises
    ------
    AxisError
        If x does not have the axis.
    ShapeError
        If a window is longer than its axis.

    Notes
    -----
    Backward: ``gx = gy summed over the windows``.

    The same on a Variable: ``np.lib.stride_tricks.sliding_window_view``.
    """

def slogdet(x: Operand) -> Any:
    """Sign and logarithm of the determinant, which may be beyond all numbers itself.

    Parameters
    ----------
    x : Variable or array, shape (..., n, n)

    Returns
    -------
    SlogdetResult of Variables sign and logabsdet, shape (...)

    Raises
    ------
    ShapeError
        If x is not square.

    Notes
    -----
    Backward: ``gx = gy1 · (x⁻¹)ᵀ``.

    The derivative at a singular matrix is nan.

    The same on a Variable: ``np.linalg.slogdet``.
    """

def softmax(x: Operand, axis: Axis = -1) -> Variable:
    """Exponentials divided by their sum over axes; the last one by default.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int, tuple of int or None

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = y · (gy − Σ gy · y)``.
    """

def softmax_cross_entropy(x: Operand, t: Operand, *, weight: Any = None, reduction: str = 'mean', ignore_index: int = -100, label_smoothing: float = 0.0) -> Variable:
    """Mean of -ln p, where p is the softmax of the scores at the right class.

    As PyTorch's ``cross_entropy``. Any finite score gives a finite loss and gradient.

    Parameters
    ----------
    x : Variable or array, shape (..., classes)
        Scores, not probabilities.
    t : array of int, shape (...), or Variable or array, shape (..., classes)
        The right classes, counted from 0; or the probability of each class.
    weight : array, shape (classes,), optional
        By what the loss of each class is multiplied; the mean divides by the weights of the
        right classes.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of all predictions.
    ignore_index : int
        A class in t that stands for no class: its predictions count for nothing.
    label_smoothing : float, from 0 to 1
        How much of each target is given to all classes in equal parts.

    Returns
    -------
    Variable, shape ()
        Of shape (...) with ``reduction="none"``.

    Raises
    ------
    OperandError
        For another reduction.
    ShapeError, OperationIndexError
        If targets, weights and scores do not fit, or a class is not there.

    Notes
    -----
    Backward: ``gx0 = gy / n · (softmax x0 − x1 as probabilities); gx1 = −gy / n · ln softmax x0``.
    """

def softplus(x: Operand) -> Variable:
    """Smooth rectifier, elementwise: ln(1 + eˣ).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · σ(x)``.
    """

def softsign(x: Operand) -> Variable:
    """Soft sign, elementwise: x / (1 + |x|).

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (1 + |x|)²``.
    """

def solve(x0: Operand, x1: Operand) -> Variable:
    """Solution y of the linear system x0 @ y = x1.

    Parameters
    ----------
    x0 : Variable or array, shape (..., n, n)
    x1 : Variable or array, shape (n,) or (..., n, m)

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    MatrixError
        If a matrix is singular.

    Notes
    -----
    Backward: ``gx0 = −gx1 · yᵀ; gx1 = (x0ᵀ)⁻¹ · gy``.

    The same on a Variable: ``np.linalg.solve``.
    """

def sort(x: Operand, axis: int | None = -1) -> Variable:
    """Sort the elements along an axis, in ascending order.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or None
        None sorts the elements in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy put back in x's order``.

    Equal elements keep their order.

    The same on a Variable: ``np.sort``.
    """

def split(x: Operand, indices_or_sections: Any, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array along an axis.

    Parameters
    ----------
    x : Variable, array or number, any shape
    indices_or_sections : int or sequence of int
        How many equal parts, or where to split.
    axis : int

    Returns
    -------
    tuple of Variable
        Views of x's array. Parts that are dropped or not used have gradient zero.

    Raises
    ------
    ShapeError, AxisError
        If the division is not even, or there is no such axis.

    Notes
    -----
    Backward: ``gx = gy0, gy1, … joined``.

    The same on a Variable: ``np.split``.
    """

def sqrt(x: Operand) -> Variable:
    """Square root, elementwise: √x.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy / (2 · y)``.

    The derivative at 0 is infinite.

    The same on a Variable: ``np.sqrt``.
    """

def square(x: Operand) -> Variable:
    """Square, elementwise: x².

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 2 · x · gy``.

    The same on a Variable: ``np.square``.
    """

def squeeze(x: Operand, axis: Any = None) -> Variable:
    """Remove axes of length one: all of them, or those given.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional

    Raises
    ------
    ShapeError, AxisError
        If an axis is longer than one, or not there.

    Notes
    -----
    Backward: ``gx = gy in the shape of x``.

    The same on a Variable: ``np.squeeze``.
    """

def stack(arrays: Sequence[Operand], axis: int = 0, *, dtype: Any = None, casting: str = 'same_kind') -> Variable:
    """Join arrays of one shape along a new axis.

    Parameters
    ----------
    arrays : sequence of Variables, arrays and numbers
    axis : int
        The new axis's place in the result.
    dtype : floating dtype, optional
        Of the result.
    casting : {"same_kind", "safe", "no", "equiv", "unsafe"}
        Which conversions to dtype are allowed.

    Raises
    ------
    ShapeError, AxisError
        If the shapes differ, or there is no such place.
    DataTypeError
        If casting does not allow the conversion to dtype.

    Notes
    -----
    Backward: ``gxi = gy's slice for xi``.

    The same on a Variable: ``np.stack``.
    """

def standardize(x: Operand, axis: Axis = -1, eps: float = 1e-05) -> Variable:
    """Shift and scale to mean 0 and variance 1 over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    eps : float
        Added to the variance.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = d / √(var x + eps), d = gy − mean gy − y · mean(gy · y)``.
    """

def std(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *, correction: float | None = None, dtype: Any = None, where: Any = None, mean: Any = None) -> Variable:
    """Compute the standard deviation over axes: the root of the variance.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    ddof : number
        1 for the sample's estimate, as PyTorch's default.
    keepdims : bool
        Keep the reduced axes with length one.
    correction : number, optional
        Another name of ddof.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.
    mean : Variable or array, optional
        The mean, if it is known: of the shape that keepdims=True gives.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy · (x − mean x) / ((n − ddof) · y)``.

    The derivative is 0 where all elements are equal.

    The same on a Variable: ``np.std``.
    """

def sub(x0: Operand, x1: Operand) -> Variable:
    """Difference of two operands, elementwise: x0 - x1.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy; gx1 = −gy``.

    The same on a Variable: ``np.subtract``.
    """

def sum(x: Operand, axis: Axis = None, keepdims: bool = False, *, dtype: Any = None, initial: Operand | None = None, where: Any = None) -> Variable:
    """Sum over axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    dtype : floating dtype, optional
        Convert x to it first.
    initial : Variable, array or number, optional
        What the result starts from.
    where : array of bool, optional
        Which elements count; it broadcasts to x.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy``.

    The same on a Variable: ``np.sum``, ``np.add.reduce``.
    """

def sum_to(x: Operand, shape: Any) -> Variable:
    """Sum x to a shape that broadcasts to its own: what undoes `broadcast_to`.

    Parameters
    ----------
    x : Variable, array or number, any shape
    shape : int or tuple of int

    Raises
    ------
    ShapeError
        If that shape does not broadcast to x's.

    Notes
    -----
    Backward: ``gx = gy``.
    """

def svd(x: Operand, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Singular values and vectors of a matrix, or of each of a stack.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)
    full_matrices : bool
        Whether u and vᵀ are square; else they have k = min(n, m) columns and rows.
    compute_uv : bool
        Whether to return u and vᵀ beside the singular values.
    hermitian : bool
        Whether x is symmetric; its lower triangle is read.

    Returns
    -------
    SVDResult of Variables U, S, Vh; with ``compute_uv=False`` a Variable, shape (..., k)

    Notes
    -----
    Of equal singular values any basis is right, and no gradient turns one into another: see `eigh`.

    Backward: ``gx = y0 · (diag gy1 + turns of y0 and y2 by gy0 and gy2 / (y1ⱼ ∓ y1ᵢ)) · y2``.

    Where values are equal, the part that turns their vectors into each other is 0. A division by a singular value of 0 gives 0.

    The same on a Variable: ``np.linalg.svd``.
    """

def svdvals(x: Operand) -> Variable:
    """Singular values of a matrix, or of each of a stack, falling.

    Parameters
    ----------
    x : Variable or array, shape (..., n, m)

    Notes
    -----
    Backward: ``gx = u · diag gy · vᵀ, u and v the singular vectors of x``.

    At equal values each has the derivative along the vector that LAPACK returns; that of 0 is u · vᵀ too.

    The same on a Variable: ``np.linalg.svdvals``.
    """

def swapaxes(x: Operand, axis1: int, axis2: int) -> Variable:
    """Interchange two axes.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis1 : int
    axis2 : int

    Raises
    ------
    AxisError
        If x does not have them.

    Notes
    -----
    Backward: ``gx = gy with the axes back``.

    The same on a Variable: ``np.swapaxes``.
    """

def take(x: Operand, indices: Any, axis: int | None = None, mode: str = 'raise') -> Variable:
    """Take elements along an axis by index.

    Parameters
    ----------
    x : Variable, array or number, any shape
    indices : int or array of int
        An element that is picked twice gets both gradients.
    axis : int, optional
        Without it, the elements are taken in one dimension.
    mode : {"raise", "wrap", "clip"}
        What to do with a number that the axis does not have.

    Raises
    ------
    AxisError
        If x does not have the axis.
    OperationIndexError
        For a number that the axis does not have, if the mode is "raise".

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.take``.
    """

def take_along_axis(x: Operand, indices: Any, axis: int | None = -1) -> Variable:
    """Take elements along an axis, with an index for each place of the result.

    Parameters
    ----------
    x : Variable, array or number, any shape
    indices : array of int
        Of as many dimensions as x; the others broadcast.
    axis : int or None
        None picks among the elements in one dimension.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.take_along_axis``.
    """

def tan(x: Operand) -> Variable:
    """Tangent of an angle in radians, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · (1 + y²)``.

    The same on a Variable: ``np.tan``.
    """

def tanh(x: Operand) -> Variable:
    """Hyperbolic tangent, elementwise.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = gy · (1 − y²)``.

    The same on a Variable: ``np.tanh``.
    """

def tensordot(x0: Operand, x1: Operand, axes: Any = 2) -> Variable:
    """Multiply two tensors and sum over pairs of their axes.

    Parameters
    ----------
    x0, x1 : Variable or array
    axes : int or pair of (int or list of int)
        How many of x0's last and x1's first axes; or which axes of x0 and of x1.

    Raises
    ------
    ShapeError
        If the axes of a pair differ in length.

    Notes
    -----
    Backward: ``gx0 = gy · x1 over x1's free axes; gx1 = x0 · gy over x0's free axes``.

    The same on a Variable: ``np.tensordot``, ``np.linalg.tensordot``.
    """

def tensorinv(a: Operand, ind: int = 2) -> Variable:
    """Inverse with respect to `tensordot`.

    Parameters
    ----------
    a : Variable, array or number, any shape
    ind : int
        How many first axes are one side of the matrix.

    Raises
    ------
    ShapeError
        If both sides do not hold the same number of elements.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.tensorinv``.
    """

def tensorsolve(a: Operand, b: Operand, axes: Any = None) -> Variable:
    """Solution y of ``tensordot(a, y, y.ndim) = b``.

    Parameters
    ----------
    a : Variable, array or number, any shape
    b : Variable, array or number, any shape
    axes : tuple of int, optional
        Axes of a that are moved to its end first.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.linalg.tensorsolve``.
    """

def tile(x: Operand, reps: Any) -> Variable:
    """Construct an array by repeating x along each axis.

    Parameters
    ----------
    x : Variable, array or number, any shape
    reps : int or tuple of int
        How many copies along each axis, counted from the last.

    Notes
    -----
    Backward: ``gx = gy summed over the copies``.

    The same on a Variable: ``np.tile``.
    """

def transpose(x: Operand, axes: Any = None) -> Variable:
    """Permute the axes; without ``axes`` reverse them.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axes : tuple of int, optional
        Which axis of x comes at each place; negative counts from the end.

    Returns
    -------
    Variable
        A view of x's array.

    Raises
    ------
    ShapeError, AxisError
        If ``axes`` is not a permutation of x's axes.

    Notes
    -----
    Backward: ``gx = gyᵀ``.

    The same on a Variable: ``np.transpose``.
    """

def trapezoid(y: Operand, x: Operand | None = None, dx: Operand = 1.0, axis: int = -1) -> Variable:
    """Integrate sampled values by the trapezoidal rule.

    Parameters
    ----------
    y : Variable or array of one dimension or more
    x : Variable or array, optional
        Where the values were sampled: of y's shape, or of one dimension.
    dx : Variable, array or number
        The distance of the samples if x is not given.
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.trapezoid``, ``np.trapz``.
    """

def tril(m: Operand, k: int = 0) -> Variable:
    """Lower triangle; zeros above it.

    Parameters
    ----------
    m : Variable or array, shape (..., n, m)
    k : int
        The last diagonal that is kept.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.tril``.
    """

def triu(m: Operand, k: int = 0) -> Variable:
    """Upper triangle; zeros below it.

    Parameters
    ----------
    m : Variable or array, shape (..., n, m)
    k : int
        The first diagonal that is kept.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.triu``.
    """

def trunc(x: Operand) -> Variable:
    """Whole part, elementwise: x without its fraction.

    Parameters
    ----------
    x : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of x's shape; float32 stays float32.

    Notes
    -----
    Backward: ``gx = 0``.

    The function is constant between its jumps: the derivative is 0, also at them.

    The same on a Variable: ``np.trunc``, ``np.fix``.
    """

def unstack(x: Operand, axis: int = 0) -> tuple[Variable, ...]:
    """Split an array into the arrays along an axis: what undoes `stack`.

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.unstack``.
    """

def unwrap(p: Operand, discont: float | None = None, axis: int = -1, *, period: Operand = 6.283185307179586) -> Variable:
    """Unwrap phases: add multiples of the period where neighbours differ by more than half of it.

    Parameters
    ----------
    p : Variable or array of one dimension or more
    discont : number, optional
        How large a jump is taken out; half of the period by default.
    axis : int
    period : Variable or number

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy``.

    The multiples of the period are constants.

    The same on a Variable: ``np.unwrap``.
    """

def var(x: Operand, axis: Axis = None, ddof: float = 0, keepdims: bool = False, *, correction: float | None = None, dtype: Any = None, where: Any = None, mean: Any = None) -> Variable:
    """Variance over axes: Σ (x - mean)² / (n - ddof).

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    ddof : number
        1 for the sample's estimate, as PyTorch's default.
    keepdims : bool
        Keep the reduced axes with length one.
    correction : number, optional
        Another name of ddof.
    dtype : floating dtype, optional
        Convert x to it first.
    where : array of bool, optional
        Which elements count; it broadcasts to x.
    mean : Variable or array, optional
        The mean, if it is known: of the shape that keepdims=True gives.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Backward: ``gx = gy · 2 · (x − mean x) / (n − ddof)``.

    Of one element it is 0 with derivative 0; with ddof=1 it is nan, as in NumPy and PyTorch.

    The same on a Variable: ``np.var``.
    """

def vdot(a: Operand, b: Operand) -> Variable:
    """Products of all elements, summed.

    Parameters
    ----------
    a, b : Variable, array or number
        Of one size.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.vdot``.
    """

def vecdot(x1: Operand, x2: Operand, axis: int = -1) -> Variable:
    """Dot products of the vectors along an axis.

    Parameters
    ----------
    x1, x2 : Variable or array
        That broadcast, but for the axis.
    axis : int

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.vecdot``, ``np.linalg.vecdot``.
    """

def vecmat(x1: Operand, x2: Operand) -> Variable:
    """Vectors times matrices.

    Parameters
    ----------
    x1 : Variable or array, shape (..., n)
    x2 : Variable or array, shape (..., n, m)

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.vecmat``.
    """

def vector_norm(x: Operand, axis: Axis = None, keepdims: bool = False, ord: Any = 2) -> Variable:
    """Norm of the elements over axes, taken as one vector: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    x : Variable, array or number, any shape
    axis : int or tuple of int, optional
        Over which axes; all by default.
    keepdims : bool
        Keep the reduced axes with length one.
    ord : number, inf or -inf
        p.

    Returns
    -------
    Variable
        Of x's shape without the axes; float32 stays float32.

    Raises
    ------
    AxisError
        If x does not have the axis.

    Notes
    -----
    Made of other operations: a graph shows those.

    The derivative at 0 is 0.

    The same on a Variable: ``np.linalg.vector_norm``.
    """

def vsplit(ary: Operand, indices_or_sections: Any) -> tuple[Variable, ...]:
    """Split an array row-wise: along the first axis.

    Parameters
    ----------
    ary : Variable or array of two dimensions or more
    indices_or_sections : int or sequence of int
        How many equal parts, or where to split.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.vsplit``.
    """

def vstack(tup: Sequence[Operand], *, dtype: Any = None, casting: str = 'same_kind') -> Variable:
    """Stack arrays row-wise: along the first axis, a vector as one row.

    Parameters
    ----------
    tup : sequence of Variables, arrays and numbers
    dtype : floating dtype, optional
        Of the result.
    casting : {"same_kind", "safe", "no", "equiv", "unsafe"}
        Which conversions to dtype are allowed.

    Notes
    -----
    Made of other operations: a graph shows those.

    The same on a Variable: ``np.vstack``.
    """

def where(condition: Any, x: Operand, y: Operand) -> Variable:
    """Choose elements of x where a condition holds, of y elsewhere.

    Parameters
    ----------
    condition : array of bool, or Variable
        Broadcasts with x and y. No gradient goes through it.
    x : Variable, array or number, any shape
    y : Variable, array or number, any shape

    Returns
    -------
    Variable
        Of the shape that all three broadcast to.

    Raises
    ------
    ShapeError
        If they do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy where the condition holds, else 0; gx1 = gy where the condition does not hold, else 0``.

    The same on a Variable: ``np.where``.
    """

def xlogy(x0: Operand, x1: Operand) -> Variable:
    """Product x0 · ln x1, elementwise; 0 where x0 is 0, as in entropies.

    Parameters
    ----------
    x0, x1 : Variable, array or number, any shape, that broadcast

    Returns
    -------
    Variable
        Of the shape that both broadcast to; float32 stays float32.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Backward: ``gx0 = gy · ln x1; gx1 = gy · x0 / x1``.

    Where x0 is 0, the derivative with respect to x0 is 0 for x1 ≤ 0, and that with respect to x1 = 0 is 0.
    """

absolute = abs
acos = arccos
acosh = arccosh
amax = max
amin = min
around = round
asin = arcsin
asinh = arcsinh
atan = arctan
atan2 = arctan2
atanh = arctanh
concat = concatenate
degrees = rad2deg
divide = div
fix = trunc
huber = huber_loss
mod = remainder
multiply = mul
negative = neg
permute_dims = transpose
positive = pos
power = pow
radians = deg2rad
subtract = sub
true_divide = div