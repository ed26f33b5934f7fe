"""The semantic map: a place in two dimensions for each entry."""
