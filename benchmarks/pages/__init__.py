"""What the pages cost and look like."""
