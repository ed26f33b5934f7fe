"""A rule about entries whose text says that they are outdated, and whose status does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semsearch.core.entries import Entry
from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.statuses import is_outdated

_AT_START = re.compile(
    r"[\W_]{0,3}([^\W\d_]+)[\W_]{0,3}?(?:[:.!;)\]–—]|\s-\s|,?\s(?:since|as of|in favou?r of)\s|$)",  # noqa: RUF001 - dashes
    re.IGNORECASE,
)
"""The first word of a definition, if a mark or such words set it apart: "Deprecated: ..."."""
_IN_TERM = re.compile(r"[(\[]([^\W\d_]+)[)\]]\s*$")
"""A word in brackets at the end of a term: "master branch (deprecated)"."""
_SENTENCE = re.compile(
    r"\bthis (?:term|name|word|entry) (?:is|was|has been) (?:now )?([^\W\d_]+)", re.IGNORECASE
)


def _unstated(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for entry in context.entries:
        status = entry.details.status
        if is_outdated(status) or (said := _said(entry)) is None:
            continue
        stated = f"its status is {status!r}" if status else "it has no status"
        yield Match(entry.term, f"the text of {entry.term!r} says {said!r}, but {stated}", entry)


def _said(entry: Entry) -> str | None:
    """Return the word by which a text says that its entry is outdated."""
    found = (
        _AT_START.match(entry.definition),
        _IN_TERM.search(entry.term),
        *_SENTENCE.finditer(entry.definition),
    )
    return next((one[1] for one in found if one and is_outdated(one[1])), None)


UNSTATED_DEPRECATION = Rule(
    "unstated-deprecation",
    Severity.WARNING,
    "The text of an entry says that it is deprecated, and its status does not.",
    "Answers, lists and exports read the status alone, so they show the entry as any other one. "
    "Write it as the status: a column `status`, a line `Status: deprecated` in Markdown, or "
    "`semsearch change ID --status`.",
    Example(
        "bakery.csv",
        "term,definition\nMother,Deprecated: use leaven.\nLeaven,A piece of fermented dough.\n",
        "term,definition,status\nMother,An older word for leaven.,deprecated: use leaven\n"
        "Leaven,A piece of fermented dough.,\n",
    ),
    _unstated,
)

RULES = (UNSTATED_DEPRECATION,)
