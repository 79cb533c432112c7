"""How does it differentiate? Variables, functions, the pass and the grad mode."""

# Variable first: the pass, which it starts, needs it.
from . import variable as _variable  # noqa: F401 - with the package, so that no backward() waits
from .diagnostics.supervisor import Diagnostics as _Diagnostics
from .observer import appoint as _appoint

_appoint(_Diagnostics())
