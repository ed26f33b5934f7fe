"""What every room uses: entries, answers, arrays, errors, settings, progress, checksums.

It imports nothing else of the package.
"""
