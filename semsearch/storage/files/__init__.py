"""Files and folders of an index: names, atomic replacement, locks, errors, files elsewhere."""
