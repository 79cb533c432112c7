"""SciPy's functions that are written in Python, on Variables; it must be installed.

The ufuncs of ``scipy.special`` (`gammaln`, `erf`, `expit` …) and ``scipy.optimize.minimize`` take
nbgrad's Variables and gradients as they are. Functions written in Python convert their operands
to arrays first, which would lose the graph: here they are under the same names.
"""
