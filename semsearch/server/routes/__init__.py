"""Routes, a module for each resource; route modules import no other route module."""
