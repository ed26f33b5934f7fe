"""The derived files of an index: segments, retrieval, publishing a generation, backup, verify.

Everything here can be derived again from the store, except the calibration.
"""
