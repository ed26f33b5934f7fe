"""The derived side of an index: files of a generation, segments, retrieval, backup, verify."""
