"""Readers of the glossaries of data catalogues."""
