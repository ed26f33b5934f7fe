"""The version, used by the wheel, the package and the manifest of an index."""

__version__ = "0.1.0"
