"""The form in which a question is recorded: redacted, cut, and with digests of what was typed."""

from __future__ import annotations

from hashlib import blake2b

from semsearch.text.redaction import redact

MAX_CHARS = 300
"""Most characters of a recorded question."""
_DIGEST_BYTES = 4


def recorded_text(question: str) -> str:
    """Return a question as it is recorded: redacted, and cut after `MAX_CHARS`.

    What it returns is recorded as it is, so that a shown question can be named again.
    """
    return redact(question)[:MAX_CHARS].rstrip()


def recorded_load(page_load: str) -> str:
    """Return what stands for the number of a page load: its digest, empty without a number.

    The number itself is the key of `typed_digests` and is never stored.
    """
    return blake2b(page_load.encode(), digest_size=8).hexdigest() if page_load else ""


def typed_digests(question: str, page_load: str) -> bytes:
    """Return a digest for each prefix of a question, keyed with the number of its page load.

    A question begins with another one of the same page load if its digests begin with those of
    that one. This holds also where redacted texts differ: "mail ann.s", "mail ann.s@example.org".
    Without the number nothing can be learned from digests, not even by guessing.

    Args:
        question: before it is redacted.
        page_load: the number, empty if there is none.

    Returns:
        Four bytes for each of the first `MAX_CHARS` characters; nothing without a number.
    """
    if not page_load:
        return b""
    prefix = blake2b(key=page_load.encode(), digest_size=_DIGEST_BYTES)
    found = bytearray()
    for character in " ".join(question.split())[:MAX_CHARS]:
        prefix.update(character.encode())
        found += prefix.copy().digest()
    return bytes(found)
