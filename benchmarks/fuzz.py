"""Reads damaged files of every format.

Each read must end in entries, refusals or a clear error, within bounds of time and memory.

A seeded generator cuts, repeats and splices a sample of `tests/data`, and inserts text that is
dangerous in some format. While a file is read, only this file, its neighbours and modules of Python
may be opened.

    python -m benchmarks.fuzz --files 200000 --format turtle
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import resource
import signal
import sys
import sysconfig
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from semsearch.core.errors import SemsearchError
from semsearch.importers import FORMATS, read_corpus

DATA = Path(__file__).parents[1] / "tests" / "data"

SECONDS = 2
"""CPU time that one file may take on an idle machine."""
MEGABYTES = 256
"""Memory that reading all damaged files may need beyond the intact sample."""

_SHORT = 10
"""Longest text of a foreign error that one of our messages may contain by chance."""

SAMPLES: dict[str, tuple[str, ...]] = {
    "asciidoc": ("markup/bakery.adoc", "tables/table.adoc", "markup/sections.adoc"),
    "datahub": ("datahub/bakery.yml",),
    "defined-terms": ("defined-terms/bakery.jsonld", "defined-terms/page.html"),
    "dita": ("trees/bakery.dita",),
    "docbook": ("trees/bakery.docbook.xml",),
    "dictd": ("dictd/plain/bakery.index", "dictd/plain/bakery.dict"),
    "document": ("tables/glossary_table.docx", "tables/glossary_headings.docx", "tables/glossary_table.odt"),
    "ezglossary": ("markup/ezglossary.md",),
    "glosario": ("trees/bakery.glosario.yml",),
    "html": ("html/bakery.html", "html/headings.html"),
    "html-table": ("tables/table.html",),
    "json": ("json/list.json", "json/mapping.json", "json/answer.json", "trees/pyglossary.json"),
    "json-ld": ("rdf/bakery.jsonld",),
    "jsonl": ("json/lines.jsonl",),
    "latex": ("markup/bakery.tex",),
    "markdown": ("markdown/headings.md", "markdown/lists.md", "tables/readme.md", "markup/bold.md", "markup/comments.md"),
    "markdown-table": ("tables/gdocs_table.md",),
    "mediawiki": ("markup/bakery.mediawiki.xml", "markup/bakery.wiki"),
    "multiterm": ("trees/bakery.mtf.xml",),
    "myst": ("rst/bakery.md",),
    "notion": ("notion/Leaven 0123456789abcdef0123456789abcdef.md",),
    "obo": ("obo/bakery.obo",),
    "obsidian": ("vault/Leaven.md", "vault/Poolish.md"),
    "openmetadata": ("openmetadata/bakery.csv",),
    "page": ("pages/kitchen/whisk.md",),
    "rdf-xml": ("rdf/bakery.rdf",),
    "sphinx": ("rst/bakery.rst", "rst/lists.rst", "rst/sections.rst"),
    "stardict": ("stardict/bakery.ifo", "stardict/bakery.idx", "stardict/bakery.dict.dz", "stardict/bakery.syn"),
    "spreadsheet": ("tables/glossary.xlsx", "tables/glossary.ods"),
    "table": ("tabular/tools.csv", "tables/sep.csv", "tables/title_row.csv", "tables/memoq.csv", "tables/pyglossary.csv"),
    "tbx": ("tbx/bakery-dct.tbx", "tbx/bakery-2008.xml"),
    "text": ("plain/weather.txt", "markup/web.txt"),
    "term-lines": ("plain/lines.txt", "plain/contract.txt"),
    "text-table": ("tables/anki.txt", "tables/unicode_text.txt"),
    "turtle": ("rdf/bakery.ttl",),
    "wiktextract": ("trees/bakery.wiktextract.jsonl",),
    "wordnet": ("wordnet/data.noun",),
    "wordnet-lmf": ("trees/bakery.lmf.xml",),
    "xdxf": ("trees/bakery.xdxf",),
    "yaml": ("trees/terms.yml", "trees/keyed.yaml"),
}  # fmt: skip
"""The samples of each format; of files that belong together one is damaged at a time."""
TOGETHER = frozenset({"dictd", "stardict"})

_TOKENS = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r", b"\x1c", b"\xe2\x80\xa8", b"\t", b"\n\n"),
    *(b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"&a;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"<dl><dt>", b"</dd>"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<xi:include href='/etc/passwd'/>", b"xmlns:x='http://x.example/'"),
    *(b"[" * 40, b"{" * 40, b"(" * 40, b'"', b'"""', b"'''", b"`" * 9, b"* " * 30, b"- " * 30, b"> " * 30, b"|", b"\\"),
    *(b"@prefix : <x> .", b"@base <file:///etc/> .", b"_:b", b"^^<http://www.w3.org/2001/XMLSchema#decimal>", b"1e999999"),
    *(b"owl:imports <file:///etc/passwd>", b'"@context": "http://x.example/c"', b'"@import": "file:///etc/passwd"'),
    *(b".. include:: /etc/passwd\n", b".. raw:: html\n   :file: /etc/passwd\n", b".. csv-table::\n   :file: /etc/passwd\n"),
    *(b".. |a| replace:: |a||a|\n", b"|a|", b".. figure:: /etc/passwd\n", b":math:`\\frac`", b".. math::\n\n   \\frac{a}{b}\n"),
    *(b".. code:: python\n\n   x = 1\n", b".. role:: x(raw)\n   :format: html\n", b".. glossary::\n\n   a\n     b\n"),
    *(b"&a [*a, *a]", b"!!python/object/apply:os.system [ls]", b"? - :", b"---\n", b"...\n", b"{{Glossary(", b"{{< x", b"![[x]]"),
    *(b"<w:tbl><w:tr><w:tc>", b"</w:p>", b'<w:gridSpan w:val="99999"/>', b'r="XFD1048576"', b"<v>0</v>", b"sep=;\n", b"#columns:"),
    *(b'table:number-columns-repeated="1048576"', b'table:number-rows-spanned="99999"', b"<td rowspan=999 colspan=999>"),
    *(b"99999999999999999999", b"-1", b"NaN", b"true", b"null", b"A" * 300, b" " * 100, b",;" * 20, b"See x."),
)  # fmt: skip


@dataclass(slots=True)
class FuzzResult:
    """Results of reading the damaged files of one format."""

    files: int = 0
    refused: int = 0
    """Files that ended in one of our errors."""
    slowest_s: float = 0.0
    megabytes: float = 0.0
    faults: list[str] = field(default_factory=list)
    """Files that ended in another error, took too long, or opened another file."""


class TooLong(BaseException):
    """Raised inside a reader that takes too long; no reader catches it."""


def damaged(sound: bytes, draw: random.Random) -> bytes:
    """Return a sample with one to six damages."""
    data = bytearray(sound)
    for _ in range(draw.randint(1, 6)):
        at = draw.randint(0, len(data))
        length = draw.choice((1, 1, 4, 16, 64))
        what = draw.randrange(6)
        if what == 0:
            del data[at : at + length]
        elif what == 1:
            data[at:at] = draw.choice(_TOKENS)
        elif what == 2:
            data[at : at + length] = draw.choice(_TOKENS)
        elif what == 3 and at < len(data):
            data[at] = draw.randrange(256)
        elif what == 4:
            data[at:at] = data[at : at + length] * draw.choice((1, 2, 30))
        elif draw.random() < 0.3:
            del data[at:]
    return bytes(data[:100_000])


def damaged_package(sound: bytes, draw: random.Random) -> bytes:
    """Return a zip package with damage to one of its parts, or to itself."""
    if draw.random() < 0.2:
        return damaged(sound, draw)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sound)) as package,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        chosen = draw.choice(package.namelist())
        for name in package.namelist():
            data = package.read(name)
            file.writestr(name, damaged(data, draw) if name == chosen else data)
    return made.getvalue()


class _Watch:
    """Records which files are opened while a file is read, and says how much CPU it may take.

    An audit hook cannot be removed, so there is only one.
    """

    def __init__(self, allowed: Path, seconds: float) -> None:
        self.seconds = seconds
        own = (Path(p) for p in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()))
        places = {str(p) for one in own for p in (one, one.resolve())}
        source = Path(__file__).parents[1] / "semsearch"
        self._allowed = (str(allowed), str(source), *places)
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        if event.startswith(
            ("socket.", "subprocess.", "os.system", "os.exec", "urllib.", "ctypes.dlopen")
        ):
            self.seen.append(f"{event} {arguments}")
        elif event != "open" or isinstance(arguments[0], int):  # a descriptor was seen by its path
            return
        elif not str(arguments[0]).startswith(self._allowed):
            self.seen.append(f"{event} {arguments[0]!r}")


def fuzz(name: str, files: int, seed: int, folder: Path, watch: _Watch) -> FuzzResult:
    """Read damaged files of a format.

    Args:
        name: of the format.
        files: how many.
        seed: of the generator.
        folder: where they are written, each in the place of the last.
        watch: sees what is opened.
    """
    samples = [DATA / sample for sample in SAMPLES[name]]
    sound = {sample: sample.read_bytes() for sample in samples}
    for sample, data in sound.items():
        (folder / sample.name).write_bytes(data)
    entry_point = folder / samples[0].name
    draw = random.Random(f"{name} {seed}")  # noqa: S311 - not a secret
    found = FuzzResult()
    _read(entry_point, name, found, watch)
    before = _peak()
    for number in range(files):
        if number % 100 == 0:  # for what a signal cannot interrupt
            faulthandler.dump_traceback_later(600, exit=True)
        sample = draw.choice(samples)
        target = folder / sample.name
        is_package = sound[sample].startswith(b"PK")
        target.write_bytes((damaged_package if is_package else damaged)(sound[sample], draw))
        _read(entry_point if name in TOGETHER else target, name, found, watch)
        if name in TOGETHER:
            target.write_bytes(sound[sample])
    faulthandler.cancel_dump_traceback_later()
    found.megabytes = _peak() - before
    if found.megabytes > MEGABYTES:
        found.faults.append(f"took {found.megabytes:.0f} MB")
    return found


def _read(path: Path, name: str, found: FuzzResult, watch: _Watch) -> None:
    start = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, watch.seconds)
    watch.is_on = True
    try:
        read_corpus([f"fuzz={path}"], format=name)
    except SemsearchError as error:
        found.refused += 1
        if quotes_a_library(error):
            found.faults.append(f"quotes a library: {error}")
    except (Exception, TooLong) as error:
        found.faults.append(
            f"{type(error).__name__}: {str(error)[:200]} in {path.read_bytes()[:2000]!r}"
        )
    finally:
        watch.is_on = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    found.files += 1
    found.slowest_s = max(found.slowest_s, time.process_time() - start)
    if watch.seen:
        found.faults.append(f"{watch.seen} in {path.read_bytes()[:2000]!r}")
        watch.seen.clear()


def quotes_a_library(error: SemsearchError) -> bool:
    """Return whether one of our messages has the text of the foreign error that caused it."""
    cause = error.__cause__
    is_own = type(cause).__module__.startswith("semsearch")
    return not is_own and len(text := str(cause or "")) > _SHORT and text in str(error)


def _peak() -> float:
    """Return the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _stop(signum: int, frame: FrameType | None) -> None:
    raise TooLong(f"signal {signum} at line {frame.f_lineno if frame else 0}")


def main() -> None:
    """Fuzz one format or all, print the results, and return 1 if there are faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--format", choices=sorted(FORMATS), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="CPU time of one file")
    given = parser.parse_args()
    signal.signal(signal.SIGVTALRM, _stop)
    bad = False
    with tempfile.TemporaryDirectory() as made:
        watch = _Watch(Path(made), given.seconds)
        for name in given.format or SAMPLES:
            folder = Path(made) / name
            folder.mkdir()
            found = fuzz(name, given.files, given.seed, folder, watch)
            sys.stdout.write(
                f"{name:14} {found.files:7,} files, {found.refused:7,} refused, slowest {found.slowest_s:.2f} s, "
                f"{found.megabytes:4.0f} MB more, {len(found.faults)} faults\n"
            )
            sys.stdout.writelines(f"   {fault}\n" for fault in found.faults[:5])
            sys.stdout.flush()
            bad |= bool(found.faults)
    sys.exit(int(bad))


if __name__ == "__main__":
    main()
