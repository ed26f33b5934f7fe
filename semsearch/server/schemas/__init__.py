"""JSON shapes, one for each noun that HTTP answers and `--json` prints."""
