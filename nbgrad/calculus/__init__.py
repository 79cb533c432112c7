"""What beyond backward()? Derivatives of functions, and a check of them."""

from .check import GradcheckError, gradcheck
from .derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad

__all__ = [
    "GradcheckError", "grad", "gradcheck", "hessian", "hvp", "jacobian", "jvp", "value_and_grad",
]  # fmt: skip
