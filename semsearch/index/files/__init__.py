"""The files of a segment: one module writes and reads each kind of file."""
