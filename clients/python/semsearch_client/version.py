"""The version, which is that of the service; `python -m tools.write_clients` sets it."""

__version__ = "0.1.0"
