"""Prints an answer within 80 columns: verdict, hits, and the explanation of `--why`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.cli.output.common import SHOWN, one_line, print_json
from semsearch.core.answers import Answer, Hit, Span, Tier, Verdict
from semsearch.web.display import PART_NAMES, VERDICTS, percent, place, shares

_LABELS = {
    Tier.EXACT: "exact name",
    Tier.FORM: "form of a name",
    Tier.PREFIX: "name begins so",
    Tier.PARTIAL: "words of a name",
    Tier.MEANING: "meaning",
    Tier.FUZZY: "similar spelling",
    Tier.NEAREST: "nearest only",
}
_COLORS = {Verdict.POSSIBLE: "cyan", Verdict.NONE: "yellow"}
_INDENT = (0, 0, 1, 3)


def answer(found: Answer, *, as_json: bool, why: bool = False) -> None:
    """Print an answer; `why` explains each hit, which JSON always does."""
    if as_json:
        from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(found).decode())
        return
    console = Console(highlight=False)
    console.print(_headline(found))
    if found.repaired:
        console.print(f"Read as [bold]{escape(found.repaired)}[/]")
    several = len({hit.entry.glossary for hit in found.hits}) > 1
    if why:
        _explain(console, found.hits, several=several)
        return
    table = Table("", "Entry", "Similarity", "Matched by", box=None, padding=(0, 2, 1, 0))
    for hit in found.hits:
        parts = [_term(hit, several=several), _excerpt(hit), *_asked(hit)]
        body = Text("\n").join(parts)
        table.add_row(str(hit.rank), body, f"{hit.similarity:.2f}", escape(_reason(hit)))
    console.print(table)


def _headline(found: Answer) -> str:
    """Return the verdict in words, with the confidence unless a name matched."""
    words = f"[{_COLORS.get(found.verdict, 'green')}]{VERDICTS[found.verdict]}[/]"
    if found.verdict in (Verdict.EXACT, Verdict.TERMS):
        return words
    sure = f"{words} (confidence {percent(found.confidence)})"
    return f"{sure}. The nearest entries:" if found.no_close_match else sure


def _term(hit: Hit, *, several: bool) -> Text:
    term = Text(hit.entry.term, "" if hit.matched_by is Tier.NEAREST else "bold")
    for word in hit.evidence.term_words:
        term.stylize("bold cyan", word.start, word.end)
    if several:
        term.append(f"  ({hit.entry.glossary})", "dim not bold")
    return term


def _excerpt(hit: Hit) -> Text:
    """Return the definition, or the part of a long one around the best sentence."""
    text = one_line(hit.entry.definition)
    sentence = hit.evidence.sentence
    if sentence is not None and len(sentence.text) < len(text):
        text.stylize("underline", sentence.start, sentence.end)
    for word in hit.evidence.words:
        text.stylize("bold cyan", word.start, word.end)
    if len(text) <= SHOWN:
        return text
    begin = sentence.start if sentence and sentence.end > SHOWN else 0
    end = text.plain.rfind(" ", begin, begin + SHOWN) if begin + SHOWN < len(text) else len(text)
    piece = text[begin : end if end > begin else begin + SHOWN]
    return Text("... " if begin else "") + piece + Text(" ..." if end < len(text) else "")


def _asked(hit: Hit) -> list[Text]:
    """Return the line "someone asked: ..." if an asked-as phrase is similar to the question."""
    phrase = hit.evidence.phrase
    return [] if phrase is None else [Text.assemble(("someone asked: ", "dim"), one_line(phrase))]


def _reason(hit: Hit) -> str:
    label = _LABELS[hit.matched_by]
    name = hit.evidence.name
    return f"{label}: {name}" if name and hit.matched_by is not Tier.NEAREST else label


def _explain(console: Console, hits: Iterable[Hit], *, several: bool) -> None:
    """Print hits one below the other, each with its evidence."""
    for hit in hits:
        console.print(Text(f"\n{hit.rank:<3}") + _term(hit, several=several))
        for shown in (_excerpt(hit), _evidence(hit), _parts(hit)):
            console.print(Padding(shown, _INDENT))
        decided = f"Score {hit.score:.2f}. {place(hit.evidence)}"
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
    table.add_column("Gives", f"{total:+.2f}", justify="right")
    for share in found:
        value, given = f"{share.value:.2f}", f"{share.given:+.2f}"
        table.add_row(PART_NAMES[share.part], value, f"{share.weight:g}", given)
    return table
