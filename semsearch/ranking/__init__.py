"""Ranking as pure functions: tiers, fusion of words and meaning, confidence."""
