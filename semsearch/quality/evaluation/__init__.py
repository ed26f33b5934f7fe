"""Scoring an index with judged questions."""
