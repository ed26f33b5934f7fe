"""What a service tells those who run it: metrics, log lines and traces."""
