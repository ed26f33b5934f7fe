"""What is said of a file of a generation that a shared store has lost."""

from __future__ import annotations

from semsearch.core.shared_store_errors import SharedFileDamaged


def damaged_file(digest: str, place: str, problem: str) -> SharedFileDamaged:
    """Return the error for a file that cannot be fetched, with the way out.

    Args:
        digest: its SHA-256.
        place: where it should be.
        problem: `is missing`, or what else is wrong with it.
    """
    return SharedFileDamaged(
        f"the file {digest} of a generation {problem} in {place}; it was perhaps removed while it "
        "was read, so try again; if that does not help, run `semsearch publish` on a server that "
        "answers from this generation, which puts the file there again"
    )
