"""The command line: ``python -m nbgrad``."""
