"""Questions from articles of FOLDOC, the Free On-line Dictionary of Computing.

The term of the article is masked. The rules were fixed before any answer was seen:

- The question is the definition: the whole article, since it is unknown which of several numbered
  senses is meant, cut at the last word within the length of a question.
- Parts that define nothing are left out: the headwords above the text, numbers, domains
  ("<networking>") and pronunciations in front of a sense, the date below it, paragraphs in square
  brackets (editors' notes and citations), the braces of cross-references, web and mail addresses.
- Every name of the term is masked by `training.masking`: all names that the library knows of the
  right entries, derived ones included, and the headwords of the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.importers.dictionaries.dictd import Article
from semsearch.text.normalise import WORD
from semsearch.text.questions import MAX_QUESTION_CHARS

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


def shortened(text: str) -> str:
    """Return as many whole words as fit into a question."""
    if len(text) <= MAX_QUESTION_CHARS:
        return text
    return text[: MAX_QUESTION_CHARS + 1].rsplit(" ", 1)[0]
