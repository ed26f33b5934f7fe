"""Plain data, errors, settings, progress and checksums; imports nothing of ours."""
