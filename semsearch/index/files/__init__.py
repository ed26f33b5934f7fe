"""Files of a segment, one module a file."""
