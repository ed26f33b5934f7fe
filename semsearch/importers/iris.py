"""IRIs of concepts: what can be one, its last part, and the namespaces of our own."""

from __future__ import annotations

import re

_IRI = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)[^\x00-\x20<>\"{}|^`\\\ufffe\uffff]+")

NAMESPACE = "https://semsearch.invalid/ns#"
"""Of the RDF properties `askedAs`, a phrase by which people ask for a concept, and `extra`, a field
as "Owner: Jane Doe": no vocabulary known to us has them. It leads nowhere (RFC 2606)."""

NOWHERE = "https://glossary.invalid/"
"""Base of addresses if none is configured or stated; no such host can exist (RFC 2606)."""


def is_iri(text: str) -> bool:
    """Return whether a text can be an IRI in RDF."""
    return _IRI.fullmatch(text) is not None


def local_name(iri: str) -> str:
    """Return the last part of an address, which is a name in most vocabularies."""
    return re.split(r"[/#:]", iri.rstrip("/#:"))[-1]
