"""The documents: generated parts, examples with real output, checks, and the picture of the page."""
