"""Speed and memory, beside other services."""
