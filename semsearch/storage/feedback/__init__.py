"""Databases beside the store that hold what readers ask and suggest."""
