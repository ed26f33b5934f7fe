"""The version, where the build, the package and the index manifest all find it."""

__version__ = "0.1.0"
