"""Rules about missing, very short and very long definitions, and about refused records."""

from __future__ import annotations

from collections.abc import Iterator

from semsearch.quality.lint.context import LintContext
from semsearch.quality.lint.rule import Example, Match, Options, Rule, Severity
from semsearch.text.passages import text_of
from semsearch.text.sentences import is_brief

_NO_ENTRY = "not an entry"
"""End of the reason for records that nobody expects to be entries: landing pages, concept
schemes."""


def _refused(context: LintContext, options: Options) -> Iterator[Match]:
    del options
    for refusal in context.corpus.refusals:
        if refusal.reason.endswith(_NO_ENTRY):
            continue
        yield Match(refusal.reason, refusal.reason, None, source=refusal.source)


def _empty(context: LintContext, options: Options) -> Iterator[Match]:
    for entry in context.entries:
        words = len(entry.definition.split())
        if words < options["words"] and is_brief(entry.definition):
            message = f"the definition of {entry.term!r} has {words} word{'s' * (words != 1)}"
            yield Match(entry.term, f"{message}: {entry.definition!r}", entry)


def _overlong(context: LintContext, options: Options) -> Iterator[Match]:
    for entry in context.entries:
        words = len(text_of(entry).split())
        if words > options["words"]:
            message = f"the definition of {entry.term!r} has {words:,} words"
            yield Match(entry.term, f"{message}, more than {options['words']:,.0f}", entry)


REFUSED_RECORD = Rule(
    "refused-record",
    Severity.WARNING,
    "A record of a source file did not become an entry.",
    "It cannot be found: its definition is missing or a placeholder, its id is taken, or it only "
    "refers to a missing entry. Write the definition, or remove the record.",
    Example(
        "bakery.csv",
        "term,definition\nPeel,TODO\nLeaven,A piece of fermented dough.\n",
        "term,definition\nPeel,A shovel for loaves.\nLeaven,A piece of fermented dough.\n",
    ),
    _refused,
)

EMPTY_DEFINITION = Rule(
    "empty-definition",
    Severity.WARNING,
    "A definition says next to nothing.",
    "A synonym alone is an alias, not a definition, and no question resembles it.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven,Sourdough\n",
        "term,definition\nLeaven,A piece of fermented dough that makes new dough rise.\n",
    ),
    _empty,
    {"words": 3},
    {"words": "Fewest words of a definition."},
)

OVERLONG_DEFINITION = Rule(
    "overlong-definition",
    Severity.NOTE,
    "A definition is so long that it is an article.",
    "Readers look for one answer, and encoders read only the first 200 words or so of a text. "
    "Begin with the definition itself, and link to the rest.",
    Example(
        "bakery.csv",
        "term,definition\nLeaven," + " ".join(["It is fed with flour."] * 101) + "\n",
        "term,definition\nLeaven,A piece of fermented dough. It is fed with flour.\n",
    ),
    _overlong,
    {"words": 500},
    {"words": "Most words of a definition, without headings and lists of links."},
)

RULES = (REFUSED_RECORD, EMPTY_DEFINITION, OVERLONG_DEFINITION)
