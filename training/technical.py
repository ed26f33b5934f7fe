"""Technical terms with definitions of one to several sentences, from documentation."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from semsearch.text.names import is_acronym
from semsearch.text.normalise import WORD, fold
from semsearch.text.sentences import sentences
from training import docstrings, pages, services
from training.senses import Sense

PYTHON_PACKAGES = (
    *("django", "sqlalchemy", "networkx", "nltk", "pandas", "scikit-image", "scikit-learn"),
    *("scipy", "statsmodels", "sympy"),
)
PER_SERVICE = 9
"""Most parts of one cloud service; there are hundreds of services with similar parts."""
PER_PACKAGE = 1000
PER_MANUAL = 2200
_SHARES = {
    **dict.fromkeys(("botocore", "google"), PER_SERVICE),
    **dict.fromkeys(("python", "postgresql"), PER_MANUAL),
}
MIN_WORDS = 10
MAX_WORDS = 200
_MAX_TERM_WORDS = 6
_FORBIDDEN = re.compile(r"kube|gke|anthos|cncf|solana", re.IGNORECASE)
"""Systems whose glossaries are used for evaluation; nothing about them is learned."""
_NOT_PROSE = re.compile(
    r"[\\${}]|https?:|>>>|\bTODO\b|[Dd]eprecated|:math|[^\x00-\x7f\u2010-\u2026]"
)
_EMPTY = re.compile(
    r"^(?:Changed|New|Added) in|^Part of the|^Read more|User Guide|internal use|^See\b|^For (?:more|a|further)\b"
    r"|^Note that|[Dd]eprecated|Guide\b|^This is the default\b|^The default is\b"
)
"""Sentences that say nothing about the meaning of a term."""
_TERM = re.compile(r"[\w<>@][\w<>@ ()/.,:'+#&-]*\Z")


def read_senses(folders: dict[str, Path]) -> Iterator[Sense]:
    """Yield the terms of every package, by the name of its source."""
    for source, (term, definition) in _limited(_named(folders)):
        names = _names(term)
        yield Sense(id=f"{source}:{fold(term)}", source=source, names=names, definition=definition)


def _named(folders: dict[str, Path]) -> Iterator[tuple[str, str, services.Named]]:
    """Yield source, group within the source, and term with definition."""
    yield from _of_manuals(folders)
    for named in services.web_features(folders["web-features"] / "package/data.json"):
        yield "web-features", "", named
    for named in services.can_i_use(folders["caniuse-db"] / "package/data.json"):
        yield "caniuse", "", named
    for service, named in services.aws_services(folders["botocore"]):
        yield "botocore", service, named
    for service, named in services.google_services(folders["google-api-python-client"]):
        yield "google", service, named
    for package in PYTHON_PACKAGES:
        for named in docstrings.read_wheel(folders[package]):
            yield package, package, named


def _of_manuals(folders: dict[str, Path]) -> Iterator[tuple[str, str, services.Named]]:
    html = {
        "postgresql": ("postgresql-doc-15", "usr/share/doc/postgresql-doc-15/html/*.html"),
        "apache": ("apache2-doc", "usr/share/doc/apache2-doc/manual/en/**/*.html"),
        "python": ("python3.11-doc", "usr/share/doc/python3.11/html/**/*.html"),
    }
    for source, (package, pattern) in html.items():
        for page in sorted(folders[package].glob(pattern)):
            if page.parent.name == "c-api":
                continue  # functions of C, thousands of them
            for named in pages.read_definitions(page.read_text(encoding="utf-8", errors="replace")):
                yield source, "", named


def _limited(
    found: Iterable[tuple[str, str, services.Named]],
) -> Iterator[tuple[str, services.Named]]:
    """Yield usable terms, each text and term of a source once, up to the limit of a group.

    Which ones of a group is decided by their hash, the first one apart, which is the service
    itself.
    """
    groups: dict[tuple[str, str], list[services.Named]] = defaultdict(list)
    texts: set[str] = set()
    for source, group, (term, whole) in found:
        definition = " ".join(sentences_of(whole))
        text = fold(definition)
        if text not in texts and is_good(term, definition):
            texts.add(text)
            groups[source, group].append((term, definition))
    seen: set[tuple[str, str]] = set()
    for (source, _), (first, *others) in groups.items():
        share = _SHARES.get(source, PER_PACKAGE)
        for term, definition in [first, *sorted(others, key=_hash)][:share]:
            key = (source, fold(term))
            if key not in seen:
                seen.add(key)
                yield source, (term, definition)


def is_good(term: str, definition: str) -> bool:
    """Whether a term can be asked for and its definition is prose of a fit length."""
    words = len(definition.split())
    return (
        0 < len(term.split()) <= _MAX_TERM_WORDS
        and len(fold(term)) > 2
        and term.isascii()
        and bool(_TERM.match(term))
        and MIN_WORDS <= words <= MAX_WORDS
        and definition[0].isalnum()
        and not _NOT_PROSE.search(definition)
        and not _FORBIDDEN.search(f"{term} {definition}")
        and len(WORD.findall(definition)) > 0.7 * words
    )


def sentences_of(definition: str) -> list[str]:
    """Return the sentences that say something about the meaning."""
    return [s.text for s in sentences(definition) if not _EMPTY.search(s.text)]


def _names(term: str) -> tuple[str, ...]:
    bracket = re.match(r"^(.*\S)\s*\(([^()]*)\)$", term)
    if not bracket:
        return (term,)
    return (bracket[1], bracket[2]) if is_acronym(bracket[2], bracket[1]) else (bracket[1],)


def _hash(named: services.Named) -> str:
    return hashlib.sha256("".join(named).encode()).hexdigest()
