"""What commands print, on a terminal and as JSON: one module for each kind of result."""
