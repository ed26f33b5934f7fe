"""Articles of FOLDOC, the Free On-line Dictionary of Computing, made questions that hide their term.

The rules were fixed before any answer was seen:

- Asked is the definition: the whole article, since which of several numbered senses is meant is not
  known, cut at the last word within the length of a question.
- Left out is what defines nothing: the headwords above the text, numbers, domains ("<networking>")
  and pronunciations in front of a sense, the date below it, paragraphs in square brackets (editors'
  notes and citations), the braces of cross-references, web and mail addresses.
- Every name of the term becomes "it", which says nothing and leaves the sentences whole. Names are all
  that the library knows of the right entries, derived ones included, and the headwords of the
  article. They are found in any case, number and hyphenation, whatever stands between their words, and
  in parts of compounds ("server-side"); other words of the same stem ("caching") are not names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from semsearch.names import form_of
from semsearch.text import MAX_QUESTION_CHARS, WORD, fold
from tests.quality.dictd import Article

MASK = "it"

_LABELS = re.compile(
    r"""(?: \d+\.(?=\s)                                        # the number of a sense
          | <[\w\ ,-]+>                                       # its domain
          | /[^/]+/ (?:(?:,|\ or)\ [^/]{0,30}/[^/]+/)* (?=\s)  # how the word is spoken
        )\s*""",
    re.VERBOSE,
)
_ASIDE = re.compile(r"\([^()]*\d\d[^()]*\)|\[.*\]\.?", re.DOTALL)
"""A paragraph that is a date in brackets, or a note."""
_ADDRESS = re.compile(r"[({]*\b(?:[a-z]+://|news:|mailto:)[^\s{}]*\}?|<\S+@\S+>")
_TOKEN = re.compile(WORD.pattern.replace(r"\w", r"[^\W_]") + "[+#]*")
"""A word without underscores, since names are compared without; "C++" is not "C"."""
_CAPITAL_S = re.compile(r"\b[A-Z0-9]+S\b")
_APART = 1
"""A name may be written in so many words more than its own: "e-mail" for "email"."""


def definition_of(article: Article) -> str:
    """Return the definition as running text; empty when an article has none."""
    _, _, body = article.text.partition("\n\n")  # the headwords stand above the first empty line
    return " ".join(_paragraphs(body))


def _paragraphs(body: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", body):
        text = paragraph.strip()
        if _ASIDE.fullmatch(text):
            continue
        while label := _LABELS.match(text):
            text = text[label.end() :]
        text = re.sub(r"[{}]", "", _ADDRESS.sub("", text))
        if WORD.search(text):
            yield " ".join(text.split())


def masked(text: str, names: Iterable[str]) -> str:
    """Return a text with every name replaced, the longest first where they overlap."""
    labels = [name for name in names if fold(name) not in {"", fold(MASK)}]
    keys = {fold(label) for label in labels}
    forms = {form_of(fold(label), label) for label in labels} | {form_of(key) for key in keys}
    longest = max((len(key.split()) for key in keys), default=0) + _APART
    tokens = [*_TOKEN.finditer(text)]
    kept, written, at = [], 0, 0
    while at < len(tokens):
        for last in range(min(at + longest, len(tokens)) - 1, at - 1, -1):
            piece = text[tokens[at].start() : tokens[last].end()]
            if fold(piece) in keys or {form_of(fold(piece), piece), form_of(fold(piece))} & forms:
                kept += [text[written : tokens[at].start()], MASK]
                written, at = tokens[last].end(), last
                break
        at += 1
    return "".join([*kept, text[written:]])


def names_left(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that a text still holds, looked for in another way than `masked` does.

    That is as runs of folded words, as they are or with an s, which is none of a plural in "DNS".
    """
    words = f" {fold(text)} "
    plurals = f" {fold(_CAPITAL_S.sub('', text))} "
    keys = {fold(name) for name in names} - {"", fold(MASK)}
    return sorted(key for key in keys if f" {key} " in words or f" {key}s " in plurals)


def shortened(text: str) -> str:
    """Return as many whole words as one question may have characters."""
    if len(text) <= MAX_QUESTION_CHARS:
        return text
    return text[: MAX_QUESTION_CHARS + 1].rsplit(" ", 1)[0]
