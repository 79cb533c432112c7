"""The cells that the browser tests run."""

IMPORTS = """
import numpy as np
import nbgrad as ng
%load_ext nbgrad
"""

# The seed's diamond. Names come from the notebook's own namespace.
DIAMOND = """
x = ng.Variable(np.array(2.0))
a = ng.square(x)
b = ng.square(a)
c = ng.square(a)
y = b + c
"""

STEPPER = """
w = ng.Stepper(y)
w
"""
