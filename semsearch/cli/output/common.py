"""Printing used by several commands: lines, tables, progress bars, related terms, index info."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from semsearch.cli.output.printable import printable
from semsearch.core.closeable import Closeable
from semsearch.core.errors import InvalidSetting
from semsearch.text.statuses import is_outdated

if TYPE_CHECKING:
    from pathlib import Path

    from semsearch.core.entries import Entry
    from semsearch.core.index_info import CommonQuestionsInfo, FollowInfo, IndexInfo, RerankerInfo
    from semsearch.server.workers.process import Listening

MAX_REFUSALS = 20
"""Most refused records printed on a terminal; `--json` lists all."""


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def print_json(text: str) -> None:
    """Print JSON unchanged."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal."""
    _console().print(table)


def done(message: str) -> None:
    """Print what was done."""
    say(escape(printable(message)))


def remark(message: str) -> None:
    """Print a remark on standard error, which belongs to no output."""
    Console(stderr=True, highlight=False).print(escape(printable(message)), soft_wrap=True)


def say(markup: str) -> None:
    """Print a line of markup without wrapping, so that it can be copied whole."""
    _console().print(markup, soft_wrap=True)


def print_text(text: Text) -> None:
    """Print a line of text without wrapping."""
    _console().print(text, soft_wrap=True)


def write_text(path: Path, text: str) -> None:
    """Write a file that the user named.

    Raises:
        InvalidSetting: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidSetting(f"cannot write {path}: {error.strerror}") from error


SHOWN = 400
"""Most characters of a definition in a table."""


def one_line(definition: str) -> Text:
    """Return a definition without line breaks; every character keeps its offset."""
    return Text(definition.translate({ord("\n"): " ", ord("\t"): " "}))


def append_status(term: Text, entry: Entry) -> None:
    """Append the status of an entry to its term, if it says that it should not be used any more."""
    if is_outdated(entry.details.status):
        term.append(f"  {one_line(entry.details.status)}", "yellow not bold")


def failed_line(number: int, reason: str) -> None:
    """Print the error of a line of standard input, as one line of JSON."""
    print_json(json.dumps({"line": number, "error": reason}))


def info(index_info: IndexInfo, *, named_model: str | None, as_json: bool) -> None:
    """Print the description of an index; `named_model` is the encoder that the user named."""
    if as_json:
        from semsearch.server.serialize import to_json  # noqa: PLC0415 - loads pydantic

        print_json(to_json(index_info).decode())
        return
    from semsearch.storage.files.shared_setting import is_shared  # noqa: PLC0415 - not always used
    from semsearch.web.display import engine, former_default, percent  # noqa: PLC0415 - loads numpy

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    rows = {
        "Index": f"{index_info.path}, generation {index_info.generation}, format {index_info.format}",
        "Built": f"{index_info.built_at} by {index_info.built_by}",
        "Encoder": f"{index_info.model}, {index_info.dim} dimensions, answers as {index_info.precision}",
        "Fingerprint": index_info.fingerprint[:16],
        "Reranker": reranker_label(index_info.reranker),
        "Entries": f"{index_info.entries:,} ({index_info.vectors:,} vectors)",
        "Common concepts": _commonly_asked(index_info.common_questions),
        "Engine": engine(index_info.engine),
        "Close match": f"confidence {percent(index_info.threshold)} or more",
        "Calibrated": _calibrated(index_info.calibrated_with),
    }
    if index_info.follows is not None:
        rows["Follows"] = _followed(index_info.follows)
        if is_shared(index_info.follows.url):
            is_in_tables = index_info.engine.name == "pgvector"
            refused = "purge, upgrade and backup" if is_in_tables else "purge and upgrade"
            rows["Refused"] = f"{refused}; docs/shared-store.md says what to do instead"
    for name, value in rows.items():
        table.add_row(Text(name, "bold"), Text(value))
    for glossary in index_info.glossaries:
        table.add_row(
            Text("Glossary", "bold"), Text(f"{glossary.name}: {counted_entries(glossary.entries)}")
        )
    _console().print(table)
    _hint(former_default(index_info, named_model))


def _commonly_asked(state: CommonQuestionsInfo) -> str:
    """Return how many entries are found by common questions, in words."""
    if state.digest:
        return f"{counted_entries(state.entries)}, found by common questions"
    return "left out by --no-common-questions" if state.is_declined else "none; a build adds them"


def _followed(state: FollowInfo) -> str:
    """Return what a mirror follows, in words."""
    ago = state.in_step_ago_s
    stands = "never in step yet" if ago is None else f"in step {ago:,.0f} s ago"
    problem = f"; {printable(state.problem)}" if state.problem else ""
    return f"{state.url}, at revision {state.position}, {stands}{problem}"


def _hint(text: str) -> None:
    if text:
        say(f"[yellow]hint[/] {escape(text)}")


def _calibrated(questions: int) -> str:
    return f"with {questions:,} questions of its own" if questions else "no"


def counted_files(count: int) -> str:
    """Return a number of files in words."""
    return "1 file" if count == 1 else f"{count:,} files"


def reranker_label(reranker: RerankerInfo | None) -> str:
    """Return the name of an index's reranker, or "none"."""
    return f"{reranker.model}, scores as {reranker.precision}" if reranker else "none"


def counted_entries(count: int) -> str:
    """Return a number of entries in words."""
    return "1 entry" if count == 1 else f"{count:,} entries"


def serving(service: Listening, *, named_model: str | None) -> None:
    """Print the address of the service and an example; `named_model` as in `info`."""
    from semsearch.web.display import former_default  # noqa: PLC0415 - loads numpy

    url, question = escape(service.url), shlex.quote(f"q={service.example}")
    key = "" if service.is_open else '-H "Authorization: Bearer $SEMSEARCH_KEY" '
    many = f" with {service.workers} processes" if service.workers > 1 else ""
    say(f"semsearch answers on [bold]{url}[/]{many} (documentation: /docs, stop: Ctrl-C)")
    if not service.is_open:
        say(
            "Reading needs an access key; `semsearch keys create` makes one, and `--read open` opens "
            "reading to everybody"
        )
    say(f"Try: curl -G {key}{url}/v1/search --data-urlencode {escape(question)}")
    if service.metrics_url:
        say(f"Metrics: {escape(service.metrics_url)}")
    _hint(former_default(service.index, named_model))


class BuildProgress(Closeable):
    """Shows the current step of a build on standard error.

    A terminal shows one bar, which is gone at the end. It moves from side to side in a step of one
    part, of which nothing else can be told. Elsewhere each step is a line without a bar.
    """

    def __init__(self, *, quiet: bool) -> None:
        from rich import progress  # noqa: PLC0415 - only builds draw bars

        class Rate(progress.ProgressColumn):
            """Items a second over the last half minute."""

            def render(self, task: progress.Task) -> Text:
                speed = task.finished_speed or task.speed
                return Text(f"{speed:,.0f}/s" if speed else "", "dim")

        class Count(progress.MofNCompleteColumn):
            """Parts that are done, where there are several."""

            def render(self, task: progress.Task) -> Text:
                return super().render(task) if task.total else Text("")

        console = Console(stderr=True, highlight=False)
        self._lines = None if quiet or console.is_terminal else console
        self._bar = progress.Progress(
            progress.TextColumn("{task.description:<22}"),
            progress.BarColumn(),
            Count(),
            Rate(),
            progress.TimeElapsedColumn(),
            progress.TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task: progress.TaskID | None = None

    def close(self) -> None:
        """Remove the bar."""
        if self._bar.live.is_started:
            self._bar.stop()

    def start(self, step: str, total: int) -> None:
        """Begin a step in the place of the one before; one without work is not shown."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(step, total=total if total > 1 else None) if total else None
        if total:
            self._bar.start()
            if self._lines:
                self._lines.print(f"{step}: {total:,}" if total > 1 else step, soft_wrap=True)

    def advance(self, parts: int) -> None:
        """Move the bar of the current step."""
        if self._task is not None:
            self._bar.advance(self._task, parts)
