"""Entries of the Jargon File (public domain), from Debian's package dict-jargon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semsearch.importers.dictionaries.dictd import Article
from semsearch.text.normalise import fold
from training.senses import Sense

SOURCE = "jargon"
_NOTE = re.compile(r"\[[^\[\]]*\]\s*")
_LATER_SENSE = re.compile(r"\s+\d+\.\s")
_LABEL = re.compile(r"^(?:\d+\.\s+|(?:[a-z]+\.(?:,\s*)?)+\s+)+")
_REFERENCE = re.compile(
    r"(?:^|(?<=\.\s))(?:See(?: also)?|Compare|Syn\.?|Cf\.?|Oppose[d]?)\b[^.]*\.?"
)


def read_senses(articles: Sequence[Article]) -> Iterator[Sense]:
    """Yield the first sense of each article, without notes and references to other articles."""
    for article in articles:
        _, _, body = article.text.partition("\n\n")
        text = _NOTE.sub("", " ".join(re.sub(r"[{}]", "", body).split()))
        text = _LATER_SENSE.split(_LABEL.sub("", text.strip()))[0]
        text = " ".join(_REFERENCE.sub("", text).split())
        if text:
            yield Sense(
                id=f"{SOURCE}:{fold(article.headwords[0])}",
                source=SOURCE,
                names=article.headwords,
                definition=text,
            )
