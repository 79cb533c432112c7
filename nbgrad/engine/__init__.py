"""How does it differentiate? Variables, functions, the pass and the grad mode."""

# Variable first: the pass, which it starts, needs it.
from . import variable as _variable  # noqa: F401 - with the package, so that no backward() waits
from .diagnostics.supervisor import RuleSupervisor as _RuleSupervisor
from .observer import look_after_rules as _look_after_rules

_look_after_rules(_RuleSupervisor())
