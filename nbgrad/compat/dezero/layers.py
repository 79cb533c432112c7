"""Layers: parameters, and what is computed with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import ref

import numpy as np

from nbgrad.engine.variable import Variable, as_variable

from . import functions as F  # noqa: N812 (the book's name)
from .core import Parameter


class Layer:
    """What has parameters: it finds them, and those of layers in it, among its attributes."""

    def __init__(self) -> None:
        self._params: dict[str, None] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Parameter, Layer)):
            self._params[name] = None
        super().__setattr__(name, value)

    def __call__(self, *inputs: Any) -> Any:
        """Compute the outputs; `inputs` and `outputs` then hold weak references to both."""
        y = self.forward(*inputs)
        self.inputs = _references(inputs)
        self.outputs = _references(y if isinstance(y, tuple) else (y,))
        return y

    def __getstate__(self) -> dict[str, Any]:
        passing = ("inputs", "outputs")
        return {name: value for name, value in vars(self).items() if name not in passing}

    def forward(self, *inputs: Any) -> Any:
        """Compute the outputs; a layer defines this."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward")

    def params(self) -> Iterator[Parameter]:
        """Yield all parameters."""
        for name in self._params:
            value = getattr(self, name)
            if isinstance(value, Layer):
                yield from value.params()
            else:
                yield value

    def cleargrads(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params():
            p.cleargrad()

    def named_params(self, parent: str = "") -> Iterator[tuple[str, Parameter]]:
        """Yield each parameter with its path: ``("l1/W", W)``."""
        for name in self._params:
            value = getattr(self, name)
            if isinstance(value, Layer):
                yield from value.named_params(f"{parent}{name}/")
            else:
                yield f"{parent}{name}", value

    def save_weights(self, path: Any) -> None:
        """Save the arrays of all parameters that have one, as an .npz file."""
        arrays = {n: p.data for n, p in self.named_params() if p._data is not None}
        np.savez_compressed(path, **arrays)

    def load_weights(self, path: Any) -> None:
        """Load what `save_weights` wrote; all or nothing."""
        with np.load(path) as file:
            arrays = {n: file[n] for n, _ in self.named_params()}
        for name, p in self.named_params():
            p.data = arrays[name]


def _references(values: tuple[Any, ...]) -> list[ref[Any]]:
    return [ref(v) for v in values if isinstance(v, (Variable, np.ndarray))]


class Linear(Layer):
    """Affine map: x @ W + b; W is made at the first call if `in_size` is not given."""

    def __init__(
        self, out_size: int, nobias: bool = False, dtype: Any = np.float32, in_size: Any = None
    ) -> None:
        super().__init__()
        self.in_size, self.out_size, self.dtype = in_size, out_size, dtype
        self.W = Parameter(None, name="W")
        self.b = None if nobias else Parameter(np.zeros(out_size, dtype), name="b")
        if in_size is not None:
            self._init_W()

    def _init_W(self) -> None:
        n, m = self.in_size, self.out_size
        self.W.data = _normal((n, m), np.sqrt(1 / n), self.dtype)

    def forward(self, x: Any) -> Variable:
        """Return x @ W + b."""
        if self.W._data is None:
            self.in_size = as_variable(x).shape[1]
            self._init_W()
        return F.linear(x, self.W, self.b)


def _normal(shape: tuple[int, ...], scale: float, dtype: Any) -> Any:
    """Draw weights from NumPy's global state, so that the book's seeds give the book's numbers."""
    return np.random.randn(*shape).astype(dtype) * dtype(scale)  # noqa: NPY002


class Conv2d(Layer):
    """Convolution; W is made at the first call if `in_channels` is not given."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        pad: Any = 0,
        nobias: bool = False,
        dtype: Any = np.float32,
        in_channels: Any = None,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.pad, self.dtype = kernel_size, stride, pad, dtype
        self.W = Parameter(None, name="W")
        self.b = None if nobias else Parameter(np.zeros(out_channels, dtype), name="b")
        if in_channels is not None:
            self._init_W()

    def _shape(self, kernel: tuple[int, int]) -> tuple[int, ...]:
        return (self.out_channels, self.in_channels, *kernel)

    def _init_W(self) -> None:
        kernel = F._pair(self.kernel_size)
        scale = np.sqrt(1 / (self.in_channels * kernel[0] * kernel[1]))
        self.W.data = _normal(self._shape(kernel), scale, self.dtype)

    def forward(self, x: Any) -> Variable:
        """Return the convolution."""
        if self.W._data is None:
            self.in_channels = as_variable(x).shape[1]
            self._init_W()
        return self.apply(x)

    def apply(self, x: Any) -> Variable:
        """Return the convolution with the weights there are."""
        return F.conv2d(x, self.W, self.b, self.stride, self.pad)


class Deconv2d(Conv2d):
    """Transposed convolution."""

    def _shape(self, kernel: tuple[int, int]) -> tuple[int, ...]:
        return (self.in_channels, self.out_channels, *kernel)

    def apply(self, x: Any) -> Variable:
        """Return the transposed convolution with the weights there are."""
        return F.deconv2d(x, self.W, self.b, self.stride, self.pad)


class RNN(Layer):
    """Recurrent layer: h = tanh(x @ Wx + b + h @ Wh)."""

    def __init__(self, hidden_size: int, in_size: Any = None) -> None:
        super().__init__()
        self.x2h = Linear(hidden_size, in_size=in_size)
        self.h2h = Linear(hidden_size, in_size=in_size and hidden_size, nobias=True)
        self.h: Variable | None = None

    def reset_state(self) -> None:
        """Forget what came before."""
        self.h = None

    def forward(self, x: Any) -> Variable:
        """Return the next hidden state."""
        new = self.x2h(x) if self.h is None else self.x2h(x) + self.h2h(self.h)
        self.h = F.tanh(new)
        return self.h


class LSTM(Layer):
    """Recurrent layer with gates."""

    def __init__(self, hidden_size: int, in_size: Any = None) -> None:
        super().__init__()
        for gate in "fiou":
            setattr(self, f"x2{gate}", Linear(hidden_size, in_size=in_size))
            setattr(self, f"h2{gate}", Linear(hidden_size, in_size=hidden_size, nobias=True))
        self.reset_state()

    def reset_state(self) -> None:
        """Forget what came before."""
        self.h: Variable | None = None
        self.c: Variable | None = None

    def forward(self, x: Any) -> Variable:
        """Return the next hidden state."""
        sums = {}
        for gate in "fiou":
            y = getattr(self, f"x2{gate}")(x)
            sums[gate] = y if self.h is None else y + getattr(self, f"h2{gate}")(self.h)
        forget, put, out = (F.sigmoid(sums[gate]) for gate in "fio")
        new = put * F.tanh(sums["u"])
        self.c = new if self.c is None else forget * self.c + new
        self.h = out * F.tanh(self.c)
        return self.h


class EmbedID(Layer):
    """A table of vectors, one for each word."""

    def __init__(self, in_size: int, out_size: int) -> None:
        super().__init__()
        self.W = Parameter(np.random.randn(in_size, out_size), name="W")  # noqa: NPY002

    def forward(self, x: Any) -> Variable:
        """Return the rows of the indices."""
        return F.embed_id(x, self.W)


class BatchNorm(Layer):
    """Batch normalization with running statistics, which the first call makes.

    The statistics are Parameters, so that they are saved, but have no gradient.
    """

    def __init__(self) -> None:
        super().__init__()
        self.avg_mean, self.avg_var = (
            Parameter(None, name="avg_mean"),
            Parameter(None, name="avg_var"),
        )
        self.gamma, self.beta = Parameter(None, name="gamma"), Parameter(None, name="beta")

    def forward(self, x: Any) -> Variable:
        """Return the normalized channels."""
        x = as_variable(x)
        for p, start in (
            (self.avg_mean, 0.0),
            (self.avg_var, 1.0),
            (self.gamma, 1.0),
            (self.beta, 0.0),
        ):
            if p._data is None:
                p.data = np.full(x.shape[1], start, x.dtype)
        return F.batch_norm(x, self.gamma, self.beta, self.avg_mean.data, self.avg_var.data)
