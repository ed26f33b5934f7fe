"""In which line a request waits, how it is answered in batches, and when it is refused."""
