"""Nearest-neighbour engines behind one seam."""
