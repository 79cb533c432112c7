"""nbgrad and its peers behind one small interface; a peer that is absent is left out."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .workloads import Workload

Run = Callable[[], Any]
DEEP = 100_000


class Library:
    """Builds the graph of a workload and goes back through it."""

    name = "nbgrad"

    def __init__(self) -> None:
        import nbgrad

        self.lib: Any = nbgrad
        self.no_grad: Any = nbgrad.no_grad

    def leaf(self, array: Any) -> Any:
        return self.lib.Variable(np.array(array))

    def constant(self, array: Any) -> Any:
        return self.lib.Variable(np.array(array), requires_grad=False)

    def gradient(self, leaf: Any) -> Any:
        """Take a leaf's gradient, and clear it."""
        g = leaf.grad
        leaf.cleargrad()
        return getattr(g, "data", g) if not isinstance(g, np.ndarray) else g

    def prepare(self, workload: Workload) -> Run:
        """Return a call that runs the workload once and gives the leaves' gradients."""
        leaves = [self.leaf(x) for x in workload.leaves]
        constants = [
            self.constant(c) if isinstance(c, np.ndarray) else c for c in workload.constants
        ]
        if not workload.recorded:

            def forward() -> Any:
                with self.no_grad():
                    return workload.build(self.lib, leaves, constants)

            return forward

        def both() -> list[Any]:
            workload.build(self.lib, leaves, constants).backward()
            return [self.gradient(x) for x in leaves]

        return both


class Compiled(Library):
    """nbgrad, with the workload's function compiled."""

    name = "nbgrad compiled"

    def prepare(self, workload: Workload) -> Run:
        constants = [
            self.constant(c) if isinstance(c, np.ndarray) else c for c in workload.constants
        ]
        leaves = [self.leaf(x) for x in workload.leaves]
        lib, build = self.lib, workload.build
        function = self.lib.compile(lambda *args: build(lib, args, constants))

        def both() -> list[Any]:
            function(*leaves).backward()
            return [self.gradient(x) for x in leaves]

        both()
        return both


class Torch(Library):
    name = "PyTorch"

    def __init__(self) -> None:
        self.lib = importlib.import_module("torch")
        self.no_grad = self.lib.no_grad

    def leaf(self, array: Any) -> Any:
        return self.lib.tensor(array, requires_grad=True)

    def constant(self, array: Any) -> Any:
        return self.lib.tensor(array)

    def gradient(self, leaf: Any) -> Any:
        g, leaf.grad = leaf.grad, None
        return g.numpy()


class DeZero(Library):
    name = "DeZero"

    def __init__(self) -> None:
        vars(np)["int"] = int  # its release still asks for NumPy 1.23's
        core = importlib.import_module("dezero")
        self.lib = importlib.import_module("dezero.functions")
        self.lib.square = lambda x: x**2
        self.variable, self.no_grad = core.Variable, core.no_grad

    def leaf(self, array: Any) -> Any:
        return self.variable(np.array(array))

    constant = leaf

    def prepare(self, workload: Workload) -> Run:
        if workload.constants:
            raise NotImplementedError("DeZero has no @")
        return super().prepare(workload)


class Micrograd(Library):
    name = "micrograd"

    def __init__(self) -> None:
        self.value = importlib.import_module("micrograd.engine").Value
        self.lib = self
        self.no_grad = contextlib.nullcontext

    @staticmethod
    def square(x: Any) -> Any:
        return x**2

    def leaf(self, array: Any) -> Any:
        if array.ndim:
            raise NotImplementedError("micrograd has scalars only")
        return self.value(float(array))

    def gradient(self, leaf: Any) -> Any:
        g, leaf.grad = leaf.grad, 0
        return g

    def prepare(self, workload: Workload) -> Run:
        """Let it recurse: once for every node, beyond what Python allows by default."""
        run, depth = super().prepare(workload), sys.getrecursionlimit()

        def recursing() -> Any:
            sys.setrecursionlimit(DEEP)
            try:
                return run()
            finally:
                sys.setrecursionlimit(depth)

        return recursing


class Autograd(Library):
    """HIPS autograd differentiates functions: there are no variables that carry a gradient."""

    name = "autograd"

    def __init__(self) -> None:
        self.autograd = importlib.import_module("autograd")
        self.lib = importlib.import_module("autograd.numpy")

    def leaf(self, array: Any) -> Any:
        raise NotImplementedError("autograd has no leaves")

    def prepare(self, workload: Workload) -> Run:
        def build(*leaves: Any) -> Any:
            return workload.build(self.lib, leaves, workload.constants)

        if not workload.recorded:
            return lambda: build(*workload.leaves)
        gradients = self.autograd.grad(build, tuple(range(len(workload.leaves))))
        return lambda: gradients(*workload.leaves)


class MyGrad(Library):
    name = "MyGrad"

    def __init__(self) -> None:
        self.lib = importlib.import_module("mygrad")
        self.no_grad = lambda: self.lib.no_autodiff

    def leaf(self, array: Any) -> Any:
        return self.lib.tensor(np.array(array))

    def constant(self, array: Any) -> Any:
        return self.lib.tensor(np.array(array), constant=True)

    def gradient(self, leaf: Any) -> Any:
        g = leaf.grad
        leaf.null_grad()
        return g


PEERS: tuple[type[Library], ...] = (Torch, DeZero, Micrograd, Autograd, MyGrad)
BY_NAME = {library.name: library for library in (Library, *PEERS)}


def installed() -> dict[str, Library]:
    """Return the peers that can be imported here."""
    found = {}
    for peer in PEERS:
        try:
            found[peer.name] = peer()
        except ImportError:
            continue
    if "PyTorch" in found:
        # Its threads wait for each other where another process has a core: on one, ratios hold.
        found["PyTorch"].lib.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    return found
