"""Evaluation: measures the answers of an index with judged questions, and calibrates confidence."""
