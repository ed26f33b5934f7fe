"""HTTP itself: protocol limits, strict requests, preconditions, problem details, OpenAPI."""
