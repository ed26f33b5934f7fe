"""Reconciliation Service API of the W3C community group, versions 0.2 and 1.0-draft."""
