"""The list of supported functions, made from the table: ``python -m nbgrad.ops.supported``."""

from __future__ import annotations

from pathlib import Path

from .composite import COMPOSITES
from .plain import PLAIN
from .row import TABLE, Row, twin_name
from .scipy_special import RULES, SAME

ROWS = [TABLE[name] for name in sorted(TABLE)]
PAGE = Path(__file__).with_name("SUPPORTED.md")

_PAGE = """# What nbgrad differentiates

Made from the table in `table.py` by `python -m nbgrad.ops.supported`; a test holds it current.

Every operation has second derivatives, keeps float32 and float16, and takes arrays of any shape
and layout. NumPy's functions in the second column do the same when one of their arguments is a
Variable.

| `ng.` | NumPy | backward | where there is no derivative |
|---|---|---|---|
{rows}

## Functions made of these

A graph shows the operations that they are made of.

| `ng.` | NumPy | where there is no derivative |
|---|---|---|
{composites}

{others} take a Variable too; they have no name here.

## SciPy

When SciPy is there, these ufuncs of `scipy.special` take a Variable too: {scipy}. Orders (`jv`, `iv`,
`zeta` …) are numbers. What SciPy writes in Python converts its operands with `np.asarray`, which cannot
return a Variable: under SciPy's own name that is an error. One line gives such functions for Variables:

```python
from nbgrad.compat.scipy import linalg, special  # in place of: from scipy import …
```

`signal`, `stats` and `integrate` are there too, and `from nbgrad.compat import scipy` has all.
There the following take Variables, with SciPy's keywords. Every other name is SciPy's own, and so is
a call without a Variable, which returns arrays:
`special.polygamma`, `multigammaln`, `logsumexp`, `softmax`, `log_softmax`;
`linalg.solve_triangular`, `cholesky`, `cho_factor`, `cho_solve`, `solve`, `solve_banded`,
`solve_sylvester`, `inv`, `pinv`, `det`, `eigh`, `svdvals`, `block_diag`, `toeplitz`, `expm`,
`sqrtm`; `signal.convolve`, `correlate`, `fftconvolve`, `convolve2d`; `integrate.odeint`; densities,
distribution functions and quantiles of `stats.norm`, `t`, `f`, `gamma`, `invgamma`, `chi2`, `beta`,
`expon`, `halfnorm`, `lognorm`, `weibull_min`, `pareto`, `uniform`, `logistic`, `gumbel_r`,
`laplace`, `cauchy`, `poisson`, `binom`, `bernoulli`, and the densities of `dirichlet` and
`multivariate_normal`.

## Functions that answer with plain arrays

They have no derivative, so nothing is recorded: comparisons (`x > 0`, `np.greater`, …) and
{plain}.

Anything else of NumPy raises an `UnsupportedFunctionError` (a `TypeError`) that says what
to do instead.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return _PAGE.format(
        rows="\n".join(_line(row, f"`{row.rule}`") for row in ROWS if row.operation is not None),
        composites="\n".join(_line(row) for row in ROWS if row.operation is None),
        others=_listed(sorted(COMPOSITES)),
        scipy=_listed(
            sorted({*(name.partition("[")[0] for name in RULES), *SAME, "digamma", "jn"})
        ),
        plain=_listed(sorted(twin_name(f) for f in PLAIN)),
    )


def _line(row: Row, *rule: str) -> str:
    twins = _listed([twin_name(t) for t in row.twins])
    cells = (_listed([row.name, *row.also]), twins, *rule, row.edge)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
