"""Access keys: their file, and what they permit."""
