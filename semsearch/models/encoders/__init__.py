"""Encoders: what turns text into vectors."""
