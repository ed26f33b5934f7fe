"""Speed and memory, each with a bar and an exit code: `latency` and `budgets`."""
