"""Tests of `benchmarks/torture` in short forms; `make torture` runs the long ones."""
