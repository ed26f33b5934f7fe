"""Prints an answer within 80 columns: verdict, hits, and the explanation of `--why`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.cli.output import common
from semsearch.cli.output.common import one_line, print_json
from semsearch.core.answers import Answer, Hit, Span, Tier, Verdict
from semsearch.web.display import MATCHED_BY, PART_NAMES, VERDICTS, percent, place, shares

_COLORS = {Verdict.POSSIBLE: "cyan", Verdict.NONE: "yellow"}
_INDENT = (0, 0, 1, 3)
_LINES = 6
"""Most lines of a definition, unless it is wanted in full."""


def answer(found: Answer, *, as_json: bool, why: bool = False, full: bool = False) -> None:
    """Print an answer.

    Args:
        found: the answer.
        as_json: for programs, with everything.
        why: explain each hit.
        full: print whole definitions.
    """
    if as_json:
        from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(found).decode())
        return
    console = Console(highlight=False)
    console.print(_headline(found))
    if found.repaired:
        console.print(f"Read as [bold]{escape(found.repaired)}[/]")
    for notice in found.notices:
        console.print(Text(notice.message, "yellow"))
    several = len({hit.entry.glossary for hit in found.hits}) > 1
    if why:
        _explain(console, found.hits, several=several, full=full)
        return
    table = Table("", "Entry", "Similarity", "Matched by", box=None, padding=(0, 2, 1, 0))
    for hit in found.hits:
        body = Group(_term(hit, several=several), _definition(hit, full=full), *_asked(hit))
        table.add_row(str(hit.rank), body, f"{hit.similarity:z.2f}", escape(_reason(hit)))
    console.print(table)


def _headline(answer_: Answer) -> str:
    """Return the verdict in words, with the confidence unless a name matched."""
    words = f"[{_COLORS.get(answer_.verdict, 'green')}]{VERDICTS[answer_.verdict]}[/]"
    if answer_.verdict in (Verdict.EXACT, Verdict.TERMS):
        return words
    sure = f"{words} (confidence {percent(answer_.confidence)})"
    return f"{sure}. The nearest entries:" if answer_.no_close_match else sure


def _term(hit: Hit, *, several: bool) -> Text:
    term = Text(hit.entry.term, "" if hit.matched_by is Tier.NEAREST else "bold")
    for word in hit.evidence.term_words:
        term.stylize("bold cyan", word.start, word.end)
    if several:
        term.append(f"  ({hit.entry.glossary})", "dim not bold")
    common.append_status(term, hit.entry)
    return term


def _definition(hit: Hit, *, full: bool) -> Text | _Excerpt:
    """Return the definition with the best sentence and the words of the question marked."""
    text = Text(hit.entry.definition)
    sentence = hit.evidence.sentence
    if sentence is not None and len(sentence.text) < len(text):
        text.stylize("underline", sentence.start, sentence.end)
    for word in hit.evidence.words:
        text.stylize("bold cyan", word.start, word.end)
    if full:
        return text
    # who asks for a name reads from the beginning
    is_described = hit.matched_by in (Tier.MEANING, Tier.NEAREST)
    return _Excerpt(text, sentence if is_described else None)


@dataclass(frozen=True)
class _Excerpt:
    """At most six lines of a text: its beginning, or the best sentence if that is further down."""

    text: Text
    sentence: Span | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, as wide as there is room."""
        width = options.max_width
        text = self.text
        lines = text.wrap(console, width)
        if len(lines) <= _LINES:
            yield text
            return
        best = self.sentence
        if best is not None and len(text[: best.end].wrap(console, width)) > _LINES:
            lines = (Text("... ") + text[best.start :]).wrap(console, width)
        if len(lines) > _LINES:
            last = lines[_LINES - 1].wrap(console, width - 4)[0]  # cut between words
            last.rstrip()
            lines[_LINES - 1] = last.append(" ...")
        yield Text("\n").join(lines[:_LINES])

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return how narrow and how wide the lines may be."""
        return Measurement.get(console, options, self.text)


def _asked(hit: Hit) -> list[Text]:
    """Return the phrase that is similar to the question, if one is: "someone asked: ...".

    Where a name decided, common questions are evidence of nothing.
    """
    evidence = hit.evidence
    common = None if evidence.name else evidence.common_question
    phrases = ("someone asked: ", evidence.phrase), ("often asked as: ", common)
    return [Text.assemble((label, "dim"), one_line(text)) for label, text in phrases if text]


def _reason(hit: Hit) -> str:
    label = MATCHED_BY[hit.matched_by]
    name = hit.evidence.name
    return f"{label}: {name}" if name and hit.matched_by is not Tier.NEAREST else label


def _explain(console: Console, hits: Iterable[Hit], *, several: bool, full: bool) -> None:
    """Print hits one below the other, each with its evidence."""
    for hit in hits:
        console.print(Text(f"\n{hit.rank:<3}") + _term(hit, several=several))
        for shown in (_definition(hit, full=full), _evidence(hit), _parts(hit)):
            console.print(Padding(shown, _INDENT))
        evidence = hit.evidence
        decided = f"Score {hit.score:.2f}. {place(evidence.name, evidence.rerank_score)}"
        console.print(Padding(decided, (0, 0, 0, 3)))


def _evidence(hit: Hit) -> Table:
    """Return name, sentence and words that matched, with character offsets in the definition."""
    evidence = hit.evidence
    rows = {"Matched by": Text(_reason(hit))}
    if evidence.sentence is not None:
        is_all = len(evidence.sentence.text) == len(hit.entry.definition)
        shown = replace(evidence.sentence, text="all of it") if is_all else evidence.sentence
        rows["Sentence"] = one_line(_placed(shown))
    if evidence.phrase is not None:
        rows["Someone asked"] = one_line(evidence.phrase)
    if evidence.common_question is not None:
        rows["Often asked as"] = one_line(evidence.common_question)
    if evidence.words:
        rows["Words"] = one_line(", ".join(map(_placed, evidence.words)))
    if evidence.rerank_score is not None:
        rows["Reranker"] = Text(percent(evidence.rerank_score))
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in rows.items():
        table.add_row(Text(name, "dim"), value)
    return table


def _placed(span: Span) -> str:
    return f"{span.text} [{span.start}:{span.end}]"


def _parts(hit: Hit) -> Table:
    """Return value, weight and contribution of each part of the score."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_footer=True)
    found = shares(hit.evidence.parts)
    table.add_column("Part of the score", "Sum")
    table.add_column("Value", justify="right")
    table.add_column("Weight", justify="right")
    total = sum(share.given for share in found)
    table.add_column("Gives", f"{total:+z.2f}", justify="right")
    for share in found:
        value, given = f"{share.value:z.2f}", f"{share.given:+z.2f}"
        table.add_row(PART_NAMES[share.part], value, f"{share.weight:g}", given)
    return table
