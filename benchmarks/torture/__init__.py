"""Break what is running and look for what was lost."""
