"""Serving processes: how many there are, who starts and restarts them, and what they listen on."""
