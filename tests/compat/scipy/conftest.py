"""Without SciPy these tests are not there, as the package is not."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("scipy") else ["test_*.py"]
